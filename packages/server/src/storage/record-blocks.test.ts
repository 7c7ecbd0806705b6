// The index as a whole with blocks of forty records, against a list that is looked through.
import { beforeEach, expect, test } from 'vitest';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './database.ts';
import { encodeOrdinals, lastSetBits, set } from './record-blocks.ts';
import { createRecordIndex, recordIndexSql, type RecordIndex } from './record-index.ts';
import { isWanted, type IndexedRecord, type IndexFilter } from './record-terms.ts';
import { transaction } from './transaction.ts';

const NOON = 1_700_000_000_000;
const BLOCK = 40;
const NONE: IndexFilter = {
  tags: [],
  bucketIds: [],
  ids: [],
  from: null,
  to: null,
  search: null,
  limit: 50,
  cursor: null,
};

let database: DatabaseSync;
let index: RecordIndex;
const present = new Map<number, IndexedRecord>();
const idAt = new Map<number, string>();
let added = 0;

beforeEach(() => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  database = opened.database;
  database.exec(`CREATE TABLE things (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
    ${recordIndexSql('thing_words')}`);
  present.clear();
  added = 0;
  restart();
});

/** As after a crash: what was only in memory is gone. */
function restart(): void {
  index = createRecordIndex(
    database,
    { records: 'things', words: 'thing_words' },
    (positions) => new Map([...present].filter(([position]) => positions.includes(position))),
    BLOCK,
  );
}

function add(at: number, record: Partial<IndexedRecord>): number {
  return transaction(database, () => {
    const position = index.newPosition(at);
    database.prepare('INSERT INTO things VALUES (?, ?)').run(position, `n${added}`);
    idAt.set(position, `n${added}`);
    added += 1;
    change(position, { tags: [], bucketId: null, texts: [], ...record });
    return position;
  });
}

function change(position: number, record: IndexedRecord): void {
  present.set(position, record);
  index.write(position, record);
}

function remove(position: number): void {
  transaction(database, () => {
    present.delete(position);
    database.prepare('DELETE FROM things WHERE position = ?').run(position);
    index.remove(position);
  });
}

function tend(): void {
  let steps = 0;
  while (index.tend()) if ((steps += 1) > 10_000) throw new Error('it never comes to an end');
}

function expected(filter: IndexFilter): number[] {
  const { ids, from, to, cursor, limit } = filter;
  const isInTime = (position: number): boolean =>
    (from === null || position >= from * 1_000) &&
    (to === null || position < (to + 1) * 1_000) &&
    (cursor === null || position < Number(cursor));
  const isNamed = (position: number): boolean => ids.length === 0 || ids.includes(idAt.get(position) ?? '');
  return [...present]
    .filter(([position, record]) => isInTime(position) && isNamed(position) && isWanted(record, filter))
    .map(([position]) => position)
    .toSorted((one, other) => other - one)
    .slice(0, limit);
}

function found(filter: Partial<IndexFilter>): number[] {
  return index.page({ ...NONE, ...filter }).positions;
}

function count(table: string): number {
  return Number(database.prepare(`SELECT count(*) AS count FROM thing_words_${table}`).get()?.['count']);
}

