import { expect, test } from 'vitest';
import { parseEvent } from '../actions.ts';
import { isClientEvent } from '../client-events.ts';
import { seedEvents } from './seed-events.ts';

test('the original system has forty-one events, each of which we know', () => {
  expect(seedEvents()).toHaveLength(41);
  expect(new Set(seedEvents()).size).toBe(41);
  expect(seedEvents().filter((name) => !isClientEvent(name))).toEqual([]);
});

// What its page writes as data, word for word where it does: the frozen form of the contract.
test.each([
  ['ping', undefined],
  ['noop', undefined],
  ['channelProperty', { c: { name: 'autoanswer', value: 'ivr' } }],
  ['channelMuted', { c: false }],
  ['channelMode', { c: 'master', d: 'ivr', e: 'on_hold', f: 'free', g: '701' }],
  ['channelAutoAnswer', { c: 'master', d: 'ivr', e: 'on_hold', f: '701', g: null }],
  ['channelRecording', { c: true }],
  ['channelVolume', { c: 1, d: 100 }],
  ['channelContactInfo', { c: { name: 'Awa' } }],
  ['channelCallNumber', { c: { number: 38970000001, mode: 'on_hold' } }],
  ['masterProperty', { name: 'delay', value: 7 }],
  ['masterMuted', false],
  ['masterVolume', 100],
  ['masterRecording', true],
  ['masterOnAir', true],
  ['masterDelay', 7],
  ['userVolume', { u: 50 }],
  ['userProperty', { u: { name: 'recording', value: true } }],
  ['userMuted', { u: true }],
  ['userRecording', { u: false }],
  ['userWhisper', { u: 'c' }],
  ['hostVolume', 1],
  ['hostMuted', true],
  ['callNumber', { number: 38970000001, mode: '701', channel_id: null }],
  ['addrBookSuggestions', 'awa'],
  ['currentBucketUpdate', 'b1'],
  [
    'messages:send',
    { t: { type: 'sms_out', endpoint: '38970000001', content: 'Hello', channel_id: null, reply_to: null } },
  ],
  ['messages:delete', { m: null }],
  ['messages:favorite', ['m']],
  ['messages:unfavorite', ['m']],
  ['messages:addTags', { message_ids: ['m'], tags: ['a'] }],
  ['message:removeTags', { message_ids: ['m'], tags: ['a'] }],
  ['messages:fetch', { tags: ['a'], from: null, to: 1534204800000, bucket_ids: ['b1'] }],
  ['questions:delete', { q: null }],
  ['questions:favorite', ['q']],
  ['questions:unfavorite', ['q']],
  ['questions:fetch', { tags: [], from: 1534204800000, to: null, ids: ['q'] }],
  ['calls:delete', { c: null }],
  ['calls:favorite', ['c']],
  ['calls:unfavorite', ['c']],
  ['calls:fetch', { tags: [], from: null, to: null, ids: [] }],
] as const)('%s is taken as its page writes it', (event, data) => {
  expect(seedEvents()).toContain(event);
  const parsed = parseEvent(event, data);
  expect(parsed.refusals).toEqual([]);
  expect(parsed.actions.length).toBeGreaterThan(0);
});
