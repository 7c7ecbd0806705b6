import { expect, test } from 'vitest';
import { isInRanges } from './cidr.ts';

test.each([
  ['192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.3.7', ['192.0.2.0/24'], false],
  ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.2.7', ['192.0.2.7'], true],
  ['192.0.2.8', ['192.0.2.7'], false],
  ['::1', ['::1/128'], true],
  ['2001:db8::5', ['10.0.0.0/8', '2001:db8::/32'], true],
  ['::1', ['0.0.0.0/0'], false],
  ['127.0.0.1', [], false],
  ['', ['0.0.0.0/0'], false],
])('%s in %j: %s', (address, ranges, isIn) => {
  expect(isInRanges(address, ranges)).toBe(isIn);
});
