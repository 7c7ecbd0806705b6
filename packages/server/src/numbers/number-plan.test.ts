import { expect, test } from 'vitest';
import { createNumberPlan } from './number-plan.ts';

const gambia = createNumberPlan(() => 'GM');
const britain = createNumberPlan(() => 'GB');
const nowhere = createNumberPlan(() => null);

test('every spelling of a number is the same person', () => {
  for (const spelling of ['+2207000001', '7000001', '700 00 01', '002207000001', '+220 (700) 0001']) {
    expect([spelling, gambia.idOf(spelling)]).toEqual([spelling, '+2207000001']);
  }
  expect(britain.idOf('07911 123456')).toBe('+447911123456');
});

test('without a country only international numbers are understood', () => {
  expect(nowhere.idOf('+2207000001')).toBe('+2207000001');
  expect(nowhere.idOf('700-0001')).toBe('7000001');
  expect(createNumberPlan(() => 'XX').idOf('7000001')).toBe('7000001');
});

test('what is no number stays as it is: short numbers, SIP addresses, names, nothing', () => {
  for (const other of ['111', 'sip:awa@example.net', 'Awa', '']) expect(gambia.idOf(other)).toBe(other);
});

test('a number is looked for by its digits, as it is dialled at home or from abroad', () => {
  expect(britain.spellings('+447911123456')).toEqual(['447911123456', '7911123456', '07911123456']);
  expect(gambia.spellings('700 00 01')).toEqual(['2207000001', '7000001']);
  expect(gambia.spellings('111')).toEqual(['111']);
  expect(gambia.spellings('')).toEqual([]);
});
