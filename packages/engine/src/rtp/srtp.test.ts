/** SRTP by the vectors of RFC 3711 B, RFC 2202 and libsrtp, against node:crypto, and over wraps, loss and repeats. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { writeRtpHeader, writeUint32 } from './packet.ts';
import { AesCounter, HmacSha1 } from './srtp-cipher.ts';
import { deriveKey, SRTP_TRAILER_BYTES } from './srtp-session-keys.ts';
import { SrtpReceiver, SrtpSender } from './srtp.ts';

const MASTER = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex');
const KEY = MASTER.toString('base64');
const SUITE = 'AES_CM_128_HMAC_SHA1_80';

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function words(text: string): Int32Array {
  const bytes = Buffer.from(text, 'hex');
  return Int32Array.from([0, 4, 8, 12], (at) => bytes.readUInt32BE(at));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

/** A packet with room for the tag. */
function packet(sequence: number, payload: string, ssrc = 0xcafebabe): { bytes: Uint8Array; length: number } {
  const content = Buffer.from(payload);
  const bytes = new Uint8Array(12 + content.length + SRTP_TRAILER_BYTES);
  bytes.set(content, writeRtpHeader(bytes, 0, 8, false, sequence, 160 * sequence, ssrc));
  return { bytes, length: 12 + content.length };
}

function sent(
  sender: SrtpSender,
  sequence: number,
  payload = `sound ${sequence}`,
  ssrc?: number,
): Uint8Array {
  const { bytes, length } = packet(sequence, payload, ssrc);
  return bytes.slice(0, sender.protect(bytes, length));
}

function received(receiver: SrtpReceiver, bytes: Uint8Array): string | null {
  const copy = bytes.slice();
  const length = receiver.unprotect(copy, copy.length);
  return length < 0 ? null : Buffer.from(copy.subarray(12, length)).toString();
}

describe('the primitives', () => {
  it('AES in counter mode is that of RFC 3711 B.2, also where its counter wraps', () => {
    const cipher = new AesCounter(hex('2B7E151628AED2A6ABF7158809CF4F3C'));
    const stream = new Uint8Array(0xff02 * 16);
    cipher.apply(stream, 0, stream.length, words('F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000'));
    expect(textOf(stream.subarray(0, 48))).toBe(
      'E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0',
    );
    expect(textOf(stream.subarray(0xfeff * 16))).toBe(
      'EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44',
    );
  });

  it('keys are derived as in RFC 3711 B.3', () => {
    const cipher = new AesCounter(MASTER.subarray(0, 16));
    const salt = MASTER.subarray(16);
    expect(textOf(deriveKey(cipher, salt, 0, 16))).toBe('C61E7A93744F39EE10734AFE3FF7A087');
    expect(textOf(deriveKey(cipher, salt, 2, 14))).toBe('30CBBC08863D8C85D49DB34A9AE1');
    expect(textOf(deriveKey(cipher, salt, 1, 20))).toBe('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4');
  });

  it('HMAC-SHA1 is that of RFC 2202 and, at every length, of node:crypto', () => {
    const into = new Uint8Array(20);
    new HmacSha1(new Uint8Array(20).fill(0x0b)).sign(Buffer.from('Hi There'), 8, null, into);
    expect(textOf(into)).toBe('B617318655057264E28BC0B6FB378C8EF146BE00');
    const key = randomBytes(20);
    const hmac = new HmacSha1(key);
    const bytes = randomBytes(400);
    for (let length = 0; length <= bytes.length; length++) {
      hmac.sign(bytes, length, 0x01020304, into);
      const whole = Buffer.concat([bytes.subarray(0, length), Buffer.from([1, 2, 3, 4])]);
      expect(textOf(into)).toBe(createHmac('sha1', key).update(whole).digest('hex').toUpperCase());
    }
  });

  it('AES is that of node:crypto under any key, for any length', () => {
    for (let length = 0; length < 100; length++) {
      const key = randomBytes(16);
      const counter = randomBytes(16);
      counter.writeUInt16BE(0, 14);
      const bytes = new Uint8Array(randomBytes(length));
      const expected = createCipheriv('aes-128-ctr', key, counter).update(bytes);
      new AesCounter(key).apply(bytes, 0, length, words(counter.toString('hex')));
      expect(textOf(bytes)).toBe(textOf(expected));
    }
  });
});

