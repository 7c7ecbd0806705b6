/** AES-GCM for SRTP (RFC 7714): against libsrtp's packets and node:crypto, packet for packet. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect, describe, it } from 'vitest';
import { Ghash } from './ghash.ts';
import { writeRtpHeader } from './packet.ts';
import { AesCounter } from './srtp-cipher.ts';
import { deriveKey, masterBytesOf, SRTP_TRAILER_BYTES } from './srtp-session-keys.ts';
import { SrtpReceiver, SrtpSender } from './srtp.ts';

/** Those of libsrtp's own test: key 00 … 0f, salt a0 … ab. */
const MASTER = Buffer.from('000102030405060708090A0B0C0D0E0FA0A1A2A3A4A5A6A7A8A9AAAB', 'hex');
const SUITES = [
  ['AEAD_AES_128_GCM', 16, 'aes-128-gcm'],
  ['AEAD_AES_256_GCM', 32, 'aes-256-gcm'],
] as const;

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function withRoom(text: string): { bytes: Uint8Array; length: number } {
  const plain = Buffer.from(text, 'hex');
  const bytes = new Uint8Array(plain.length + SRTP_TRAILER_BYTES);
  bytes.set(plain);
  return { bytes, length: plain.length };
}

/** The session keys, by our own derivation, which RFC 3711's vectors prove. */
function sessionOf(
  master: Uint8Array,
  keyBytes: number,
  labels: number,
): { key: Uint8Array; salt: Uint8Array } {
  const cipher = new AesCounter(master.subarray(0, keyBytes));
  const salt = master.subarray(keyBytes);
  return { key: deriveKey(cipher, salt, labels, keyBytes), salt: deriveKey(cipher, salt, labels + 2, 12) };
}

function nonce(salt: Uint8Array, parts: string): Uint8Array {
  const bytes = Buffer.from(`0000${parts}`, 'hex');
  return salt.map((byte, index) => byte ^ bytes[index]!);
}

describe('AES-GCM', () => {
  it('hashes as node:crypto does, whatever the lengths', () => {
    for (let length = 0; length < 70; length++) {
      const key = randomBytes(16);
      const open = randomBytes((length * 7) % 45);
      const counter = new Int32Array(4);
      const hashKey = new Uint8Array(16);
      new AesCounter(key).apply(hashKey, 0, 16, counter);
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-128-gcm', key, iv).setAAD(open);
      const encrypted = cipher.update(randomBytes(length));
      cipher.final();
      const hash = new Ghash(hashKey);
      const tag = new Uint8Array(16);
      hash.begin();
      hash.add(open, 0, open.length);
      hash.add(encrypted, 0, length);
      hash.finish(open.length, length, tag);
      counter.set([iv.readInt32BE(0), iv.readInt32BE(4), iv.readInt32BE(8), 1]);
      new AesCounter(key).apply(tag, 0, 16, counter);
      expect(textOf(tag), `${length} bytes`).toBe(textOf(cipher.getAuthTag()));
    }
  });

  it('has the key schedule of FIPS 197 C.3 for 256 bits', () => {
    const key = Buffer.from('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', 'hex');
    const block = new Uint8Array(16);
    const counter = Int32Array.of(0x00112233, 0x44556677, 0x8899aabb | 0, 0xccddeeff | 0);
    new AesCounter(key).apply(block, 0, 16, counter);
    expect(textOf(block)).toBe('8EA2B7CA516745BFEAFC49904B496089');
  });
});

