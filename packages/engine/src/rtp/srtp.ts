/**
 * SRTP and SRTCP (RFC 3711) of one direction of a leg: what goes out is encrypted and signed where it lies, what comes in
 * is proved, told from repeats and decrypted. Keys come by SDP (sdp/media-keys.ts). Used by call/leg-stream.ts on the media
 * thread; creates nothing per packet.
 *
 *   RTP    header │ payload, encrypted │ tag                         index = roll-over counter · 2¹⁶ + sequence
 *   RTCP   header, SSRC │ encrypted │ E, index │ tag of 80 bits      index is in the packet
 */
import { byteAt, int32At, RTP_HEADER_BYTES, uint16At, uint32At, writeUint32 } from './packet.ts';
import { AesCounter, HmacSha1 } from './srtp-cipher.ts';

export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32';

/** Master key and salt of each direction, base64 as in SDP (RFC 4568 6.1). */
export interface SrtpKeys {
  suite: SrtpSuite;
  keyIn: string;
  keyOut: string;
}

const MASTER_KEY_BYTES = 16;
const MASTER_SALT_BYTES = 14;
export const MASTER_BYTES = MASTER_KEY_BYTES + MASTER_SALT_BYTES;
/** Behind a packet there has to be room for so much. */
export const SRTP_TRAILER_BYTES = 14;

const AUTH_KEY_BYTES = 20;
const RTCP_TAG_BYTES = 10;
const RTCP_HEADER_BYTES = 8;
const ENCRYPTED = 0x80000000;
const SEQUENCES = 0x10000;
/** Later than so much behind the newest a packet is as good as lost (RFC 3711 3.3.2 asks for 64). */
const WINDOW = 128;
/** Sources of one far end that are told apart: it has one, and another when it begins anew. */
const MAX_SOURCES = 4;

/** Labels of RFC 3711 4.3.2, RTP's; RTCP's are three higher. */
const LABEL_ENCRYPTION = 0;
const LABEL_AUTHENTICATION = 1;
const LABEL_SALT = 2;
const RTCP_LABELS = 3;

/** Session keys for packets of one kind and direction (RFC 3711 4.3). */
class SessionKeys {
  readonly #cipher: AesCounter;
  readonly #hmac: HmacSha1;
  readonly #salt: Int32Array;
  readonly #counter = new Int32Array(4);
  readonly #tag = new Uint8Array(AUTH_KEY_BYTES);

  constructor(master: Uint8Array, labels: number) {
    const cipher = new AesCounter(master.subarray(0, MASTER_KEY_BYTES));
    const salt = master.subarray(MASTER_KEY_BYTES);
    const derive = (label: number, bytes: number): Uint8Array =>
      deriveKey(cipher, salt, labels + label, bytes);
    this.#cipher = new AesCounter(derive(LABEL_ENCRYPTION, MASTER_KEY_BYTES));
    this.#hmac = new HmacSha1(derive(LABEL_AUTHENTICATION, AUTH_KEY_BYTES));
    const sessionSalt = new Uint8Array(16);
    sessionSalt.set(derive(LABEL_SALT, MASTER_SALT_BYTES));
    this.#salt = Int32Array.from([0, 4, 8, 12], (at) => int32At(sessionSalt, at));
  }

  /** RFC 3711 4.1.1, both ways. `index` of 48 bits. */
  crypt(bytes: Uint8Array, from: number, to: number, ssrc: number, index: number): void {
    const counter = this.#counter;
    counter[0] = this.#salt[0]!;
    counter[1] = this.#salt[1]! ^ ssrc;
    counter[2] = this.#salt[2]! ^ Math.floor(index / SEQUENCES);
    counter[3] = this.#salt[3]! ^ ((index % SEQUENCES) << 16);
    this.#cipher.apply(bytes, from, to, counter);
  }

  sign(bytes: Uint8Array, length: number, suffix: number | null, tagBytes: number): void {
    this.#hmac.sign(bytes, length, suffix, this.#tag);
    for (let index = 0; index < tagBytes; index++) bytes[length + index] = this.#tag[index]!;
  }

  /** Whether `tagBytes` at `bytes[at]` are those of `bytes[0 … length)`; takes the same time for any. */
  isSigned(bytes: Uint8Array, length: number, suffix: number | null, at: number, tagBytes: number): boolean {
    this.#hmac.sign(bytes, length, suffix, this.#tag);
    let difference = 0;
    for (let index = 0; index < tagBytes; index++) difference |= bytes[at + index]! ^ this.#tag[index]!;
    return difference === 0;
  }
}

/** RFC 3711 4.3.1, 4.3.3, without a derivation rate. */
export function deriveKey(cipher: AesCounter, salt: Uint8Array, label: number, bytes: number): Uint8Array {
  const start = new Uint8Array(16);
  start.set(salt.subarray(0, MASTER_SALT_BYTES));
  start[7] = byteAt(start, 7) ^ label;
  const counter = Int32Array.from([0, 4, 8, 12], (at) => int32At(start, at));
  const key = new Uint8Array(bytes);
  cipher.apply(key, 0, bytes, counter);
  return key;
}

/** What was taken lately, so that it is not taken twice (RFC 3711 3.3.2). */
class ReplayWindow {
  highest = -1;
  readonly #taken = new Float64Array(WINDOW).fill(-1);

  isNew(index: number): boolean {
    return index > this.highest - WINDOW && this.#taken[index % WINDOW] !== index;
  }

