import { expect, it } from 'vitest';
import { distributionOf, distributionOfCounts } from './distribution.ts';

it('gives the quantiles of a hundred values', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(distributionOf(values)).toEqual({ count: 100, mean: 50.5, p50: 50, p99: 99, max: 100 });
});

it('gives the same from a histogram', () => {
  const counts = new Map(Array.from({ length: 100 }, (_, i) => [i + 1, 3] as const));
  expect(distributionOfCounts(counts)).toEqual({ count: 300, mean: 50.5, p50: 50, p99: 99, max: 100 });
});

it('has no figures of nothing', () => {
  expect(distributionOf([])).toMatchObject({ count: 0, p99: Number.NaN });
  expect(distributionOfCounts(new Map())).toMatchObject({ count: 0, max: Number.NaN });
});
