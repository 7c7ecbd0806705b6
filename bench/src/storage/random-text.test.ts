import { expect, test } from 'vitest';
import { numberOf, RandomText } from './random-text.ts';

test('the same seed gives the same texts', () => {
  const texts = (seed: number) => {
    const random = new RandomText(seed);
    return [random.text(), random.name(), random.below(100)];
  };
  expect(texts(1)).toEqual(texts(1));
  expect(texts(1)).not.toEqual(texts(2));
});

test('some words are frequent, many are rare', () => {
  const random = new RandomText(1);
  const counts = new Map<string, number>();
  for (let index = 0; index < 10_000; index += 1) {
    const word = random.word(30_000);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  expect(Math.max(...counts.values())).toBeGreaterThan(300);
  expect([...counts.values()].filter((count) => count === 1).length).toBeGreaterThan(500);
});

test('every person has a number of their own', () => {
  expect([numberOf(0), numberOf(99_999)]).toEqual(['+2207000000', '+2207099999']);
});
