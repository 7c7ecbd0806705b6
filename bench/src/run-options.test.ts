import { expect, it } from 'vitest';
import { readRunOptions } from './run-options.ts';

const NUMBERS = { legs: { default: 24, from: 2, to: 500 }, seconds: { default: 30, from: 5, to: 100 } };

it('takes what is given, and what is usual for the rest', () => {
  expect(readRunOptions(['--legs', '8', '--loud', '--strict'], NUMBERS, ['loud', 'slow'])).toEqual({
    ok: true,
    options: { numbers: { legs: 8, seconds: 30 }, on: new Set(['loud']), isStrict: true },
  });
});

it.each([
  [['--legs', '1'], '--legs: allowed are whole numbers from 2 to 500'],
  [['--legs', '501'], '--legs: allowed are whole numbers from 2 to 500'],
  [['--seconds', 'x'], '--seconds: allowed are whole numbers from 5 to 100'],
  [['--seconds', '5.5'], '--seconds: allowed are whole numbers from 5 to 100'],
  [['--help'], ''],
])('refuses %j with a sentence', (args, msg) => {
  expect(readRunOptions(args, NUMBERS)).toEqual({ ok: false, msg });
});

it('names an option that there is not', () => {
  expect(readRunOptions(['--legz', '8'], NUMBERS)).toEqual({
    ok: false,
    msg: expect.stringContaining('--legz'),
  });
});
