import { expect, test } from 'vitest';
import { tryDialling } from './dial-trial.ts';
import { readSettings } from './settings.ts';

const read = readSettings({
  station: { country: 'GM' },
  lines: [
    { id: 'in', trust: ['10.0.0.0/8'] },
    { id: 'any', gateway: 'sip:192.0.2.1' },
    { id: 'mobile', gateway: 'sip:192.0.2.2', patterns: ['^\\+2203'] },
  ],
  dial: { allow: ['^\\+220', '^sip:'] },
});
if (!read.ok) throw new Error(read.problems.join('\n'));
const { settings } = read;

test('a number of the country is spelt in full, and goes over the line that is meant for it', () => {
  expect(tryDialling(settings, '300 12 34')).toEqual({
    number: '+2203001234',
    is_allowed: true,
    pattern: '^\\+220',
    line: 'mobile',
  });
});

test('another one goes over the first line that can dial', () => {
  expect(tryDialling(settings, '7001234')).toMatchObject({ is_allowed: true, line: 'any' });
});

test('what no pattern lets through is not allowed', () => {
  expect(tryDialling(settings, '+33142685300')).toMatchObject({
    is_allowed: false,
    pattern: null,
    line: 'any',
  });
});

test('a SIP address can be dialled over a line that dials no numbers', () => {
  expect(tryDialling(settings, 'sip:desk@192.0.2.9')).toMatchObject({ is_allowed: true, line: 'in' });
});

test('what is no number is none', () => {
  expect(tryDialling(settings, 'hello')).toMatchObject({ number: null, is_allowed: false });
});
