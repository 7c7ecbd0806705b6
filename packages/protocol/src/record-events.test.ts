import { expect, test } from 'vitest';
import { parseEvent } from './actions.ts';
import { MAX_KEYS } from './event-forms.ts';

const keys = (event: Parameters<typeof parseEvent>[0], data: unknown) =>
  parseEvent(event, data).actions.map(({ key }) => key);

test.each([
  'messages:delete',
  'questions:delete',
  'calls:delete',
  'calls:favorite',
  'messages:unfavorite',
] as const)('%s takes a map with null and a list of ids', (event) => {
  expect(keys(event, { a: null, b: null })).toEqual(['a', 'b']);
  expect(keys(event, ['a', 'b', 'a'])).toEqual(['a', 'b']);
  expect(keys(event, [])).toEqual([]);
  expect(keys(event, [701])).toEqual(['701']);
  expect(parseEvent(event, { a: 1, b: null }).refusals).toMatchObject([{ key: 'a', code: 'bad_data' }]);
  for (const data of ['a', null, ['a', null], [''], 5]) {
    expect(parseEvent(event, data)).toMatchObject({
      actions: [],
      refusals: [{ key: null, code: 'bad_data' }],
    });
  }
});

test.each(['messages:removeTags', 'message:removeTags'] as const)(
  '%s is one event in two spellings',
  (event) => {
    const data = { message_ids: ['m1', 'm2'], tags: [' SONG ', 'vote'] };
    expect(parseEvent(event, data).actions).toEqual(
      ['m1', 'm2'].map((key) => ({
        event: 'messages:removeTags',
        key,
        value: ['SONG', 'vote'],
        sentAs: event,
      })),
    );
  },
);

test.each([
  { message_ids: 'm1', tags: ['a'] },
  { message_ids: ['m1'], tags: 'a' },
  { message_ids: ['m1'], tags: [''] },
  { message_ids: ['m1'], tags: ['a\u0000'] },
  { message_ids: ['m1'] },
  { tags: ['a'] },
  ['m1'],
  null,
])('tags as %j are refused as a whole', (data) => {
  const parsed = parseEvent('messages:addTags', data);
  expect(parsed).toMatchObject({ actions: [], refusals: [{ key: null, code: 'bad_data' }] });
});

const noFilter = { tags: [], from: null, to: null, ids: [], search: null, limit: 50, cursor: null };

test.each([
  undefined,
  null,
  {},
  { tags: null, from: null, to: null, ids: null, search: '  ', limit: null, cursor: '' },
])('a filter %j filters nothing', (data) => {
  expect(parseEvent('calls:fetch', data).actions).toMatchObject([{ value: noFilter }]);
  expect(parseEvent('messages:fetch', data).actions).toMatchObject([
    { value: { ...noFilter, bucket_ids: [] } },
  ]);
});

test.each([
  { limit: 0 },
  { limit: 501 },
  { limit: 1.5 },
  { from: 'today' },
  { tags: 'a' },
  { ids: {} },
  5,
  [],
])('the filter %j is refused', (data) => {
  expect(parseEvent('calls:fetch', data).refusals).toMatchObject([{ key: null, code: 'bad_data' }]);
});

test('a text is as the seed writes it: the number may be a JSON number, line and reply null or left out', () => {
  const text = { type: 'sms_out', endpoint: 2207000001, content: 'Hello' };
  const { actions } = parseEvent('messages:send', { t1: text, t2: { ...text, content: '' } });
  expect(actions).toEqual([
    {
      event: 'messages:send',
      sentAs: 'messages:send',
      key: 't1',
      value: { ...text, endpoint: '2207000001', channel_id: null, reply_to: null },
    },
  ]);
});

test('a card pollutes nothing, and what is misspelt is refused', () => {
  const data: unknown = JSON.parse(
    '{"+2201":{"properties":{"__proto__":{"polluted":true}}},"+2202":{"nme":"Awa"}}',
  );
  const parsed = parseEvent('contacts:save', data);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(parsed.refusals.map(({ key }) => key)).toEqual(['+2201', '+2202']);
});

test('too many keys are refused as a whole', () => {
  const many = Array.from({ length: MAX_KEYS + 1 }, (_, index) => `m${index}`);
  for (const data of [many, Object.fromEntries(many.map((id) => [id, null]))]) {
    expect(parseEvent('messages:favorite', data)).toMatchObject({ actions: [], refusals: [{ key: null }] });
  }
});

test('a user who is known by a number may be written as one', () => {
  expect(parseEvent('channelMode', { c: 701 }).actions).toMatchObject([{ value: '701' }]);
  expect(parseEvent('userWhisper', { '701': 5 }).actions).toMatchObject([{ key: '701', value: '5' }]);
});
