import { expect, test } from 'vitest';
import { parseEvent } from './actions.ts';
import { normalizeNumber } from './written-number.ts';

test('a bad key refuses itself alone', () => {
  const parsed = parseEvent('channelVolume', { 'studio-1': 80, 'studio-2': 0, 'studio-3': '80' });
  expect(parsed.actions).toEqual([
    { event: 'channelVolume', key: 'studio-1', value: 80, sentAs: 'channelVolume' },
  ]);
  expect(parsed.refusals.map(({ key, code }) => [key, code])).toEqual([
    ['studio-2', 'bad_data'],
    ['studio-3', 'bad_data'],
  ]);
});

test.each([null, 5, 'studio-1', ['studio-1'], undefined])(
  'a keyed event with %j is refused as a whole',
  (data) => {
    const parsed = parseEvent('channelMuted', data);
    expect(parsed.actions).toEqual([]);
    expect(parsed.refusals).toMatchObject([{ key: null, code: 'bad_data' }]);
  },
);

test.each([
  ['channelProperty', { c: { name: 'mode', value: 'master' } }, 'channelMode', 'c', 'master'],
  ['channelProperty', { c: { name: 'autoanswer', value: null } }, 'channelAutoAnswer', 'c', null],
  ['masterProperty', { name: 'on_air', value: true }, 'masterOnAir', null, true],
  ['masterProperty', { name: 'delay', value: 7.5 }, 'masterDelay', null, 7.5],
  ['userProperty', { u: { name: 'level', value: 1 } }, 'userVolume', 'u', 1],
] as const)('%s %j is the same as %s', (event, data, asEvent, key, value) => {
  expect(parseEvent(event, data).actions).toEqual([{ event: asEvent, key, value, sentAs: event }]);
});

test('a property with a value of another property is refused', () => {
  expect(parseEvent('channelProperty', { c: { name: 'mode', value: true } }).refusals).toMatchObject([
    { key: 'c', code: 'bad_data' },
  ]);
});

test('the number to dial may be a whole JSON number, and no other', () => {
  expect(parseEvent('callNumber', { number: 2207000001, mode: 'on_hold' }).actions).toMatchObject([
    { value: { number: '2207000001', mode: 'on_hold', channel_id: null } },
  ]);
  for (const number of [1.5, -1, 2 ** 60, Number.NaN, true, {}]) {
    expect(parseEvent('callNumber', { number, mode: 'on_hold' }).refusals).toHaveLength(1);
  }
});

test('a card property called __proto__ pollutes nothing, and is refused rather than left out in silence', () => {
  const data: unknown = JSON.parse(
    '{"c":{"__proto__":{"polluted":true}},"d":{"__proto__":"x","name":"Awa"},"__proto__":{"name":"x"}}',
  );
  const parsed = parseEvent('channelContactInfo', data);
  expect(parsed.refusals).toMatchObject([
    { key: 'c', code: 'bad_data' },
    { key: 'd', code: 'bad_data' },
  ]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  for (const action of parsed.actions) expect(Object.keys(action.value as object)).not.toContain('__proto__');
});

test.each([
  ['+220 700-00 01', '+2207000001'],
  ['(0221) 47 11', '02214711'],
  ['sip:anna@127.0.0.1:5070', 'sip:anna@127.0.0.1:5070'],
  ['', null],
  ['+', null],
  ['anna', null],
  ['12;rm', null],
  ['sip:a b', null],
])('the number %j is %j', (text, number) => {
  expect(normalizeNumber(text)).toBe(number);
});
