import { expect, it } from 'vitest';
import { formatTable, verdictOf } from './report.ts';

it('says of every figure how it stands to its bound', () => {
  const figure = { name: 'x', unit: 'ms', value: 2, bound: 2 };
  expect(verdictOf(figure)).toBe('ok');
  expect(verdictOf({ ...figure, value: 2.01 })).toBe('over bound');
  expect(verdictOf({ ...figure, value: Number.NaN })).toBe('not measured');
  expect(verdictOf({ ...figure, bound: null })).toBe('');
});

it('lines the columns up', () => {
  const table = formatTable([
    { name: 'added latency', value: 23.456, unit: 'ms', bound: 40 },
    { name: 'a', value: 0.0312, unit: 'µs', bound: null },
  ]);
  expect(table).toBe(['  added latency   23.5 ms  ≤ 40 ms  ok', '  a              0.031 µs'].join('\n'));
});
