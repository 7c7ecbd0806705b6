import { describe, expect, it } from 'vitest';
import {
  createRtpView,
  isRtcp,
  parseRtp,
  sequenceDistance,
  timestampDistance,
  writeRtpHeader,
} from './packet.ts';
import { seededRandom } from './testing/simulated-network.ts';

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}

// As a desk phone sends it: PCMU, marker set, four bytes of µ-law silence.
const PCMU = fromHex('80 80 9c40 00012c00 deadbeef fffefdfc');
// One CSRC, a one-byte header extension (RFC 8285) of one word, PCMA, padded to eight.
const FULL = fromHex('b1 08 ffff ffffff60 01020304 0a0b0c0d bede0001 10aa0000 d5d5 000000000006');

describe('parseRtp', () => {
  it('reads a plain packet', () => {
    const view = createRtpView();
    expect(parseRtp(PCMU, PCMU.length, view)).toBe('ok');
    expect(view).toEqual({
      payloadType: 0,
      isMarker: true,
      sequence: 0x9c40,
      timestamp: 0x12c00,
      ssrc: 0xdeadbeef | 0,
      payloadOffset: 12,
      payloadLength: 4,
    });
  });

  it('skips CSRC and extension and takes the padding off', () => {
    const view = createRtpView();
    expect(parseRtp(FULL, FULL.length, view)).toBe('ok');
    expect(view).toMatchObject({ payloadType: 8, isMarker: false, sequence: 65535, timestamp: -0xa0 });
    expect([...FULL.subarray(view.payloadOffset, view.payloadOffset + view.payloadLength)]).toEqual([
      0xd5, 0xd5,
    ]);
  });

  it('takes an empty payload', () => {
    const view = createRtpView();
    expect(parseRtp(PCMU, 12, view)).toBe('ok');
    expect(view.payloadLength).toBe(0);
  });

  it.each([
    ['nothing', '', 'short'],
    ['a cut header', '80 00 9c40 00012c00 deadbe', 'short'],
    ['version 1', '40 00 9c40 00012c00 deadbeef ff', 'bad_version'],
    ['STUN', '0001 0000 2112a442 000000000000000000000000', 'bad_version'],
    ['more CSRC than there are bytes', '82 00 9c40 00012c00 deadbeef 0a0b0c0d', 'short'],
    ['an extension that begins past the end', '90 00 9c40 00012c00 deadbeef bede', 'short'],
    ['an extension longer than the packet', '90 00 9c40 00012c00 deadbeef bede0002 10aa0000', 'short'],
    ['padding of nothing', 'a0 00 9c40 00012c00 deadbeef ff00', 'bad_padding'],
    ['padding longer than the payload', 'a0 00 9c40 00012c00 deadbeef ff03', 'bad_padding'],
    [
      'a receiver report',
      '81 c9 0007 deadbeef 01020304 00000000 00000000 00000000 00000000 00000000',
      'rtcp',
    ],
    ['an empty receiver report', '80 c9 0001 deadbeef', 'rtcp'],
  ])('answers %s with a code', (_, hex, code) => {
    const bytes = fromHex(hex);
    expect(parseRtp(bytes, bytes.length, createRtpView())).toBe(code);
  });

  it('survives a hundred thousand mutations, and what it calls ok lies within the packet', () => {
    const random = seededRandom(4711);
    const view = createRtpView();
    let ok = 0;
    const outside: string[] = [];
    for (let i = 0; i < 100_000; i++) {
      const bytes = Uint8Array.from(i % 2 === 0 ? PCMU : FULL);
      const flips = 1 + Math.floor(random() * 4);
      for (let flip = 0; flip < flips; flip++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
      const length = random() < 0.3 ? Math.floor(random() * (bytes.length + 1)) : bytes.length;
      if (parseRtp(bytes, length, view) !== 'ok') continue;
      ok++;
      const end = view.payloadOffset + view.payloadLength;
      const isWithin = view.payloadOffset >= 12 && view.payloadLength >= 0 && end <= length;
      if (!isWithin) outside.push(Buffer.from(bytes.subarray(0, length)).toString('hex'));
    }
    expect(outside).toEqual([]);
    expect(ok).toBeGreaterThan(10_000);
  });
});

it('tells RTCP from RTP on one port by the second byte (RFC 5761)', () => {
  expect(isRtcp(fromHex('80c80006'), 4)).toBe(true);
  expect(isRtcp(fromHex('80e00000'), 4)).toBe(false);
  expect(isRtcp(PCMU, PCMU.length)).toBe(false);
  expect(isRtcp(fromHex('40c80006'), 4)).toBe(false);
});

it('writes what it reads', () => {
  const bytes = new Uint8Array(20);
  const payloadAt = writeRtpHeader(bytes, 2, 101, true, 65535, 0xfffffff0, 0x89abcdef);
  expect(payloadAt).toBe(14);
  const view = createRtpView();
  expect(parseRtp(bytes.subarray(2), 18, view)).toBe('ok');
  expect(view).toMatchObject({
    payloadType: 101,
    isMarker: true,
    sequence: 65535,
    timestamp: -0x10,
    ssrc: 0x89abcdef | 0,
    payloadOffset: 12,
    payloadLength: 6,
  });
});

it('measures distances across the wrap', () => {
  expect(sequenceDistance(2, 65534)).toBe(4);
  expect(sequenceDistance(65534, 2)).toBe(-4);
  expect(timestampDistance(160, 0xffffff60)).toBe(320);
  expect(timestampDistance(0xffffff60, 160)).toBe(-320);
});