  take(index: number): void {
    this.#taken[index % WINDOW] = index;
    if (index > this.highest) this.highest = index;
  }
}

class Source {
  readonly ssrc: number;
  readonly rtp = new ReplayWindow();
  readonly rtcp = new ReplayWindow();

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }
}

export class SrtpSender {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #tagBytes: number;
  #rollOver = 0;
  #lastSequence = -1;
  #rtcpIndex = 0;

  constructor(suite: SrtpSuite, key: string) {
    const master = masterOf(key);
    this.#rtp = new SessionKeys(master, 0);
    this.#rtcp = new SessionKeys(master, RTCP_LABELS);
    this.#tagBytes = tagBytesOf(suite);
  }

  /** A packet that parseRtp has taken, or that we wrote, in order of its sequence; answers its new length. */
  protect(bytes: Uint8Array, length: number): number {
    const sequence = uint16At(bytes, 2);
    if (sequence < this.#lastSequence) this.#rollOver = (this.#rollOver + 1) >>> 0;
    this.#lastSequence = sequence;
    const index = this.#rollOver * SEQUENCES + sequence;
    this.#rtp.crypt(bytes, payloadStart(bytes), length, int32At(bytes, 8), index);
    this.#rtp.sign(bytes, length, this.#rollOver, this.#tagBytes);
    return length + this.#tagBytes;
  }

  protectRtcp(bytes: Uint8Array, length: number): number {
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) % ENCRYPTED;
    this.#rtcp.crypt(bytes, RTCP_HEADER_BYTES, length, int32At(bytes, 4), index);
    writeUint32(bytes, length, (ENCRYPTED | index) >>> 0);
    this.#rtcp.sign(bytes, length + 4, null, RTCP_TAG_BYTES);
    return length + 4 + RTCP_TAG_BYTES;
  }
}

export class SrtpReceiver {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #tagBytes: number;
  readonly #sources: Source[] = [];

  constructor(suite: SrtpSuite, key: string) {
    const master = masterOf(key);
    this.#rtp = new SessionKeys(master, 0);
    this.#rtcp = new SessionKeys(master, RTCP_LABELS);
    this.#tagBytes = tagBytesOf(suite);
  }

  /** Decrypts where it lies; the length of the RTP packet, or -1: forged, repeated, not whole. Then nothing has changed. */
  unprotect(bytes: Uint8Array, length: number): number {
    const end = length - this.#tagBytes;
    if (end < RTP_HEADER_BYTES) return -1;
    const start = payloadStart(bytes);
    if (start > end) return -1;
    const ssrc = int32At(bytes, 8);
    const known = this.#sourceOf(ssrc);
    const sequence = uint16At(bytes, 2);
    const rollOver = known === null ? 0 : rollOverOf(sequence, known.rtp.highest);
    const index = rollOver * SEQUENCES + sequence;
    if (rollOver < 0 || known?.rtp.isNew(index) === false) return -1;
    if (!this.#rtp.isSigned(bytes, end, rollOver, end, this.#tagBytes)) return -1;
    (known ?? this.#add(ssrc)).rtp.take(index);
    this.#rtp.crypt(bytes, start, end, ssrc, index);
    return end;
  }

  unprotectRtcp(bytes: Uint8Array, length: number): number {
    const signed = length - RTCP_TAG_BYTES;
    const end = signed - 4;
    if (end < RTCP_HEADER_BYTES) return -1;
    const ssrc = int32At(bytes, 4);
    const known = this.#sourceOf(ssrc);
    const word = uint32At(bytes, end);
    const index = word % ENCRYPTED;
    if (known?.rtcp.isNew(index) === false) return -1;
    if (!this.#rtcp.isSigned(bytes, signed, null, signed, RTCP_TAG_BYTES)) return -1;
    (known ?? this.#add(ssrc)).rtcp.take(index);
    if (word >= ENCRYPTED) this.#rtcp.crypt(bytes, RTCP_HEADER_BYTES, end, ssrc, index);
    return end;
  }

  #sourceOf(ssrc: number): Source | null {
    const sources = this.#sources;
    for (let index = 0; index < sources.length; index++)
      if (sources[index]!.ssrc === ssrc) return sources[index]!;
    return null;
  }

  /** Only for a packet that was proved. */
  #add(ssrc: number): Source {
    const source = new Source(ssrc);
    this.#sources.push(source);
    if (this.#sources.length > MAX_SOURCES) this.#sources.shift();
    return source;
  }
}

/** RFC 3711 3.3.1: the counter that brings the packet nearest to the newest one. -1: before the first packet of all. */
function rollOverOf(sequence: number, highest: number): number {
  if (highest < 0) return 0;
  const rollOver = Math.floor(highest / SEQUENCES);
  const distance = sequence - (highest % SEQUENCES);
  if (distance > SEQUENCES / 2) return rollOver - 1;
  return distance < -SEQUENCES / 2 ? rollOver + 1 : rollOver;
}

/** Behind CSRCs and extension, which stay readable. */
function payloadStart(bytes: Uint8Array): number {
  const first = byteAt(bytes, 0);
  const start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  return (first & 0x10) === 0 ? start : start + 4 + uint16At(bytes, start + 2) * 4;
}

function tagBytesOf(suite: SrtpSuite): number {
  return suite === 'AES_CM_128_HMAC_SHA1_32' ? 4 : 10;
}

function masterOf(key: string): Uint8Array {
  const master = Buffer.from(key, 'base64');
  if (master.length !== MASTER_BYTES) throw new Error('a master key of another length');
  return master;
}
