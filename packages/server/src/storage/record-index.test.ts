import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createRecordIndex, recordIndexSql, type RecordIndex } from './record-index.ts';
import type { IndexedRecord, IndexFilter } from './record-terms.ts';

const NOON = 1_700_000_000_000;
let index: RecordIndex;
let add: (id: string, at: number, record?: Partial<Parameters<RecordIndex['write']>[1]>) => number;

beforeEach(() => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const { database } = opened;
  database.exec(`CREATE TABLE things (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
    ${recordIndexSql('thing_words')}`);
  const written = new Map<number, IndexedRecord>();
  index = createRecordIndex(
    database,
    { records: 'things', words: 'thing_words' },
    (positions) => new Map([...written].filter(([position]) => positions.includes(position))),
  );
  const insert = database.prepare('INSERT INTO things VALUES (?, ?)');
  add = (id, at, record = {}) => {
    const position = index.newPosition(at);
    insert.run(position, id);
    written.set(position, { tags: [], bucketId: null, texts: [], ...record });
    index.write(position, { tags: [], bucketId: null, texts: [], ...record });
    return position;
  };
});

const none: IndexFilter = {
  tags: [],
  bucketIds: [],
  ids: [],
  from: null,
  to: null,
  search: null,
  limit: 50,
  cursor: null,
};
const found = (filter: Partial<IndexFilter>): number[] => index.page({ ...none, ...filter }).positions;

test('without a filter everything is there, newest first', () => {
  const positions = [add('a', NOON), add('b', NOON + 2), add('c', NOON + 1)];
  expect(found({})).toEqual([positions[1], positions[2], positions[0]]);
});

test('a thousand records of one moment and more have their places, and none twice', () => {
  const positions = Array.from({ length: 1_100 }, (_, number) => add(`n${number}`, NOON));
  expect(new Set(positions).size).toBe(1_100);
  expect(found({ limit: 2_000 })).toEqual(positions.toReversed());
});

test('all the tags, whatever their case; any of the buckets', () => {
  const both = add('a', NOON, { tags: ['Sport', 'vote yes'], bucketId: 'b1' });
  const sport = add('b', NOON + 1, { tags: ['sport'], bucketId: 'b2' });
  add('c', NOON + 2, { tags: ['vote'], bucketId: 'b3' });
  expect(found({ tags: ['SPORT'] })).toEqual([sport, both]);
  expect(found({ tags: ['sport', 'Vote Yes'] })).toEqual([both]);
  expect(found({ bucketIds: ['b1', 'b2', 'nowhere'] })).toEqual([sport, both]);
  expect(found({ tags: ['sport'], bucketIds: ['b3'] })).toEqual([]);
  expect(found({ tags: ['vote'], bucketIds: ['b1', 'b3'] })).toHaveLength(1);
});

test('both ends of a time belong to it', () => {
  const positions = [NOON, NOON + 1, NOON + 2].map((at, number) => add(`n${number}`, at, { tags: ['x'] }));
  for (const tags of [[], ['x']]) {
    expect(found({ tags, from: NOON + 1 })).toEqual([positions[2], positions[1]]);
    expect(found({ tags, to: NOON + 1 })).toEqual([positions[1], positions[0]]);
    expect(found({ tags, from: NOON + 1, to: NOON + 1 })).toEqual([positions[1]]);
  }
});

test('words are found by their beginning, without case and accents, in any order', () => {
  const position = add('a', NOON, { texts: ['Où est le Café du marché?', null, '+220 7000001'] });
  for (const search of ['café', 'CAFE', 'mar', 'du ou', '7000001', '7000', '+2207000001'.slice(0, 4)]) {
    expect([search, found({ search })]).toEqual([search, [position]]);
  }
  for (const search of ['afe', 'cafe tee', '0001']) expect([search, found({ search })]).toEqual([search, []]);
});

test('what a search contains is never read as a question to the index, nor as a label', () => {
  const position = add('a', NOON, { tags: ['hidden'], bucketId: 'b1', texts: ['one AND two'] });
  const label = `\uE000t${Buffer.from('hidden').toString('hex')}`;
  for (const search of ['"', '*', 'one" OR "x', 'text:one', '^zone', label, '?!']) {
    expect([search, found({ search })]).toEqual([search, []]);
  }
  expect(found({ search: 'one (AND) two' })).toEqual([position]);
  expect(found({ search: '  ' })).toEqual([position]);
});

test('a text that contains a label does not pass for one', () => {
  add('a', NOON, { texts: [`\uE000t${Buffer.from('sport').toString('hex')}`] });
  expect(found({ tags: ['sport'] })).toEqual([]);
});

test('ids, alone and with other filters', () => {
  const [a, b] = [add('a', NOON, { tags: ['x'] }), add('b', NOON + 1)];
  add('c', NOON + 2, { tags: ['x'] });
  expect(found({ ids: ['a', 'b', 'nobody'] })).toEqual([b, a]);
  expect(found({ ids: ['a', 'b'], tags: ['x'] })).toEqual([a]);
  expect(found({ ids: ['a', 'b'], from: NOON + 1 })).toEqual([b]);
  expect(found({ ids: ['nobody'] })).toEqual([]);
});

test('page by page every record comes once, with and without a filter', () => {
  for (let number = 0; number < 7; number += 1) add(`n${number}`, NOON, { tags: ['x'] });
  for (const tags of [[], ['x']]) {
    const seen: number[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = index.page({ ...none, tags, limit: 3, cursor });
      seen.push(...page.positions);
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== null);
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 7, 7]);
    expect(seen).toEqual(seen.toSorted((x, y) => y - x));
  }
});

test('a cursor that is not ours starts from the newest', () => {
  const position = add('a', NOON);
  for (const cursor of ['x', "'; DROP TABLE things; --", '99999999999999999999']) {
    expect(found({ cursor })).toEqual([position]);
  }
});

test('what is written anew is found by what it is now; what is removed by nothing', () => {
  const position = add('a', NOON, { tags: ['old'], texts: ['before'] });
  index.write(position, { tags: ['new'], bucketId: null, texts: ['after'] });
  expect([found({ tags: ['old'] }), found({ search: 'before' })]).toEqual([[], []]);
  expect([found({ tags: ['new'] }), found({ search: 'after' })]).toEqual([[position], [position]]);
  index.remove(position);
  expect(found({ tags: ['new'] })).toEqual([]);
});

test('what is asked for by id is found by the same filters as the rest', () => {
  add('a', NOON, { tags: ['Sport'], bucketId: 'b1', texts: ['Où est le Café', '+220 7000001'] });
  add('b', NOON + 1, { tags: ['sport', 'vote'], bucketId: 'b2', texts: ['du thé'] });
  const filters: Partial<IndexFilter>[] = [
    { tags: ['SPORT'] },
    { tags: ['sport', 'Vote'] },
    { bucketIds: ['b1'] },
    { bucketIds: ['b3'] },
    { search: 'cafe' },
    { search: 'THE' },
    { search: 'afe' },
    { search: '7000' },
    { search: '?!' },
    { search: ' ' },
    { tags: ['sport'], search: 'ou', bucketIds: ['b1', 'b2'] },
  ];
  for (const filter of filters) {
    expect([filter, found({ ...filter, ids: ['a', 'b'] })]).toEqual([filter, found(filter)]);
  }
});
