/**
 * What encrypts and proves SRTP and SRTCP packets where they lie, one implementation a kind of suite: AES in counter mode
 * with HMAC-SHA1 (RFC 3711 4) and AES-GCM (RFC 7714). Made by srtp.ts, for each kind and direction of packets; media
 * thread, creates nothing per packet.
 */
import { byteAt, int32At, uint16At, writeUint32 } from './packet.ts';
import { Ghash } from './ghash.ts';
import { AesCounter, HmacSha1 } from './srtp-cipher.ts';

/** In the order of our offers: first what every telephone has, and last the shorter proof. */
export const SRTP_SUITES = [
  'AES_CM_128_HMAC_SHA1_80',
  'AEAD_AES_128_GCM',
  'AEAD_AES_256_GCM',
  'AES_CM_128_HMAC_SHA1_32',
] as const;
export type SrtpSuite = (typeof SRTP_SUITES)[number];

/** RFC 3711 8.2, RFC 7714 12: key and salt, and what is behind each RTP packet. */
const SIZES: { readonly [suite in SrtpSuite]: { keyBytes: number; saltBytes: number; tagBytes: number } } = {
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, saltBytes: 14, tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, saltBytes: 14, tagBytes: 4 },
  AEAD_AES_128_GCM: { keyBytes: 16, saltBytes: 12, tagBytes: 16 },
  AEAD_AES_256_GCM: { keyBytes: 32, saltBytes: 12, tagBytes: 16 },
};

/** Key and salt of a suite in one, as SDP has them. */
export function masterBytesOf(suite: SrtpSuite): number {
  return SIZES[suite].keyBytes + SIZES[suite].saltBytes;
}

/** Behind a packet there has to be room for so much: SRTCP's index and the longest tag. */
export const SRTP_TRAILER_BYTES = 20;

const GCM_TAG_BYTES = 16;
const INDEX_BYTES = 4;
const AUTH_KEY_BYTES = 20;
const RTCP_TAG_BYTES = 10;
const RTCP_HEADER_BYTES = 8;
const KDF_SALT_BYTES = 14;
/** In SRTCP's word of the index: what lies before it is encrypted. */
const ENCRYPTED = 0x80000000;

/** Labels of RFC 3711 4.3.2, RTP's; RTCP's are three higher. */
const LABEL_ENCRYPTION = 0;
const LABEL_AUTHENTICATION = 1;
const LABEL_SALT = 2;
const RTCP_LABELS = 3;

/** Lengths are answered: of the encrypted packet, of the plain one; −1: not proved, and nothing was changed. */
export interface SessionKeys {
  /** Encrypts `bytes[start … length)`. The packet's index is the roll-over counter and its sequence. */
  protect(bytes: Uint8Array, start: number, length: number, rollOver: number): number;
  unprotect(bytes: Uint8Array, start: number, length: number, rollOver: number): number;
  protectRtcp(bytes: Uint8Array, length: number, index: number): number;
  unprotectRtcp(bytes: Uint8Array, length: number): number;
  /** Where SRTCP has the word with the index; negative: too short. */
  rtcpIndexAt(length: number): number;
  /** How much longer packets of RTP become. */
  readonly tagBytes: number;
}

export function createSessionKeys(suite: SrtpSuite, key: string, kind: 'rtp' | 'rtcp'): SessionKeys {
  const { keyBytes, tagBytes } = SIZES[suite];
  const master = Buffer.from(key, 'base64');
  if (master.length !== masterBytesOf(suite)) throw new Error('a master key of another length');
  const cipher = new AesCounter(master.subarray(0, keyBytes));
  const salt = master.subarray(keyBytes);
  const labels = kind === 'rtp' ? 0 : RTCP_LABELS;
  const derive = (label: number, bytes: number): Uint8Array => deriveKey(cipher, salt, labels + label, bytes);
  const encryption = derive(LABEL_ENCRYPTION, keyBytes);
  const sessionSalt = derive(LABEL_SALT, salt.length);
  return suite === 'AEAD_AES_128_GCM' || suite === 'AEAD_AES_256_GCM'
    ? new GcmKeys(encryption, sessionSalt)
    : new CounterModeKeys(encryption, sessionSalt, derive(LABEL_AUTHENTICATION, AUTH_KEY_BYTES), tagBytes);
}

/** RFC 3711 4.3.1, 4.3.3, without a derivation rate. A shorter salt has zeros behind it (RFC 7714 11). */
export function deriveKey(cipher: AesCounter, salt: Uint8Array, label: number, bytes: number): Uint8Array {
  const start = new Uint8Array(16);
  start.set(salt.subarray(0, KDF_SALT_BYTES));
  start[7] = byteAt(start, 7) ^ label;
  const key = new Uint8Array(bytes);
  cipher.apply(key, 0, bytes, wordsOf(start));
  return key;
}

