import { expect, it } from 'vitest';
import { durationText } from './duration.ts';

it.each([
  [-50, '0:00'],
  [7_999, '0:07'],
  [760_000, '12:40'],
  [3_723_000, '1:02:03'],
])('says %i ms as %s', (durationMs, said) => {
  expect(durationText(durationMs)).toBe(said);
});
