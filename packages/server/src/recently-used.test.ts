import { expect, test } from 'vitest';
import { RecentlyUsed } from './recently-used.ts';

test('what is asked for stays, what is not goes', () => {
  const kept = new RecentlyUsed<string, number>(6);
  kept.set('asked', 1);
  kept.set('forgotten', 2);
  for (let index = 0; index < 20; index += 1) {
    kept.set(`other-${index}`, index);
    expect(kept.get('asked')).toBe(1);
  }
  expect(kept.get('forgotten')).toBeUndefined();
});

test('large things leave less room', () => {
  const kept = new RecentlyUsed<string, string>(20);
  for (const key of ['a', 'b', 'c']) kept.set(key, key, 9);
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([undefined, 'b', 'c']);
});

test('what is deleted is gone, and leaves its room', () => {
  const kept = new RecentlyUsed<string, number>(4);
  for (let index = 0; index < 10; index += 1) {
    kept.set('often', index);
    kept.delete('often');
    expect(kept.get('often')).toBeUndefined();
  }
  for (const key of ['a', 'b', 'c']) kept.set(key, 1);
  kept.delete('a');
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([undefined, 1, 1]);
});

test('nothing is left once it is cleared', () => {
  const kept = new RecentlyUsed<string, number>(4);
  for (const key of ['a', 'b', 'c']) kept.set(key, 1);
  kept.clear();
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([undefined, undefined, undefined]);
});
