import { beforeEach, expect, test } from 'vitest';
import { Studio, studioConfig } from './testing/studio.ts';

let studio: Studio;
beforeEach(async () => {
  studio = await new Studio().open();
});

const dial = (number: string, mode = 'on_hold') =>
  studio.send('callNumber', { number, mode, channel_id: null })?.code ?? null;

test('a blocked number hears busy, is counted, and leaves no entry', async () => {
  studio.store.blocked.add('+2207000009');
  const call = await studio.ringing('+2207000009');
  expect(studio.exchange.calls.has(call)).toBe(false);
  expect(studio.history()).toEqual([]);
  expect(studio.store.blockedCalls.get('+2207000009')).toBe(1);
  expect(studio.broadcaster.sent).toEqual([]);
  await studio.ringing('+2207000008');
  expect(studio.history()).toHaveLength(1);
});

test('no more than so many calls go out at a time', async () => {
  studio.desk.configure({ ...studioConfig, dialCallsAtOnce: 2 });
  expect([dial('+2208000001'), dial('+2208000002'), dial('+2208000003')]).toEqual([
    null,
    null,
    'too_many_calls_out',
  ]);
  await studio.settle();
  expect(studio.history()).toHaveLength(2);
});

test('calls that come in do not count as going out', async () => {
  studio.desk.configure({ ...studioConfig, dialCallsAtOnce: 1 });
  await studio.caller('on_hold');
  expect(dial('+2208000001')).toBeNull();
});

test('tags that were given while the call is up are in what is told of it afterwards', async () => {
  const call = await studio.caller('on_hold');
  const id = studio.channel('studio-1').call_id ?? '';
  studio.desk.noteTags(id, ['sport', 'favorite']);
  studio.broadcaster.clear();
  studio.exchange.end(call);
  await studio.settle();
  expect(studio.broadcaster.dataOf('calls:update').at(-1)).toMatchObject({
    [id]: { tags: ['sport', 'favorite'], favorite: true },
  });
});

test('a card that was changed in the address book is on the channel of whoever it is', async () => {
  await studio.caller('on_hold', '+2207000001');
  studio.broadcaster.clear();
  studio.send('channelContactInfo', { 'studio-1': { point: 'the rain' } });
  const isTheirs = (number: string) => number === '+2207000001';
  studio.desk.noteCard(isTheirs, { name: 'Awa', location: null, notes: null }, true);
  expect(studio.channel('studio-1')).toMatchObject({
    contact: { number: '+2207000001', name: 'Awa', point: 'the rain' },
    caller: { blocked: true },
  });
  expect(studio.broadcaster.dataOf('channelUpdate')).toMatchObject([
    { 'studio-1': { contact: { name: 'Awa' } } },
  ]);
  expect(studio.history()[0]?.name).toBe('Awa');
});
