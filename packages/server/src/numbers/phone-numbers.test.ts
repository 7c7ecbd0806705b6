import { expect, test } from 'vitest';
import { createPhoneNumbers } from './phone-numbers.ts';

test.each([
  ['GM', '3001234', '+2203001234'],
  ['GM', '300 12 34', '+2203001234'],
  ['GM', '2203001234', '+2203001234'],
  ['GM', '002203001234', '+2203001234'],
  ['GM', '+2203001234', '+2203001234'],
  ['GM', '+49 (0)30 1234567', '+49301234567'],
  ['GM', '0049301234567', '+49301234567'],
  ['DE', '030/1234567', '+49301234567'],
  ['GB', '020 7183 8750', '+442071838750'],
  [null, '+2203001234', '+2203001234'],
])('at a station in %s, %s is %s', (country, text, number) => {
  expect(createPhoneNumbers(() => country).toE164(text)).toBe(number);
});

test.each([
  ['GM', '112'],
  ['GM', '1234'],
  ['DE', '110'],
  ['GM', '+220999'],
  ['GM', '300123456789012345'],
  ['GM', '9'.repeat(5_000)],
  ['GM', 'sip:anna@192.0.2.1'],
  ['GM', 'anna'],
  ['GM', ''],
  [null, '3001234'],
  [null, '2203001234'],
  ['XX', '3001234'],
])('at a station in %s, %s is no such number', (country, text) => {
  expect(createPhoneNumbers(() => country).toE164(text)).toBeNull();
});

test('a change of the country holds from the next number on', () => {
  let country: string | null = null;
  const numbers = createPhoneNumbers(() => country);
  expect(numbers.toE164('3001234')).toBeNull();
  country = 'GM';
  expect(numbers.toE164('3001234')).toBe('+2203001234');
});