describe('RTP', () => {
  it('looks as that of libsrtp does', () => {
    const bytes = new Uint8Array(38 + SRTP_TRAILER_BYTES);
    bytes.set(hex('800F1234DECAFBADCAFEBABE'));
    bytes.fill(0xab, 12, 28);
    expect(new SrtpSender(SUITE, KEY).protect(bytes, 28)).toBe(38);
    expect(textOf(bytes.subarray(0, 38))).toBe(
      '800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB',
    );
  });

  it.each([
    [SUITE, 10],
    ['AES_CM_128_HMAC_SHA1_32', 4],
  ] as const)('comes back whole with %s', (suite, tagBytes) => {
    const bytes = sent(new SrtpSender(suite, KEY), 1, 'words');
    expect(bytes).toHaveLength(12 + 5 + tagBytes);
    expect(received(new SrtpReceiver(suite, KEY), bytes)).toBe('words');
  });

  it('goes on behind the wrap of the sequence, in disorder and after loss across it', () => {
    const sender = new SrtpSender(SUITE, KEY);
    const receiver = new SrtpReceiver(SUITE, KEY);
    const first = 0xffff - 50;
    const all = Array.from({ length: 100 }, (_, index) => sent(sender, (first + index) & 0xffff));
    const heard = (index: number): string | null => received(receiver, all[index]!);
    expect(heard(0)).toBe(`sound ${first}`);
    // Over the wrap, back behind it, and on.
    for (const index of [40, 55, 45, 54, 99]) expect(heard(index)).toBe(`sound ${(first + index) & 0xffff}`);
  });

  it('counts many wraps', () => {
    const sender = new SrtpSender(SUITE, KEY);
    const receiver = new SrtpReceiver(SUITE, KEY);
    for (let step = 0; step < 40; step++) {
      const sequence = (step * 20_000) & 0xffff;
      expect(received(receiver, sent(sender, sequence))).toBe(`sound ${sequence}`);
    }
  });

  it('takes nothing twice, nothing too old, nothing forged, nothing short', () => {
    const sender = new SrtpSender(SUITE, KEY);
    const receiver = new SrtpReceiver(SUITE, KEY);
    const all = Array.from({ length: 300 }, (_, index) => sent(sender, index));
    expect(received(receiver, all[0]!)).not.toBeNull();
    expect(received(receiver, all[0]!)).toBeNull();
    const late = all.splice(1, 1)[0]!;
    for (const each of all.slice(1)) expect(received(receiver, each)).not.toBeNull();
    expect(received(receiver, late)).toBeNull();
    const next = sent(sender, 300);
    for (let at = 0; at < next.length; at++) {
      const forged = next.slice();
      forged[at] = forged[at]! ^ 1;
      expect(received(receiver, forged)).toBeNull();
    }
    for (let length = 0; length < next.length; length++) {
      expect(received(receiver, next.subarray(0, length))).toBeNull();
    }
    expect(received(receiver, next)).toBe('sound 300');
  });

  it('leaves a packet that it refuses as it came', () => {
    const bytes = sent(new SrtpSender(SUITE, KEY), 7);
    const other = new SrtpReceiver(SUITE, randomBytes(30).toString('base64'));
    const copy = bytes.slice();
    expect(other.unprotect(copy, copy.length)).toBe(-1);
    expect(copy).toEqual(bytes);
  });

  it('knows a far end that begins anew with another source', () => {
    const receiver = new SrtpReceiver(SUITE, KEY);
    for (let ssrc = 1; ssrc <= 8; ssrc++) {
      expect(received(receiver, sent(new SrtpSender(SUITE, KEY), 9, 'again', ssrc))).toBe('again');
    }
  });

  it('does not encrypt a header extension', () => {
    const bytes = new Uint8Array(12 + 8 + 3 + SRTP_TRAILER_BYTES);
    writeRtpHeader(bytes, 0, 8, false, 1, 1, 1);
    bytes[0] = 0x90;
    bytes.set([0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5, 6, 7], 12);
    const length = new SrtpSender(SUITE, KEY).protect(bytes, 23);
    expect([...bytes.subarray(12, 20)]).toEqual([0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
    const receiver = new SrtpReceiver(SUITE, KEY);
    expect(receiver.unprotect(bytes, length)).toBe(23);
    expect([...bytes.subarray(20, 23)]).toEqual([5, 6, 7]);
  });
});

describe('RTCP', () => {
  function report(): Uint8Array {
    const bytes = new Uint8Array(28 + SRTP_TRAILER_BYTES);
    bytes.set([0x80, 200, 0, 6]);
    writeUint32(bytes, 4, 0xcafebabe);
    for (let at = 8; at < 28; at++) bytes[at] = at;
    return bytes;
  }

  it('is encrypted behind its first eight bytes and comes back, each index once', () => {
    const sender = new SrtpSender('AES_CM_128_HMAC_SHA1_32', KEY);
    const receiver = new SrtpReceiver('AES_CM_128_HMAC_SHA1_32', KEY);
    for (let index = 0; index < 3; index++) {
      const bytes = report();
      // Its tag is of 80 bits whatever that of RTP is (RFC 3711 4.2, RFC 4568 6.2.2).
      expect(sender.protectRtcp(bytes, 28)).toBe(42);
      expect(textOf(bytes.subarray(0, 8))).toBe(textOf(report().subarray(0, 8)));
      expect(textOf(bytes.subarray(8, 28))).not.toBe(textOf(report().subarray(8, 28)));
      expect(textOf(bytes.subarray(28, 32))).toBe(`8000000${index}`);
      const repeated = bytes.slice();
      expect(receiver.unprotectRtcp(bytes, 42)).toBe(28);
      expect(textOf(bytes.subarray(0, 28))).toBe(textOf(report().subarray(0, 28)));
      expect(receiver.unprotectRtcp(repeated, 42)).toBe(-1);
    }
  });

  it('is that of RFC 3711 3.4 computed with node:crypto', () => {
    const bytes = report();
    const length = new SrtpSender(SUITE, KEY).protectRtcp(bytes, 28);
    const master = new AesCounter(MASTER.subarray(0, 16));
    const derived = (label: number, size: number): Uint8Array =>
      deriveKey(master, MASTER.subarray(16), label, size);
    const counter = Buffer.alloc(16);
    counter.set(derived(5, 14));
    counter.writeUInt32BE((counter.readUInt32BE(4) ^ 0xcafebabe) >>> 0, 4);
    const cipher = createCipheriv('aes-128-ctr', derived(3, 16), counter);
    const encrypted = Buffer.concat([report().subarray(0, 8), cipher.update(report().subarray(8, 28))]);
    const signed = Buffer.concat([encrypted, hex('80000000')]);
    const tag = createHmac('sha1', derived(4, 20)).update(signed).digest().subarray(0, 10);
    expect(textOf(bytes.subarray(0, length))).toBe(textOf(Buffer.concat([signed, tag])));
  });
});