describe('RTP', () => {
  it('looks as that of libsrtp does', () => {
    const { bytes, length } = withRoom(`800F1234DECAFBADCAFEBABE${'AB'.repeat(16)}`);
    const sender = new SrtpSender('AEAD_AES_128_GCM', MASTER.toString('base64'));
    expect(textOf(bytes.subarray(0, sender.protect(bytes, length)))).toBe(
      '800F1234DECAFBADCAFEBABEC5002EDE04CFDD2EB91159E0880AA06ED2976826F796B201DF3131A127E8A392',
    );
  });

  it.each(SUITES)(
    '%s is that of node:crypto, also behind a wrap, and comes back',
    (suite, keyBytes, name) => {
      const master = randomBytes(masterBytesOf(suite));
      const { key, salt } = sessionOf(master, keyBytes, 0);
      const sender = new SrtpSender(suite, master.toString('base64'));
      const receiver = new SrtpReceiver(suite, master.toString('base64'));
      for (let count = 0; count < 60; count++) {
        const sequence = (0xffe0 + count) & 0xffff;
        const payload = randomBytes((count * 11) % 170);
        const bytes = new Uint8Array(12 + payload.length + SRTP_TRAILER_BYTES);
        writeRtpHeader(bytes, 0, 8, false, sequence, 160 * count, 0x81020304 | 0);
        bytes.set(payload, 12);
        const index = `${count >= 32 ? '00000001' : '00000000'}${sequence.toString(16).padStart(4, '0')}`;
        const cipher = createCipheriv(name, key, nonce(salt, `81020304${index}`)).setAAD(bytes.slice(0, 12));
        const expected = [bytes.slice(0, 12), cipher.update(payload), cipher.final(), cipher.getAuthTag()];
        const length = sender.protect(bytes, 12 + payload.length);
        expect(textOf(bytes.subarray(0, length))).toBe(textOf(Buffer.concat(expected)));
        expect(receiver.unprotect(bytes, length)).toBe(12 + payload.length);
        expect(textOf(bytes.subarray(12, 12 + payload.length))).toBe(textOf(payload));
      }
    },
  );

  it('takes nothing twice, nothing forged, nothing short, and leaves it as it came', () => {
    const key = MASTER.toString('base64');
    const { bytes, length } = withRoom(`900F1234DECAFBADCAFEBABEBEDE000101020304${'AB'.repeat(21)}`);
    const sent = bytes.slice(0, new SrtpSender('AEAD_AES_128_GCM', key).protect(bytes, length));
    expect(textOf(sent.subarray(12, 20))).toBe('BEDE000101020304');
    const receiver = new SrtpReceiver('AEAD_AES_128_GCM', key);
    for (let at = 0; at < sent.length; at++) {
      const forged = sent.slice();
      forged[at] = forged[at]! ^ 0x40;
      const before = forged.slice();
      expect(receiver.unprotect(forged, forged.length), `byte ${at}`).toBe(-1);
      expect(forged).toEqual(before);
      expect(receiver.unprotect(sent.slice(0, at), at)).toBe(-1);
    }
    expect(receiver.unprotect(sent.slice(), sent.length)).toBe(length);
    expect(receiver.unprotect(sent.slice(), sent.length)).toBe(-1);
  });
});

describe('RTCP', () => {
  const REPORT = `81C8000BCAFEBABE${'AB'.repeat(16)}`;

  it('looks as that of libsrtp does, whose indices begin with 1', () => {
    const sender = new SrtpSender('AEAD_AES_128_GCM', MASTER.toString('base64'));
    sender.protectRtcp(withRoom(REPORT).bytes, 24);
    const { bytes, length } = withRoom(REPORT);
    expect(textOf(bytes.subarray(0, sender.protectRtcp(bytes, length)))).toBe(
      '81C8000BCAFEBABEC98B8B5DF0392A55852B6C21AC8E7025C52C6FBEA2B3B446EA31123BA88CE61E80000001',
    );
  });

  it.each(SUITES)('%s is read by node:crypto, and each index is taken once', (suite, keyBytes, name) => {
    const master = randomBytes(masterBytesOf(suite));
    const { key, salt } = sessionOf(master, keyBytes, 3);
    const sender = new SrtpSender(suite, master.toString('base64'));
    const receiver = new SrtpReceiver(suite, master.toString('base64'));
    for (let index = 0; index < 3; index++) {
      const { bytes, length } = withRoom(REPORT);
      const whole = sender.protectRtcp(bytes, length);
      expect(whole).toBe(length + 16 + 4);
      const decipher = createDecipheriv(name, key, nonce(salt, `CAFEBABE00000000000${index}`))
        .setAAD(Buffer.concat([bytes.subarray(0, 8), bytes.subarray(whole - 4, whole)]))
        .setAuthTag(bytes.subarray(length, length + 16));
      expect(textOf(decipher.update(bytes.subarray(8, length)))).toBe('AB'.repeat(16));
      expect(() => decipher.final()).not.toThrow();
      const plain = bytes.slice(0, whole);
      plain[whole - 4] = 0;
      expect(receiver.unprotectRtcp(plain, whole)).toBe(-1);
      const repeated = bytes.slice(0, whole);
      expect(receiver.unprotectRtcp(bytes, whole)).toBe(length);
      expect(textOf(bytes.subarray(0, length))).toBe(REPORT);
      expect(receiver.unprotectRtcp(repeated, whole)).toBe(-1);
    }
    for (let length = 0; length < 28; length++)
      expect(receiver.unprotectRtcp(new Uint8Array(length).fill(0xff), length)).toBe(-1);
  });
});
