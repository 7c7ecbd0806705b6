import { describe, expect, test } from 'vitest';
import { buildWavHeader, parseWav, patchWavSizes, WAV_HEADER_BYTES, WAV_MAX_DATA_BYTES } from './wav-file.ts';

const header = (channels: 1 | 2 = 1) =>
  buildWavHeader({
    channels,
    sampleRate: 48000,
    description: 'Channel 3, caller',
    originator: 'Openline',
    originatedAt: new Date(2026, 1, 3, 4, 5, 6, 500),
  });

describe('WAV header', () => {
  test('holds RIFF, bext version 1, fmt and data where the chunk table says', () => {
    const bytes = header(2);
    const view = new DataView(bytes.buffer);
    const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
    expect(bytes.length).toBe(WAV_HEADER_BYTES);
    expect([text(0, 4), text(8, 8), text(622, 4), text(646, 4)]).toEqual([
      'RIFF',
      'WAVEbext',
      'fmt ',
      'data',
    ]);
    expect([text(340, 10), text(350, 8)]).toEqual(['2026-02-03', '04:05:06']);
    expect(Number(view.getBigUint64(358, true))).toBe((4 * 3600 + 5 * 60 + 6.5) * 48000);
    expect(view.getUint16(366, true)).toBe(1);
    expect(view.getUint32(638, true)).toBe(192_000);
    expect(parseWav(bytes)).toEqual({
      ok: true,
      format: 'pcm',
      channels: 2,
      sampleRate: 48000,
      bitsPerSample: 16,
      dataOffset: WAV_HEADER_BYTES,
      dataBytes: 0,
      description: 'Channel 3, caller',
      timeReferenceSamples: (4 * 3600 + 5 * 60 + 6.5) * 48000,
    });
  });

  test('sizes follow the growing file and stop below 4 GB', () => {
    const bytes = header();
    const view = new DataView(bytes.buffer);
    patchWavSizes(bytes, 96_000);
    expect([view.getUint32(4, true), view.getUint32(650, true)]).toEqual([
      WAV_HEADER_BYTES - 8 + 96_000,
      96_000,
    ]);
    patchWavSizes(bytes, 5e9);
    expect(view.getUint32(650, true)).toBe(WAV_MAX_DATA_BYTES);
    expect(view.getUint32(4, true)).toBeLessThanOrEqual(0xffffffff);
    expect(view.getUint32(4, true)).toBe(WAV_HEADER_BYTES - 8 + WAV_MAX_DATA_BYTES);
  });

  test('other than printable ASCII becomes a question mark, long text is cut', () => {
    const bytes = buildWavHeader({
      channels: 1,
      sampleRate: 48000,
      description: `Jörg\n${'x'.repeat(300)}`,
      originator: 'o'.repeat(40),
      originatedAt: new Date(0),
    });
    const info = parseWav(bytes);
    expect(info.ok && info.description).toBe(`J?rg?${'x'.repeat(251)}`);
  });
});

describe('WAV reader', () => {
  test('takes what is there when the size field says more (a file cut off) or 0xffffffff (a stream)', () => {
    for (const size of [96_000, 0xffffffff]) {
      const bytes = new Uint8Array(WAV_HEADER_BYTES + 1001);
      bytes.set(header());
      new DataView(bytes.buffer).setUint32(650, size, true);
      expect(parseWav(bytes)).toMatchObject({ ok: true, dataBytes: 1000 });
      expect(parseWav(bytes.subarray(0, WAV_HEADER_BYTES), bytes.length)).toMatchObject({
        ok: true,
        dataBytes: 1000,
      });
    }
  });

  test('skips chunks it does not know, odd sizes padded, and reads the extensible format', () => {
    const fmt = new Uint8Array(40);
    const view = new DataView(fmt.buffer);
    view.setUint16(0, 0xfffe, true);
    view.setUint16(2, 2, true);
    view.setUint32(4, 44_100, true);
    view.setUint16(14, 16, true);
    view.setUint16(24, 1, true);
    const bytes = riff(
      chunk('LIST', new Uint8Array(5)),
      chunk('fmt ', fmt),
      chunk('data', new Uint8Array(8)),
    );
    expect(parseWav(bytes)).toMatchObject({
      ok: true,
      format: 'pcm',
      channels: 2,
      sampleRate: 44_100,
      dataBytes: 8,
    });
  });

  test('names what it refuses', () => {
    const adpcm = new Uint8Array(16);
    new DataView(adpcm.buffer).setUint16(0, 2, true);
    expect(parseWav(new Uint8Array(0))).toEqual({ ok: false, code: 'not_wav' });
    expect(parseWav(riff())).toEqual({ ok: false, code: 'no_format' });
    expect(parseWav(riff(chunk('data', new Uint8Array(8))))).toEqual({ ok: false, code: 'no_format' });
    expect(parseWav(riff(chunk('fmt ', adpcm), chunk('data', new Uint8Array(8))))).toEqual({
      ok: false,
      code: 'unsupported',
    });
    expect(parseWav(header().subarray(0, 646))).toEqual({ ok: false, code: 'no_data' });
  });

  test('never throws: cut anywhere, and with any bytes changed', () => {
    const whole = new Uint8Array(WAV_HEADER_BYTES + 64);
    whole.set(header());
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const isWithin = (bytes: Uint8Array) => {
      const info = parseWav(bytes);
      return !info.ok || info.dataOffset + info.dataBytes <= bytes.length;
    };
    for (let length = 0; length < whole.length; length++)
      expect(isWithin(whole.subarray(0, length))).toBe(true);
    for (let i = 0; i < 20_000; i++) {
      const mutated = whole.slice();
      for (let k = 0; k < 3; k++) mutated[random(mutated.length)] = random(256);
      expect(isWithin(mutated)).toBe(true);
    }
  });
});

function chunk(id: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + (body.length & 1));
  bytes.set(new TextEncoder().encode(id));
  new DataView(bytes.buffer).setUint32(4, body.length, true);
  bytes.set(body, 8);
  return bytes;
}

function riff(...chunks: Uint8Array[]): Uint8Array {
  const body = [...new TextEncoder().encode('WAVE')].concat(...chunks.map((bytes) => [...bytes]));
  return chunk('RIFF', Uint8Array.from(body));
}
