import { expect, it } from 'vitest';
import { dateFormat, numberFormat } from './formats.ts';

it('a format is made once for each locale and form', () => {
  const one = numberFormat('fr', { maximumFractionDigits: 1 });
  expect(numberFormat('fr', { maximumFractionDigits: 1 })).toBe(one);
  expect(numberFormat('fr', { maximumFractionDigits: 0 })).not.toBe(one);
  expect([one.format(0.25), numberFormat('en-GB', { maximumFractionDigits: 1 }).format(0.25)]).toEqual([
    '0,3',
    '0.3',
  ]);
  const day = dateFormat('sw', { weekday: 'long' });
  expect(dateFormat('sw', { weekday: 'long' })).toBe(day);
  expect(
    [day, dateFormat('fr', { weekday: 'long' })].map((format) => format.format(new Date(2026, 10, 23))),
  ).toEqual(['Jumatatu', 'lundi']);
});
