import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contractLines } from './contract.ts';

const promised = readFileSync(new URL('../../../../docs/generated/contract.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

test('what was promised to programs is still so, line by line', () => {
  const today = new Set(contractLines());
  expect(promised.length).toBeGreaterThan(500);
  expect(promised.filter((line) => !today.has(line))).toEqual([]);
});

test('a property that is there, one that may be left out and each word of a choice are lines of it', () => {
  expect(promised).toEqual(
    expect.arrayContaining([
      'client channelMode.*: string',
      'client messages:send.*.reply_to may be absent',
      'server channelUpdate goes to all',
      'server initialize.mixer.channels.*.mode is there',
      'server messages:update.*.status: "delivered"',
      'code forbidden',
    ]),
  );
});