/** Ascending and the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test('what is in blocks is found as what is not, in the same order', () => {
  const positions = Array.from({ length: 4 * BLOCK + 7 }, (_, number) =>
    add(NOON + number, { tags: [number % 2 === 0 ? 'Even' : 'odd'], texts: [`Café number${number}`] }),
  );
  const before = [found({ tags: ['even'] }), found({ search: 'cafe', limit: 500 })];
  tend();
  expect([count('blocks') > 1, count('1') + count('2') < BLOCK]).toEqual([true, true]);
  expect([found({ tags: ['even'] }), found({ search: 'cafe', limit: 500 })]).toEqual(before);
  expect(found({ search: 'CAFÉ num', limit: 500 })).toEqual(positions.toReversed());
  expect(found({ tags: ['even', 'odd'] })).toEqual([]);
});

test('a record that changes or goes is found by what it is, wherever it was', () => {
  const positions = Array.from({ length: 2 * BLOCK }, (_, number) => add(NOON + number, { tags: ['x'] }));
  tend();
  const [first = 0, second = 0] = positions;
  change(first, { tags: ['y'], bucketId: null, texts: [] });
  remove(second);
  expect(found({ tags: ['y'] })).toEqual([first]);
  expect(found({ tags: ['x'], limit: 500 })).toEqual(positions.slice(2).toReversed());
  tend();
  expect(found({ tags: ['y'] })).toEqual([first]);
});

test('a record that changes while its block is made is not found by what it was', () => {
  const positions = Array.from({ length: BLOCK }, (_, number) => add(NOON + number, { tags: ['x'] }));
  for (let steps = 0; index.tend(); steps += 1) {
    const position = positions[steps] ?? 0;
    if (present.has(position)) change(position, { tags: ['y'], bucketId: null, texts: [] });
    const changed = positions.slice(0, steps + 1).toReversed();
    expect(found({ tags: ['y'], limit: 500 })).toEqual(changed);
    expect(found({ tags: ['x'], limit: 500 })).toEqual(positions.slice(steps + 1).toReversed());
  }
});

test('a block of which little is left is taken apart, and leaves nothing behind', () => {
  const positions = Array.from({ length: BLOCK }, (_, number) => add(NOON + number, { tags: ['x'] }));
  tend();
  for (const position of positions.slice(2)) remove(position);
  tend();
  expect([count('blocks'), count('postings'), count('positions')]).toEqual([0, 0, 0]);
  expect(found({ tags: ['x'] })).toEqual([positions[1], positions[0]]);
});

test('a table whose records are all in blocks goes in steps, and everything is found meanwhile', () => {
  const text = Array.from({ length: 30 }, (_, word) => `word${word}x`).join(' ');
  const positions = Array.from({ length: BLOCK }, (_, number) =>
    add(NOON + number, { tags: ['x'], texts: [`${text} ${number}`] }),
  );
  const sealing = (): unknown =>
    database.prepare("SELECT sealing FROM record_indices WHERE words = 'thing_words'").get()?.['sealing'];
  const isEmptied = (): boolean => sealing() !== null && count('1_data') === 0;
  while (index.tend() && !isEmptied());
  expect(isEmptied()).toBe(true);
  expect(found({ tags: ['x'], search: 'word7', limit: 500 })).toEqual(positions.toReversed());
  change(positions[0] ?? 0, { tags: ['y'], bucketId: null, texts: [] });
  restart();
  tend();
  expect([sealing(), found({ tags: ['y'] })]).toEqual([null, [positions[0]]]);
  expect(found({ tags: ['x'], limit: 500 })).toEqual(positions.slice(1).toReversed());
});

test('a block that takes the place of one that is gone is not taken for it', () => {
  const former = Array.from({ length: BLOCK }, (_, number) => add(NOON + number, { tags: ['x'] }));
  tend();
  expect(found({ tags: ['x'] })).toHaveLength(BLOCK);
  for (const position of former) remove(position);
  tend();
  const later = Array.from({ length: BLOCK }, (_, number) =>
    add(NOON + 1_000 + number, { tags: [number % 2 === 0 ? 'x' : 'y'] }),
  );
  tend();
  expect(found({ tags: ['x'] })).toEqual(later.filter((_, number) => number % 2 === 0).toReversed());
});

test.each([1, 2, 3, 4])('whatever happens, in whatever order, is found (seed %i)', (seed) => {
  const random = randomFrom(seed);
  const some = (what: string, kinds: number, most: number): string[] =>
    Array.from({ length: random(most + 1) }, () => `${what}${random(kinds)}`);
  const record = (): IndexedRecord => ({
    tags: some('Tag', 4, 2),
    bucketId: random(4) === 0 ? null : `b${random(40)}`,
    texts: [some('Wörd', 30, 4).join(' ')],
    keys: some('key', 12, 1).map((text) => ({ kind: 'n', text })),
  });
  const anyone = (): number => [...present.keys()][random(present.size)] ?? -1;
  const filter = (): IndexFilter => ({
    ...NONE,
    tags: some('tag', 4, 2),
    bucketIds: random(3) === 0 ? some('b', 40, random(2) === 0 ? 3 : 60) : [],
    ids: random(4) === 0 ? some('n', 1 + added, 40) : [],
    search: random(2) === 0 ? null : some('word', 4, 2).join(' '),
    from: random(3) === 0 ? NOON + random(600) : null,
    to: random(3) === 0 ? NOON + random(600) : null,
    cursor: random(3) === 0 ? String(anyone()) : null,
    limit: 1 + random(60),
    keys: random(4) === 0 ? some('key', 3, 1).map((text) => ({ kind: 'n', text })) : [],
  });
  for (let round = 0; round < 900; round += 1) {
    const what = random(20);
    if (what < 9) add(NOON + random(8) + (random(10) === 0 ? 0 : round), record());
    else if (what < 12 && present.size > 0) change(anyone(), record());
    else if (what < 15 && present.size > 0) remove(anyone());
    else if (what === 15) restart();
    else index.tend();
    if (round % 9 > 0) continue;
    const asked = filter();
    expect([asked, found(asked)]).toEqual([asked, expected(asked)]);
  }
  expect(count('blocks')).toBeGreaterThan(2);
});

test('bits are given from the highest on, within both ends', () => {
  const bits = new Uint32Array(3);
  for (const ordinal of [0, 31, 32, 63, 64, 95]) set(bits, ordinal);
  expect(lastSetBits(bits, 0, 96, 10)).toEqual([95, 64, 63, 32, 31, 0]);
  expect(lastSetBits(bits, 31, 95, 10)).toEqual([64, 63, 32, 31]);
  expect(lastSetBits(bits, 0, 96, 2)).toEqual([95, 64]);
  expect(lastSetBits(bits, 0, 0, 2)).toEqual([]);
});

test('few are a list, many are bits, and neither is longer than the bits', () => {
  expect(encodeOrdinals([1, 70], 96)).toHaveLength(4);
  expect(encodeOrdinals([1, 2, 3, 4, 5, 6], 96)).toHaveLength(12);
});
