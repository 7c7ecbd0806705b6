import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pcma, pcmu } from './g711.ts';
import { findCodec, findStaticCodec } from './registry.ts';

const laws = [
  {
    codec: pcmu,
    steps: [0, 8, 16, 24, 32],
    highest: 32124,
    zero: 0xff,
    sha256: '3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827',
  },
  {
    codec: pcma,
    steps: [8, 24, 40, 56, 72],
    highest: 32256,
    zero: 0xd5,
    sha256: 'e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174',
  },
];

describe.each(laws)('$codec.name', ({ codec, steps, highest, zero, sha256 }) => {
  const decodeAll = () => {
    const values = new Float32Array(256);
    codec.createDecoder().decode(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      0,
      256,
      values,
      0,
    );
    return values.map((value) => value * 32768);
  };

  test('decodes to the values of the standard', () => {
    const positive = [...decodeAll()].filter((value) => value >= 0).toSorted((a, b) => a - b);
    expect([...new Set(positive)].slice(0, 5)).toEqual(steps);
    expect(positive.at(-1)).toBe(highest);
  });

  // With the 256 bytes in order in all.raw: ffmpeg -f mulaw -ar 8000 -i all.raw -f s16le - | sha256sum (and alaw).
  test('decodes all 256 bytes to the golden values', () => {
    const samples = Int16Array.from(decodeAll());
    expect(createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex')).toBe(sha256);
  });

  test('every decoded value encodes to its own byte again', () => {
    const values = decodeAll().map((value) => value / 32768);
    const bytes = new Uint8Array(256);
    codec.createEncoder().encode(values, 256, bytes, 0);
    for (let byte = 0; byte < 256; byte++) {
      // µ-law has two zeros; the positive one is sent.
      expect(bytes[byte]).toBe(values[byte] === 0 ? zero : byte);
    }
  });

  test('encodes every 16-bit value within the step of its segment', () => {
    const values = decodeAll();
    const pcm = Float32Array.from({ length: 65536 }, (_, i) => (i - 32768) / 32768);
    const bytes = new Uint8Array(65536);
    codec.createEncoder().encode(pcm, 65536, bytes, 0);
    let last = -40000;
    const wrong: string[] = [];
    for (let i = 0; i < 65536; i++) {
      const value = i - 32768;
      const decoded = values[bytes[i] as number] as number;
      // Half a step: 1/32 of the segment's end, at least 8 of 32768; above the highest value it clips.
      const allowed = Math.max(8, (Math.abs(value) + 132) / 32) + Math.max(0, Math.abs(value) - highest);
      if (decoded < last || Math.abs(decoded - value) > allowed)
        wrong.push(`${value} is coded as ${decoded}`);
      last = decoded;
    }
    expect(wrong).toEqual([]);
  });

  test('silence is the byte that a telephone sends for it', () => {
    const bytes = new Uint8Array(1);
    codec.createEncoder().encode(new Float32Array(1), 1, bytes, 0);
    expect(bytes[0]).toBe(zero);
  });
});

describe('registry', () => {
  test('finds by name in any case, clock rate and static payload type', () => {
    expect(findCodec('pcmu')).toBe(pcmu);
    expect(findCodec('PCMA', 8000)).toBe(pcma);
    expect(findCodec('PCMA', 16000)).toBeNull();
    expect(findCodec('L16', 48000)?.sampleRate).toBe(48000);
    expect(findCodec('SPEEX')).toBeNull();
    expect([findStaticCodec(0), findStaticCodec(8), findStaticCodec(3)]).toEqual([pcmu, pcma, null]);
  });
});
