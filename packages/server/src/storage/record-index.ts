/**
 * One index for everything that is listed newest first with filters: texts, questions, calls. Tags, bucket and words
 * of a record are terms of one full-text row, so that any mixture of filters is one walk over sorted lists, however
 * many records there are. Used by the stores beside it, inside of their transactions.
 *
 *   position   a record's rowid: its time in ms × 1000, and a number of its own below that. So the order of rows is
 *              the order of time, a time filter is a range of rows, and a cursor is the last position shown.
 *   label      a tag or a bucket, as a term that no text contains: it begins with a character of private use
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { RecordFilter } from '../desk/ports/record-filter.ts';
import { foldTag, hasTag } from '../desk/records/tags.ts';

/** Names of tables, ours alone: never from outside. */
export interface RecordTables {
  /** Has `position INTEGER PRIMARY KEY` and `id TEXT … UNIQUE`. */
  records: string;
  /** Made by `recordIndexSql`. */
  words: string;
}

export interface IndexedRecord {
  tags: readonly string[];
  bucketId: string | null;
  /** Content, names, numbers: what `search` looks at. */
  texts: readonly (string | null)[];
  /** What `keys` of a filter look at, and `search` does not. */
  keys?: readonly RecordKey[];
}

/** A text found by its first letters, whatever is between them, and apart from keys of another kind. */
export interface RecordKey {
  /** One letter. */
  kind: string;
  text: string;
}

export interface IndexFilter extends RecordFilter {
  /** The beginnings of keys it has, all of them. */
  keys?: readonly RecordKey[];
}

interface PositionPage {
  /** Newest first. */
  positions: number[];
  /** null at the end. */
  cursor: string | null;
}

export interface RecordIndex {
  /** Where a new record of that time belongs. */
  newPosition(timestamp: number): number;
  /** Enters a record, or enters it anew. */
  write(position: number, record: IndexedRecord): void;
  remove(position: number): void;
  page(filter: IndexFilter): PositionPage;
}

const PER_MS = 1_000;
const LABEL = '\uE000';
const KEY = '\uE001';
/** A word of `search` beyond these adds nothing. */
const MAX_SEARCH_WORDS = 12;
const MAX_WORD_CHARS = 60;

/**
 * For a migration. Beginnings of up to twelve characters, a whole number among them, have lists of their own; longer
 * ones fit so few words that they are put together when they are asked for.
 */
export function recordIndexSql(words: string, prefixes = '1 2 3 4 5 6 7 8 9 10 11 12'): string {
  return `
    CREATE VIRTUAL TABLE ${words} USING fts5 (
      text, content = '', contentless_delete = 1, detail = none, prefix = '${prefixes}',
      tokenize = 'unicode61 remove_diacritics 2'
    );`;
}

/**
 * `recordsAt` gives what was written at positions, in their order: of the few records that are asked for by id, each is
 * looked at, because the full-text index would begin its walk anew for each.
 */
export function createRecordIndex(
  database: DatabaseSync,
  { records, words }: RecordTables,
  recordsAt: (positions: readonly number[]) => readonly IndexedRecord[],
): RecordIndex {
  const lastOfMoment = database.prepare(
    `SELECT max(position) AS position FROM ${records} WHERE position >= ? AND position < ?`,
  );
  const insert = database.prepare(`INSERT INTO ${words} (rowid, text) VALUES (?, ?)`);
  const remove = database.prepare(`DELETE FROM ${words} WHERE rowid = ?`);
  // node:sqlite hands numbers over as REAL, by which the full-text index cannot jump to a row.
  const inRange = (column: string): string =>
    `${column} >= CAST(? AS INTEGER) AND ${column} <= CAST(? AS INTEGER)`;
  const newest = database.prepare(
    `SELECT position FROM ${records} WHERE ${inRange('position')} ORDER BY position DESC LIMIT ?`,
  );
  const matching = database.prepare(
    `SELECT rowid AS position FROM ${words} WHERE ${words} MATCH ? AND ${inRange('rowid')}
     ORDER BY rowid DESC LIMIT ?`,
  );
  const positionsOf = `SELECT position FROM ${records} WHERE id IN (SELECT value FROM json_each(?))`;
  const named = database.prepare(`${positionsOf} AND ${inRange('position')} ORDER BY position DESC LIMIT ?`);

  function ofIds(filter: IndexFilter, first: number, last: number, limit: number): number[] {
    const rows = named.all(JSON.stringify(filter.ids), first, last, filter.ids.length);
    const positions = rows.map((row) => Number(row['position']));
    if (matchOf(filter) === null) return positions.slice(0, limit);
    const found = recordsAt(positions);
    return positions.filter((_, index) => isWanted(found[index], filter)).slice(0, limit);
  }

  function select(filter: IndexFilter, limit: number): number[] {
    const { ids, from, to, cursor } = filter;
    const first = from === null ? 0 : Math.ceil(from) * PER_MS;
    const last = Math.min(
      to === null ? Number.MAX_SAFE_INTEGER : Math.floor(to) * PER_MS + PER_MS - 1,
      readCursor(cursor) - 1,
    );
    if (ids.length > 0) return ofIds(filter, first, last, limit);
    const match = matchOf(filter);
    const rows = match === null ? newest.all(first, last, limit) : matching.all(match, first, last, limit);
    return rows.map((row) => Number(row['position']));
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
    write(position, { tags, bucketId, texts, keys = [] }) {
      const labels = [...tags.map(tagLabel), ...(bucketId === null ? [] : [bucketLabel(bucketId)])];
      const words = texts.flatMap((text) => wordsOf(text ?? ''));
      remove.run(position);
      insert.run(position, [...words, ...labels, ...keys.map(keyTerm)].join(' '));
    },
    remove: (position) => void remove.run(position),
    page(filter) {
      // One more than asked for tells whether there is a next page.
      const positions = select(filter, filter.limit + 1);
      const shown = positions.slice(0, filter.limit);
      const last = shown.at(-1);
      const cursor = positions.length > filter.limit && last !== undefined ? String(last) : null;
      return { positions: shown, cursor };
    },
  };
}

