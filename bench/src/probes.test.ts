import { expect, it } from 'vitest';
import { chirp, findPattern, latenessOfArrivals, SAMPLE_RATE } from './probes.ts';

it('finds the chirp to the sample, also 10 dB quieter and among tones', () => {
  const pattern = chirp(SAMPLE_RATE);
  const heard = Float32Array.from(
    { length: 3000 },
    (_, i) => 0.005 * Math.sin(i) + 0.005 * Math.sin(i * 0.37),
  );
  for (const [i, value] of pattern.entries()) heard[1234 + i] = (heard[1234 + i] ?? 0) + value / 3;
  expect(findPattern(heard, pattern)).toBe(1234);
});

it('finds nothing where there is no chirp', () => {
  const tone = Float32Array.from({ length: 3000 }, (_, i) => 0.3 * Math.sin(i * 0.5));
  expect(findPattern(tone, chirp(SAMPLE_RATE))).toBe(-1);
  expect(findPattern(new Float32Array(3000), chirp(SAMPLE_RATE))).toBe(-1);
});

it('measures arrivals against an even schedule', () => {
  expect(latenessOfArrivals([103, 120, 145, 160])).toEqual([0, 0, 5, 0]);
});
