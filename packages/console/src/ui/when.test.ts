import { expect, test } from 'vitest';
import { dayText, whenText } from './when.ts';

const now = new Date(2026, 10, 23, 18, 0).getTime();

test('today is a time, earlier this year has its day, longer ago its year', () => {
  expect(whenText(new Date(2026, 10, 23, 7, 5).getTime(), now, 'en-GB')).toBe('07:05');
  expect(whenText(new Date(2026, 10, 22, 23, 59).getTime(), now, 'en-GB')).toMatch(/22 Nov.*23:59/);
  expect(whenText(new Date(2025, 10, 23, 18, 0).getTime(), now, 'en-GB')).toMatch(/2025/);
});

test('follows the locale', () => {
  expect(whenText(new Date(2026, 1, 3, 12, 0).getTime(), now, 'fr')).toMatch(/févr/);
  expect(dayText(now, 'fr')).toBe('lundi 23 novembre');
});
