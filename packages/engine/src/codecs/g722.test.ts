import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toneLevelDb } from '../audio/tone-analysis.ts';
import { g722 } from './g722.ts';
import { findCodec, findStaticCodec } from './registry.ts';

/** Whole numbers only: a falling triangle of 200 Hz with some noise, 1 s at 16 kHz. */
function testSound(): Int16Array {
  let seed = 11;
  return Int16Array.from({ length: 16_000 }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const triangle = Math.abs((i % 80) - 40) * 600 - 12_000;
    return Math.trunc((triangle * (16_000 - i)) / 16_000) + (seed >>> 22) - 512;
  });
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('G.722', () => {
  const sound = testSound();
  const pcm = Float32Array.from(sound, (value) => value / 32768);
  const bytes = new Uint8Array(8000);
  g722.createEncoder().encode(pcm, pcm.length, bytes, 0);

  // With the sound as s16le in sound.raw:
  // ffmpeg -f s16le -ar 16000 -ac 1 -i sound.raw -c:a g722 -f g722 - | tee sound.g722 | sha256sum
  test('encodes to the golden bytes', () => {
    expect(sha256(bytes)).toBe('ffd0449540db9f451fd2f03db82d09c99506b2dba4ae3bb233cf90d41f6e5743');
  });

  // ffmpeg -f g722 -i sound.g722 -f s16le - | sha256sum
  test('decodes to the golden samples, also in frames of 20 ms', () => {
    const decoder = g722.createDecoder();
    const heard = new Float32Array(16_000);
    for (let at = 0; at < 8000; at += 160) expect(decoder.decode(bytes, at, 160, heard, at * 2)).toBe(320);
    const samples = Int16Array.from(heard, (value) => value * 32768);
    expect(sha256(new Uint8Array(samples.buffer))).toBe(
      '41f503bbd68c2c616151a62224eb11e1bdc0c9ea98960447cdf02a00bacb46ff',
    );
  });

  test('carries 6 kHz, which G.711 cannot', () => {
    const tone = Float32Array.from(
      { length: 16_000 },
      (_, i) => 0.1 * Math.sin((2 * Math.PI * 6000 * i) / 16_000),
    );
    const coded = new Uint8Array(8000);
    const heard = new Float32Array(16_000);
    g722.createEncoder().encode(tone, tone.length, coded, 0);
    g722.createDecoder().decode(coded, 0, 8000, heard, 0);
    expect(Math.abs(toneLevelDb(heard.subarray(1600), 16_000, 6000) + 20)).toBeLessThan(1);
  });

  test('is known to SDP by its odd clock rate and payload type 9', () => {
    expect(findCodec('G722', 8000)).toBe(g722);
    expect(findStaticCodec(9)).toBe(g722);
    expect(g722.sampleRate).toBe(16_000);
  });
});