class CounterModeKeys implements SessionKeys {
  readonly tagBytes: number;
  readonly #cipher: AesCounter;
  readonly #hmac: HmacSha1;
  readonly #salt: Int32Array;
  readonly #counter = new Int32Array(4);
  readonly #tag = new Uint8Array(AUTH_KEY_BYTES);

  constructor(encryption: Uint8Array, salt: Uint8Array, authentication: Uint8Array, tagBytes: number) {
    this.#cipher = new AesCounter(encryption);
    this.#hmac = new HmacSha1(authentication);
    this.#salt = wordsOf(salt);
    this.tagBytes = tagBytes;
  }

  protect(bytes: Uint8Array, start: number, length: number, rollOver: number): number {
    this.#crypt(bytes, start, length, int32At(bytes, 8), rollOver, uint16At(bytes, 2));
    return this.#sign(bytes, length, rollOver, this.tagBytes);
  }

  unprotect(bytes: Uint8Array, start: number, length: number, rollOver: number): number {
    const end = length - this.tagBytes;
    if (start > end || !this.#isSigned(bytes, end, rollOver, this.tagBytes)) return -1;
    this.#crypt(bytes, start, end, int32At(bytes, 8), rollOver, uint16At(bytes, 2));
    return end;
  }

  protectRtcp(bytes: Uint8Array, length: number, index: number): number {
    this.#crypt(bytes, RTCP_HEADER_BYTES, length, int32At(bytes, 4), index >>> 16, index & 0xffff);
    writeUint32(bytes, length, (ENCRYPTED | index) >>> 0);
    return this.#sign(bytes, length + INDEX_BYTES, null, RTCP_TAG_BYTES);
  }

  unprotectRtcp(bytes: Uint8Array, length: number): number {
    const end = this.rtcpIndexAt(length);
    if (end < RTCP_HEADER_BYTES || !this.#isSigned(bytes, end + INDEX_BYTES, null, RTCP_TAG_BYTES)) return -1;
    const word = int32At(bytes, end);
    // One that is not encrypted is proved all the same.
    if (word < 0) {
      this.#crypt(
        bytes,
        RTCP_HEADER_BYTES,
        end,
        int32At(bytes, 4),
        (word & 0x7fffffff) >>> 16,
        word & 0xffff,
      );
    }
    return end;
  }

  rtcpIndexAt(length: number): number {
    return length - RTCP_TAG_BYTES - INDEX_BYTES;
  }

  /** RFC 3711 4.1.1, both ways. */
  #crypt(
    bytes: Uint8Array,
    from: number,
    to: number,
    ssrc: number,
    rollOver: number,
    sequence: number,
  ): void {
    const counter = this.#counter;
    const salt = this.#salt;
    counter[0] = salt[0]!;
    counter[1] = salt[1]! ^ ssrc;
    counter[2] = salt[2]! ^ rollOver;
    counter[3] = salt[3]! ^ (sequence << 16);
    this.#cipher.apply(bytes, from, to, counter);
  }

  #sign(bytes: Uint8Array, length: number, suffix: number | null, tagBytes: number): number {
    this.#hmac.sign(bytes, length, suffix, this.#tag);
    for (let index = 0; index < tagBytes; index++) bytes[length + index] = this.#tag[index]!;
    return length + tagBytes;
  }

  /** Whether the tag behind `bytes[0 … length)` is theirs. */
  #isSigned(bytes: Uint8Array, length: number, suffix: number | null, tagBytes: number): boolean {
    this.#hmac.sign(bytes, length, suffix, this.#tag);
    return isSame(bytes, length, this.#tag, tagBytes);
  }
}

/** What is proved besides the encrypted part: RTP's header; of RTCP its first eight bytes and the word of the index. */
class GcmKeys implements SessionKeys {
  readonly tagBytes = GCM_TAG_BYTES;
  readonly #cipher: AesCounter;
  readonly #hash: Ghash;
  readonly #salt: Int32Array;
  readonly #counter = new Int32Array(4);
  readonly #tag = new Uint8Array(GCM_TAG_BYTES);

  constructor(encryption: Uint8Array, salt: Uint8Array) {
    this.#cipher = new AesCounter(encryption);
    this.#salt = wordsOf(salt);
    const hashKey = new Uint8Array(16);
    this.#cipher.apply(hashKey, 0, 16, new Int32Array(4));
    this.#hash = new Ghash(hashKey);
  }

