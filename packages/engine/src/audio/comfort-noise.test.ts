import { describe, expect, test } from 'vitest';
import { ComfortNoise } from './comfort-noise.ts';
import { peakDb, rmsDb, toneLevelDb } from './tone-analysis.ts';

function noise(rate: number, levelDb: number, seed: number): Float32Array {
  const generator = new ComfortNoise(rate, levelDb, seed);
  const heard = new Float32Array(rate * 4);
  for (let at = 0; at < heard.length; at += rate / 50)
    generator.fill(heard.subarray(at, at + rate / 50), rate / 50);
  return heard;
}

/** Mean level of a band, from 40 frequencies. */
function bandDb(samples: Float32Array, rate: number, fromHz: number): number {
  let power = 0;
  for (let i = 0; i < 40; i++)
    power += 10 ** (toneLevelDb(samples.subarray(0, rate), rate, fromHz + 5 * i) / 10) / 40;
  return 10 * Math.log10(power);
}

describe.each([8000, 16000, 48000])('comfort noise at %i Hz', (rate) => {
  test('has the RMS it was asked for, and no peaks far above', () => {
    const heard = noise(rate, -55, 3);
    expect(Math.abs(rmsDb(heard) + 55)).toBeLessThan(0.5);
    expect(peakDb(heard)).toBeLessThan(-40);
  });

  test('falls towards high frequencies', () => {
    const heard = noise(rate, -40, 4);
    expect(bandDb(heard, rate, 300) - bandDb(heard, rate, 3200)).toBeGreaterThan(6);
  });

  test('is the same for the same seed, another for another', () => {
    expect(noise(rate, -55, 5)).toEqual(noise(rate, -55, 5));
    expect(noise(rate, -55, 5)).not.toEqual(noise(rate, -55, 6));
  });
});
