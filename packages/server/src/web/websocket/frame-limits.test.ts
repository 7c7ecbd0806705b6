import { expect, test } from 'vitest';
import { FrameRate, isTooDeep, MAX_DEPTH } from './frame-limits.ts';

test('nesting up to the limit passes, one more does not', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(isTooDeep(nested(MAX_DEPTH))).toBe(false);
  expect(isTooDeep(nested(MAX_DEPTH + 1))).toBe(true);
  expect(isTooDeep('{"a":'.repeat(MAX_DEPTH + 1))).toBe(true);
});

test('brackets inside of strings do not count', () => {
  expect(isTooDeep(JSON.stringify({ text: `\\"${'['.repeat(100)}` }))).toBe(false);
});

test('a burst passes, then as many as come in again', () => {
  const rate = new FrameRate(10, 3, 0);
  expect([rate.take(0), rate.take(0), rate.take(0), rate.take(0)]).toEqual([true, true, true, false]);
  expect([rate.take(100), rate.take(100)]).toEqual([true, false]);
  // Never more than the burst, however long it was quiet.
  expect([1, 2, 3, 4].map(() => rate.take(60_000))).toEqual([true, true, true, false]);
});
