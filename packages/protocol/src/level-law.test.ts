import { expect, test } from 'vitest';
import { dbToLevel, levelToDb } from './level-law.ts';

test.each([
  [75, 0],
  [100, 10],
  [50, -10],
  [1, -60],
  [76, 0.4],
  [25.5, -35],
])('level %d is %d dB', (level, db) => {
  expect(levelToDb(level)).toBeCloseTo(db, 10);
});

test('the law rises all the way and has no step at the knee', () => {
  for (let level = 1; level < 100; level += 0.5) {
    const step = levelToDb(level + 0.5) - levelToDb(level);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(0.6);
  }
});

test('a level below the scale is the bottom of it', () => {
  expect(levelToDb(0)).toBe(-60);
});

test('the inverse gives the level back', () => {
  for (let level = 1; level <= 100; level += 1) expect(dbToLevel(levelToDb(level))).toBeCloseTo(level, 9);
  expect(dbToLevel(-90)).toBe(1);
  expect(dbToLevel(40)).toBe(100);
});
