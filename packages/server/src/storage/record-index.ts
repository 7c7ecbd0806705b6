/**
 * One index for everything that is listed newest first with filters: texts, questions, calls, people. What is new is in
 * full-text tables (loose-records.ts), the rest in blocks of bitmaps (record-blocks.ts), so that any mixture of filters
 * is answered in a bounded time, however many records there are, how frequent its terms are, and whether they ever
 * meet. Used by the stores beside it, inside of their transactions.
 *
 *   position   a record's rowid: its time in ms × 1000, and a number of its own below that. So the order of rows is
 *              the order of time, a time filter is a range of rows, and a cursor is the last position shown.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { createBlockMaking } from './block-making.ts';
import { createLooseRecords, looseRecordsSql, looseTablesOf } from './loose-records.ts';
import { createRecordBlocks, newestFirst, recordBlocksSql } from './record-blocks.ts';
import {
  fullTextMatch,
  fullTextOf,
  isWanted,
  wantedTerms,
  type IndexedRecord,
  type IndexFilter,
} from './record-terms.ts';

/** Names of tables, ours alone: never from outside. */
export interface RecordTables {
  /** Has `position INTEGER PRIMARY KEY` and `id TEXT … UNIQUE`. */
  records: string;
  /** Made by `recordIndexSql`. */
  words: string;
}

interface PositionPage {
  /** Newest first. */
  positions: number[];
  /** null at the end. */
  cursor: string | null;
}

export interface Tended {
  /** A small step of what keeps an index fast; true: there may be more to do. Everything is found meanwhile. */
  tend: () => boolean;
}

export interface RecordIndex extends Tended {
  /** Where a new record of that time belongs. */
  newPosition(timestamp: number): number;
  /** Enters a record, or enters it anew. */
  write(position: number, record: IndexedRecord): void;
  remove(position: number): void;
  page(filter: IndexFilter): PositionPage;
}

const PER_MS = 1_000;

/** For a migration; `former`: a full-text table of an earlier version, whose records move into blocks. */
export function recordIndexSql(words: string, prefixes?: string, former: string | null = null): string {
  const sealing = former === null ? 'NULL' : `'${former}'`;
  return `
    ${looseRecordsSql(words, prefixes)}
    ${recordBlocksSql(words)}
    INSERT INTO record_indices VALUES ('${words}', '${looseTablesOf(words)[0]}', ${sealing}, -1);`;
}

/** For a migration, once: where the records of each index are entered at present. */
export const RECORD_INDICES_SQL = `
    CREATE TABLE record_indices (
      words TEXT PRIMARY KEY,
      writing TEXT NOT NULL,
      sealing TEXT,
      sealed_to INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;`;

/** `recordsAt` gives what was written at positions; those of records that are gone are missing. */
export function createRecordIndex(
  database: DatabaseSync,
  { records, words }: RecordTables,
  recordsAt: (positions: readonly number[]) => ReadonlyMap<number, IndexedRecord>,
  blockSize?: number,
): RecordIndex {
  /** Rows as arrays: of hundreds of them, making objects is most of the reading. */
  const positionsBy = (sql: string): ((...values: SQLInputValue[]) => number[]) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return (...values) => statement.all(...values).map((row) => Number(row['0']));
  };
  const lastOfMoment = database.prepare(
    `SELECT max(position) AS position FROM ${records} WHERE position >= ? AND position < ?`,
  );
  const inRange = 'position >= CAST(? AS INTEGER) AND position <= CAST(? AS INTEGER)';
  const newest = positionsBy(
    `SELECT position FROM ${records} WHERE ${inRange} ORDER BY position DESC LIMIT ?`,
  );
  const positionsOf = `SELECT position FROM ${records} WHERE id IN (SELECT value FROM json_each(?))`;
  const named = positionsBy(`${positionsOf} AND ${inRange} ORDER BY position DESC LIMIT ?`);
  const loose = createLooseRecords(database, words);
  const blocks = createRecordBlocks(database, words);

  function write(position: number, record: IndexedRecord): void {
    remove(position);
    loose.write(position, fullTextOf(record));
  }

  function remove(position: number): void {
    loose.remove(position);
    blocks.remove(position);
  }

  function ofIds(filter: IndexFilter, first: number, last: number, limit: number): number[] {
    const positions = named(JSON.stringify(filter.ids), first, last, filter.ids.length);
    if (fullTextMatch(filter) === null) return positions.slice(0, limit);
    const wanted = wantedTerms(filter);
    if (wanted === null) return [];
    const { here, found } = blocks.among(wanted, positions);
    const loose = recordsAt(positions.filter((position) => !here.has(position)));
    for (const [position, record] of loose) if (isWanted(record, filter)) found.push(position);
    return newestFirst(found, limit);
  }

  function select(filter: IndexFilter, limit: number): number[] {
    const { ids, from, to, cursor } = filter;
    const first = from === null ? 0 : Math.ceil(from) * PER_MS;
    const last = Math.min(
      to === null ? Number.MAX_SAFE_INTEGER : Math.floor(to) * PER_MS + PER_MS - 1,
      readCursor(cursor) - 1,
    );
    if (ids.length > 0) return ofIds(filter, first, last, limit);
    const match = fullTextMatch(filter);
    if (match === null) return newest(first, last, limit);
    const wanted = wantedTerms(filter);
    if (wanted === null) return [];
    const found = loose.newest(match, { first, last }, limit);
    return newestFirst([...found, ...blocks.newest(wanted, { first, last }, limit)], limit);
  }

  return {
    newPosition(timestamp) {
      const at = Math.max(0, Math.floor(timestamp));
      // A moment holds a thousand; the next one takes what is over.
      for (let moment = at; ; moment += 1) {
        const start = moment * PER_MS;
        const taken = lastOfMoment.get(start, start + PER_MS)?.['position'] ?? null;
        const free = taken === null ? start : Number(taken) + 1;
        if (free < start + PER_MS) return free;
      }
    },
    write,
    remove,
    page(filter) {
      // One more than asked for tells whether there is a next page.
      const positions = select(filter, filter.limit + 1);
      const shown = positions.slice(0, filter.limit);
      const last = shown.at(-1);
      const cursor = positions.length > filter.limit && last !== undefined ? String(last) : null;
      return { positions: shown, cursor };
    },
    tend: createBlockMaking(database, words, { loose, blocks, recordsAt, loosen: write }, blockSize),
  };
}

/** Rows of a page in its order, with one question: asking for each costs more than finding them all. */
export function rowsReader(
  database: DatabaseSync,
  records: string,
  columns: string,
): (positions: readonly number[]) => Record<string, SQLOutputValue>[] {
  const read = database.prepare(
    `SELECT position, ${columns} FROM ${records} WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position DESC`,
  );
  return (positions) => (positions.length === 0 ? [] : read.all(JSON.stringify(positions)));
}

function readCursor(cursor: string | null): number {
  const position = /^\d{1,16}$/.test(cursor ?? '') ? Number(cursor) : Number.MAX_SAFE_INTEGER;
  return Math.min(position, Number.MAX_SAFE_INTEGER);
}

/** The first position of a moment. */
export function positionAt(timestamp: number): number {
  return Math.max(0, Math.ceil(timestamp)) * PER_MS;
}