  protect(bytes: Uint8Array, start: number, length: number, rollOver: number): number {
    this.#setNonce(int32At(bytes, 8), rollOver >>> 16, (rollOver << 16) | uint16At(bytes, 2));
    this.#crypt(bytes, start, length);
    this.#signRtp(bytes, start, length);
    return this.#putTag(bytes, length);
  }

  unprotect(bytes: Uint8Array, start: number, length: number, rollOver: number): number {
    const end = length - GCM_TAG_BYTES;
    if (start > end) return -1;
    this.#setNonce(int32At(bytes, 8), rollOver >>> 16, (rollOver << 16) | uint16At(bytes, 2));
    this.#signRtp(bytes, start, end);
    if (!isSame(bytes, end, this.#tag, GCM_TAG_BYTES)) return -1;
    this.#crypt(bytes, start, end);
    return end;
  }

  protectRtcp(bytes: Uint8Array, length: number, index: number): number {
    this.#setNonce(int32At(bytes, 4), 0, index);
    this.#crypt(bytes, RTCP_HEADER_BYTES, length);
    this.#signRtcp(bytes, length, ENCRYPTED | index);
    const end = this.#putTag(bytes, length);
    writeUint32(bytes, end, (ENCRYPTED | index) >>> 0);
    return end + INDEX_BYTES;
  }

  /** One that is not encrypted would have to be agreed upon, and is not taken. */
  unprotectRtcp(bytes: Uint8Array, length: number): number {
    const indexAt = this.rtcpIndexAt(length);
    const end = indexAt - GCM_TAG_BYTES;
    if (end < RTCP_HEADER_BYTES) return -1;
    const word = int32At(bytes, indexAt);
    if (word >= 0) return -1;
    this.#setNonce(int32At(bytes, 4), 0, word & 0x7fffffff);
    this.#signRtcp(bytes, end, word);
    if (!isSame(bytes, end, this.#tag, GCM_TAG_BYTES)) return -1;
    this.#crypt(bytes, RTCP_HEADER_BYTES, end);
    return end;
  }

  rtcpIndexAt(length: number): number {
    return length - INDEX_BYTES;
  }

  /** RFC 7714 8.1, 9.1: two zero bytes, the source, and the six of the index. */
  #setNonce(ssrc: number, indexHigh: number, indexLow: number): void {
    const counter = this.#counter;
    const salt = this.#salt;
    counter[0] = salt[0]! ^ (ssrc >>> 16);
    counter[1] = salt[1]! ^ ((ssrc << 16) | indexHigh);
    counter[2] = salt[2]! ^ indexLow;
  }

  /** The first block of the key stream is the tag's. */
  #crypt(bytes: Uint8Array, from: number, to: number): void {
    this.#counter[3] = 2;
    this.#cipher.apply(bytes, from, to, this.#counter);
  }

  #signRtp(bytes: Uint8Array, start: number, length: number): void {
    this.#hash.begin();
    this.#hash.add(bytes, 0, start);
    this.#hash.add(bytes, start, length);
    this.#finish(start, length - start);
  }

  #signRtcp(bytes: Uint8Array, length: number, word: number): void {
    this.#hash.begin();
    this.#hash.addBlock(int32At(bytes, 0), int32At(bytes, 4), word, 0);
    this.#hash.add(bytes, RTCP_HEADER_BYTES, length);
    this.#finish(RTCP_HEADER_BYTES + INDEX_BYTES, length - RTCP_HEADER_BYTES);
  }

  #finish(openBytes: number, encryptedBytes: number): void {
    this.#hash.finish(openBytes, encryptedBytes, this.#tag);
    this.#counter[3] = 1;
    this.#cipher.apply(this.#tag, 0, GCM_TAG_BYTES, this.#counter);
  }

  #putTag(bytes: Uint8Array, at: number): number {
    for (let index = 0; index < GCM_TAG_BYTES; index++) bytes[at + index] = this.#tag[index]!;
    return at + GCM_TAG_BYTES;
  }
}

/** Takes the same time for any. */
function isSame(bytes: Uint8Array, at: number, tag: Uint8Array, count: number): boolean {
  let difference = 0;
  for (let index = 0; index < count; index++) difference |= bytes[at + index]! ^ tag[index]!;
  return difference === 0;
}

/** As four words, with zeros behind. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const whole = new Uint8Array(16);
  whole.set(bytes);
  return Int32Array.from([0, 4, 8, 12], (at) => int32At(whole, at));
}
