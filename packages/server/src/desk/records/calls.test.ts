import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNumberPlan } from '../../numbers/number-plan.ts';
import { openDatabase } from '../../storage/database.ts';
import { openStores, type Stores } from '../../storage/stores.ts';
import type { CallRecord } from '../ports/store.ts';
import { createCallRecords } from './calls.ts';
import { RecordRoom } from './testing/record-room.ts';

const NOW = 1_700_000_000_000;
let folder: string;
let stores: Stores;
let room: RecordRoom;
let noted: [string, readonly string[]][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-calls-'));
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  stores = openStores(opened.database, {
    numbers: createNumberPlan(() => 'GM'),
    audioFolder: folder,
    onProblem: (problem) => {
      throw problem;
    },
  });
  noted = [];
  room = new RecordRoom((broadcaster) => [
    createCallRecords({
      history: stores.calls,
      broadcaster,
      clock: { now: () => NOW },
      noteTags: (id, tags) => noted.push([id, tags]),
    }),
  ]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function save(id: string, openedAt: number, change: Partial<CallRecord> = {}): void {
  stores.calls.save({
    id,
    type: 'call',
    openedAt,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number: '+2207000001',
    name: 'Awa Jallow',
    answeredAt: null,
    endedAt: openedAt + 1_000,
    point: null,
    screening: null,
    seenAt: openedAt + 1_000,
    cause: 'normal',
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [],
    quality: null,
    tags: [],
    ...change,
  });
}
function saveWithAudio(id: string): string {
  const path = join(folder, `${id}-audio.wav`);
  writeFileSync(path, 'audio');
  const recording = { id: `${id}-audio`, kind: 'channel', startedAt: 1, durationMs: 5, error: null } as const;
  save(id, 1_000, { recordings: [recording] });
  return path;
}
function fetch(filter: unknown): string[] {
  expect(room.send('calls:fetch', filter)).toEqual([]);
  const { to, data } = room.only('calls:list');
  expect(to).toBe('self');
  return data.calls.map(({ id }) => id);
}

test('the history, newest first, by all of its filters', () => {
  save('a', 1_000, { tags: ['Sport', 'vote'] });
  save('b', 2_000, { tags: ['sport'], number: '7000002', name: 'Binta' });
  save('c', 3_000, { number: '', name: null });
  expect(fetch(null)).toEqual(['c', 'b', 'a']);
  expect(fetch({ tags: [], ids: [], search: '', from: null })).toEqual(['c', 'b', 'a']);
  expect(fetch({ tags: ['SPORT'] })).toEqual(['b', 'a']);
  expect(fetch({ tags: ['sport', 'vote'] })).toEqual(['a']);
  expect(fetch({ from: 2_000, to: 3_000 })).toEqual(['c', 'b']);
  expect(fetch({ ids: ['a', 'c', 'nobody'] })).toEqual(['c', 'a']);
  expect(fetch({ search: 'jal' })).toEqual(['a']);
  save('a', 1_000, { point: 'The well of Bakau' });
  expect(fetch({ search: 'bakau' })).toEqual(['a']);
  save('a', 1_000, { point: 'The school' });
  expect(fetch({ search: 'bakau' })).toEqual([]);
  save('a', 1_000);
  for (const search of ['7000002', '+220 7000002', '2207000002', '+2207000002', '70000']) {
    expect([search, fetch({ search }).includes('b')]).toEqual([search, true]);
  }
  expect(fetch({ search: 'binta', tags: ['sport'], from: 2_000, ids: ['b'] })).toEqual(['b']);
});

test('page by page with the cursor of the page before', () => {
  for (let index = 0; index < 5; index += 1) save(`c${index}`, 1_000 + index);
  expect(fetch({ limit: 3 })).toEqual(['c4', 'c3', 'c2']);
  const { cursor } = room.only('calls:list').data;
  expect(fetch({ limit: 3, cursor })).toEqual(['c1', 'c0']);
  expect(room.only('calls:list').data.cursor).toBeNull();
});

test('a favourite is what has the tag, by either way', () => {
  save('a', 1_000);
  save('b', 2_000);
  expect(room.send('calls:favorite', ['a'])).toEqual([]);
  expect(room.only('calls:update')).toMatchObject({ to: 'all', data: { a: { favorite: true } } });
  expect(room.send('calls:addTags', { ids: ['b'], tags: ['Favorite'] })).toEqual([]);
  expect(room.only('calls:update').data).toMatchObject({ b: { favorite: true, tags: ['Favorite'] } });
  expect(fetch({ tags: ['favorite'] })).toEqual(['b', 'a']);
  room.send('calls:unfavorite', ['a', 'b']);
  expect(fetch({ tags: ['favorite'] })).toEqual([]);
});

test('tags keep their case, are matched without it, and several entries change in one update', () => {
  save('a', 1_000, { tags: ['Sport'] });
  save('b', 2_000);
  room.send('calls:addTags', { ids: ['a', 'b'], tags: ['SPORT', 'Vote yes'] });
  expect(room.only('calls:update').data).toMatchObject({
    a: { tags: ['Sport', 'Vote yes'] },
    b: { tags: ['SPORT', 'Vote yes'] },
  });
  room.send('calls:removeTags', { ids: ['a', 'b'], tags: ['sport'] });
  expect(room.only('calls:update').data).toMatchObject({
    a: { tags: ['Vote yes'] },
    b: { tags: ['Vote yes'] },
  });
  expect(fetch({ tags: ['sport'] })).toEqual([]);
});

test('what changes nothing is told to nobody', () => {
  save('a', 1_000, { tags: ['favorite'] });
  for (const event of ['calls:favorite', 'calls:addTags', 'calls:removeTags'] as const) {
    const data = event === 'calls:favorite' ? ['a'] : { ids: ['a'], tags: [] };
    expect(room.send(event, data)).toEqual([]);
    expect(room.broadcaster.sent).toEqual([]);
  }
});

test('an entry is deleted with its recordings, by a map or by a list; the other keys still apply', () => {
  const [first, second] = [saveWithAudio('a'), saveWithAudio('b')];
  expect(room.send('calls:delete', { a: null, nobody: null })).toMatchObject([
    { key: 'nobody', code: 'unknown_call' },
  ]);
  expect(room.only('calls:update')).toEqual({ to: 'all', data: { a: null } });
  expect([existsSync(first), existsSync(second)]).toEqual([false, true]);
  expect(room.send('calls:delete', ['b'])).toEqual([]);
  expect(existsSync(second)).toBe(false);
  expect(fetch({})).toEqual([]);
});

test('a call that is up is not deleted, and the live desk is told of its tags', () => {
  save('up', 1_000, { endedAt: null });
  expect(room.send('calls:delete', ['up'])).toMatchObject([{ key: 'up', code: 'call_is_up' }]);
  room.send('calls:addTags', { ids: ['up'], tags: ['sport'] });
  expect(noted).toEqual([['up', ['sport']]]);
  // The desk saves it again, with the tags that it knows: those of before.
  save('up', 1_000, { endedAt: null, cause: 'busy' });
  expect(stores.calls.find('up')).toMatchObject({ tags: ['sport'], cause: 'busy' });
});

test('an entry that is not there is refused, key by key; there is an end to tags', () => {
  save('a', 1_000);
  expect(room.send('calls:favorite', ['a', 'nobody'])).toMatchObject([
    { key: 'nobody', code: 'unknown_call' },
  ]);
  const many = (from: number) => Array.from({ length: 30 }, (_, index) => `tag ${from + index}`);
  expect(room.send('calls:addTags', { ids: ['a'], tags: many(0) })).toEqual([]);
  expect(room.send('calls:addTags', { ids: ['a'], tags: many(30) })).toMatchObject([
    { key: 'a', code: 'too_many_tags' },
  ]);
});
