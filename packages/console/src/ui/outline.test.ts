import { expect, test } from 'vitest';
import { barsOf } from './outline.ts';

test('fewer bars than stretches show the loudest of each', () => {
  expect(barsOf([1, 9, 2, 3, 4, 4], 3)).toEqual([9, 3, 4]);
});

test('more bars than stretches repeat them', () => {
  expect(barsOf([5, 10], 4)).toEqual([5, 5, 10, 10]);
});

test('without an outline nothing is drawn', () => {
  expect(barsOf([], 40)).toEqual([]);
});