/** Rows of a page in its order, with one question: asking for each costs more than finding them all. */
export function rowsReader(
  database: DatabaseSync,
  records: string,
  columns: string,
): (positions: readonly number[]) => Record<string, SQLOutputValue>[] {
  const read = database.prepare(
    `SELECT ${columns} FROM ${records} WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position DESC`,
  );
  return (positions) => (positions.length === 0 ? [] : read.all(JSON.stringify(positions)));
}

/** Letters and digits of any language, in runs; what both sides of a search are made of. */
export function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) =>
    word.slice(0, MAX_WORD_CHARS),
  );
}

/** Each word as a beginning, all of them; null when there is no word in it. */
function prefixMatch(search: string): string | null {
  const words = wordsOf(search).slice(0, MAX_SEARCH_WORDS);
  return words.length === 0 ? null : words.map((word) => `"${word}" *`).join(' AND ');
}

/** The same as the index would find. */
function isWanted(record: IndexedRecord | undefined, filter: IndexFilter): boolean {
  if (!record) return false;
  const { tags, bucketIds, search, keys = [] } = filter;
  const words = [
    record.texts.flatMap((text) => wordsOf(text ?? '')),
    (record.keys ?? []).map(keyTerm),
  ].flat();
  const folded = words.map(foldWord);
  const wanted = [...wordsOf(search ?? '').slice(0, MAX_SEARCH_WORDS), ...keys.map(keyTerm)].map(foldWord);
  const isNothing = (search ?? '').trim() !== '' && wordsOf(search ?? '').length === 0;
  return (
    !isNothing &&
    tags.every((tag) => hasTag(record.tags, tag)) &&
    (bucketIds.length === 0 || bucketIds.includes(record.bucketId ?? '')) &&
    wanted.every((beginning) => folded.some((word) => word.startsWith(beginning)))
  );
}

/** As the tokenizer of the index does it: without case and accents. */
function foldWord(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function matchOf({ tags, bucketIds, search, keys = [] }: IndexFilter): string | null {
  const terms = [...keys.map((key) => `"${keyTerm(key)}" *`), ...tags.map((tag) => `"${tagLabel(tag)}"`)];
  const words = search === null ? null : prefixMatch(search);
  // Signs without a word in them: nothing has them.
  if (search !== null && search.trim() !== '' && words === null) terms.push(`"${LABEL}nothing"`);
  if (words !== null) terms.push(words);
  // Last: who has all of the rest is looked up in these, not the other way round.
  if (bucketIds.length > 0) terms.push(`(${bucketIds.map((id) => `"${bucketLabel(id)}"`).join(' OR ')})`);
  return terms.length === 0 ? null : terms.join(' AND ');
}

function keyTerm({ kind, text }: RecordKey): string {
  return `${KEY}${kind}${wordsOf(text).join('').slice(0, MAX_WORD_CHARS)}`;
}
function tagLabel(tag: string): string {
  return `${LABEL}t${hexOf(foldTag(tag))}`;
}
function bucketLabel(id: string): string {
  return `${LABEL}b${hexOf(id)}`;
}

/** A label is one term whatever is in it. */
function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

function readCursor(cursor: string | null): number {
  const position = /^\d{1,16}$/.test(cursor ?? '') ? Number(cursor) : Number.MAX_SAFE_INTEGER;
  return Math.min(position, Number.MAX_SAFE_INTEGER);
}

/** The first position of a moment. */
export function positionAt(timestamp: number): number {
  return Math.max(0, Math.ceil(timestamp)) * PER_MS;
}
