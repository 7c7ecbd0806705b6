/**
 * The larger, older part of an index (record-index.ts): records by the ten thousand in blocks, each with a sorted list
 * or a bitmap of its records for every term. A mixture of filters is a few bitmaps a block, laid over one another: what
 * it costs depends on how many blocks there are, not on how frequent its terms are nor on whether they ever meet.
 *
 *   blocks      of one index, in any order of time; the newest first when they are asked
 *   ordinal     a record's number in its block, in the order of positions
 *   live        of each block: those of its records that are still there as they were when it was made. A record that
 *               changes leaves its block for the loose ones.
 *
 * Blocks are made and taken away by block-making.ts.
 */
import type { DatabaseSync } from 'node:sqlite';
import { RecentlyUsed } from '../recently-used.ts';
import { BUCKET_TERMS } from './record-terms.ts';

interface WantedTerms {
  all: readonly string[];
  buckets: readonly string[];
}

interface AskedTerms extends WantedTerms {
  /** Of the buckets together; begins as no term does. */
  bucketsKey: string;
}

export interface RecordBlocks {
  /** The newest positions from `first` to `last` that have all the terms, and one of the buckets if there are any. */
  newest(wanted: WantedTerms, range: PositionRange, limit: number): number[];
  /** Which of the positions are here, and which of those have the terms. */
  among(wanted: WantedTerms, positions: readonly number[]): { here: Set<number>; found: number[] };
  /** The record at that position is here no longer. */
  remove(position: number): void;
  /** A block has been made: an earlier one of its id may have been taken apart. */
  noteMade(): void;
}

interface PositionRange {
  first: number;
  last: number;
}

/** Positions in one row. */
export const SLICE = 256;
/** Of one index, in memory: what its blocks say of terms, and positions. Bytes, at most. */
const MAX_TERM_BYTES = 24_000_000;
const MAX_POSITION_BYTES = 20_000_000;
/** Of whatever is kept, beside its content. */
const KEEPING_BYTES = 200;
/** With more buckets all those of a block are looked through. */
const MAX_BUCKETS_BY_NAME = 32;

/** For a migration. */
export function recordBlocksSql(words: string): string {
  return `
    CREATE TABLE ${words}_blocks (
      id INTEGER PRIMARY KEY,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      count INTEGER NOT NULL,
      live_count INTEGER NOT NULL,
      live BLOB NOT NULL,
      slices BLOB NOT NULL
    ) STRICT;
    CREATE TABLE ${words}_postings (
      block INTEGER NOT NULL,
      term TEXT NOT NULL,
      ordinals BLOB NOT NULL,
      PRIMARY KEY (block, term)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ${words}_positions (
      block INTEGER NOT NULL,
      slice INTEGER NOT NULL,
      positions BLOB NOT NULL,
      PRIMARY KEY (block, slice)
    ) STRICT, WITHOUT ROWID;`;
}

interface Block {
  id: number;
  first: number;
  last: number;
  count: number;
  live: Uint32Array;
  /** The first position of each slice. */
  slices: Float64Array;
}

export function createRecordBlocks(database: DatabaseSync, words: string): RecordBlocks {
  const columns = 'id, first, last, count, live, slices';
  const overlapping = database.prepare(
    `SELECT ${columns} FROM ${words}_blocks WHERE first <= ? AND last >= ? AND live_count > 0 ORDER BY last DESC`,
  );
  const readTerm = database.prepare(`SELECT ordinals FROM ${words}_postings WHERE block = ? AND term = ?`);
  const readBuckets = database.prepare(
    `SELECT term, ordinals FROM ${words}_postings WHERE block = ? AND term >= ? AND term < ?`,
  );
  const readSlice = database.prepare(
    `SELECT positions FROM ${words}_positions WHERE block = ? AND slice = ?`,
  );
  const writeLive = database.prepare(
    `UPDATE ${words}_blocks SET live = ?, live_count = live_count - 1 WHERE id = ?`,
  );

  /** By block and term. What a block says of a term never changes. */
  const keptTerms = new RecentlyUsed<string, Uint16Array | Uint32Array | null>(MAX_TERM_BYTES);
  /** By block and slice. */
  const keptSlices = new RecentlyUsed<string, Float64Array>(MAX_POSITION_BYTES);

  /** A list of few, or a bitmap; null: no record of the block has it. */
  function recordsOf(block: Block, term: string): Uint16Array | Uint32Array | null {
    const key = `${block.id} ${term}`;
    const known = keptTerms.get(key);
    if (known !== undefined) return known;
    const ordinals = readTerm.get(block.id, term)?.['ordinals'];
    const own = ordinals === undefined ? null : ordinalsIn(bytesIn(ordinals), block.count);
    keptTerms.set(key, own, KEEPING_BYTES + (own?.byteLength ?? 0));
    return own;
  }

  function sliceOf(block: Block, slice: number): Float64Array {
    const key = `${block.id} ${slice}`;
    const known = keptSlices.get(key);
    if (known) return known;
    const positions = floatsIn(readSlice.get(block.id, slice)?.['positions']);
    keptSlices.set(key, positions, KEEPING_BYTES + positions.byteLength);
    return positions;
  }

  /** How many of the block's positions are below that one. */
  function countBelow(block: Block, position: number): number {
    if (position <= block.first) return 0;
    if (position > block.last) return block.count;
    const slice = indexBelow(block.slices, position) - 1;
    return slice * SLICE + indexBelow(sliceOf(block, slice), position);
  }

  /** Those of the positions whose records are in the block. */
  function ordinalsOf(block: Block, positions: readonly number[]): Map<number, number> {
    const ordinals = new Map<number, number>();
    let slice = -1;
    let inSlice: Float64Array = new Float64Array(0);
    for (const position of positions) {
      if (position < block.first || position > block.last) continue;
      const own = indexBelow(block.slices, position + 1) - 1;
      // They come in order: one slice has several of them.
      if (own !== slice) inSlice = sliceOf(block, own);
      slice = own;
      const index = indexBelow(inSlice, position);
      const ordinal = slice * SLICE + index;
      if (inSlice[index] === position && isSet(block.live, ordinal)) ordinals.set(position, ordinal);
    }
    return ordinals;
  }

  /** Bits of the block's records that have the terms; null: none has. */
  function matching(block: Block, { all, buckets, bucketsKey }: AskedTerms): Uint32Array | null {
    const bitmaps: Uint32Array[] = [block.live];
    const lists: Uint16Array[] = [];
    for (const term of all) {
      const own = recordsOf(block, term);
      if (own === null) return null;
      if (own instanceof Uint16Array) lists.push(own);
      else bitmaps.push(own);
    }
    const bits = intersection(bitmaps, lists);
    if (bits === null || buckets.length === 0) return bits;
    return intersect(bits, bitsOfBuckets(block, buckets, bucketsKey)) ? bits : null;
  }

  function bitsOfBuckets(block: Block, buckets: readonly string[], bucketsKey: string): Uint32Array {
    const any = new Uint32Array(block.live.length);
    if (buckets.length <= MAX_BUCKETS_BY_NAME) {
      for (const term of buckets) unite(any, recordsOf(block, term));
      return any;
    }
    // To look through them all is worth keeping; those of few buckets would only drive out what they are made of.
    const key = `${block.id} ${bucketsKey}`;
    const known = keptTerms.get(key);
    if (known instanceof Uint32Array) return known;
    const wanted = new Set(buckets);
    for (const row of readBuckets.iterate(block.id, ...BUCKET_TERMS)) {
      if (wanted.has(String(row['term']))) unite(any, ordinalsIn(bytesIn(row['ordinals']), block.count));
    }
    keptTerms.set(key, any, KEEPING_BYTES + any.byteLength + key.length);
    return any;
  }

  function newestIn(block: Block, wanted: AskedTerms, range: PositionRange, limit: number): number[] {
    const bits = matching(block, wanted);
    if (!bits) return [];
    const from = countBelow(block, range.first);
    const ordinals = lastSetBits(bits, from, countBelow(block, range.last + 1), limit);
    let slice = -1;
    let positions: Float64Array = new Float64Array(0);
    return ordinals.map((ordinal) => {
      const own = Math.floor(ordinal / SLICE);
      if (own !== slice) positions = sliceOf(block, own);
      slice = own;
      return positions[ordinal % SLICE] ?? -1;
    });
  }

  return {
    newest(wanted, range, limit) {
      const asked = askedTerms(wanted);
      let found: number[] = [];
      for (const row of overlapping.iterate(range.last, range.first)) {
        const block = blockIn(row);
        // What follows is older than all that is shown.
        if (found.length >= limit && (found[limit - 1] ?? 0) > block.last) break;
        // Most blocks are older than all that was found: what they add is last, and no more than is missing.
        const isOlder = (found.at(-1) ?? Number.MAX_SAFE_INTEGER) > block.last;
        const more = newestIn(block, asked, range, isOlder ? limit - found.length : limit);
        if (isOlder) found.push(...more);
        else if (more.length > 0) found = newestFirst([...found, ...more], limit);
      }
      return found;
    },
    among(wanted, positions) {
      const asked = askedTerms(wanted);
      const [here, found] = [new Set<number>(), new Array<number>()];
      const range = [positions.reduce(max, -1), positions.reduce(min, Number.MAX_SAFE_INTEGER)] as const;
      for (const row of overlapping.iterate(...range)) {
        const block = blockIn(row);
        const own = ordinalsOf(block, positions);
        const bits = own.size > 0 ? matching(block, asked) : null;
        for (const [position, ordinal] of own) {
          here.add(position);
          if (bits && isSet(bits, ordinal)) found.push(position);
        }
      }
      return { here, found };
    },
    noteMade() {
      keptTerms.clear();
      keptSlices.clear();
    },
    remove(position) {
      for (const block of overlapping.all(position, position).map(blockIn)) {
        const ordinal = ordinalsOf(block, [position]).get(position);
        if (ordinal === undefined) continue;
        clear(block.live, ordinal);
        const { buffer, byteOffset, byteLength } = block.live;
        writeLive.run(new Uint8Array(buffer, byteOffset, byteLength), block.id);
      }
    },
  };
}

function askedTerms(wanted: WantedTerms): AskedTerms {
  return { ...wanted, bucketsKey: JSON.stringify(wanted.buckets) };
}

export function newestFirst(positions: number[], limit: number): number[] {
  return positions.sort((one, other) => other - one).slice(0, limit);
}

/** Few as a list of 16-bit numbers, many as one bit for each record of the block. */
export function encodeOrdinals(ordinals: readonly number[], count: number): Uint8Array {
  if (ordinals.length * 2 < bitmapBytes(count)) return new Uint8Array(Uint16Array.from(ordinals).buffer);
  const bits = new Uint32Array(bitmapBytes(count) / 4);
  for (const ordinal of ordinals) set(bits, ordinal);
  return new Uint8Array(bits.buffer);
}

function ordinalsIn(bytes: Uint8Array, count: number): Uint16Array | Uint32Array {
  if (bytes.length === bitmapBytes(count)) return wordsIn(bytes);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

export function bitmapBytes(count: number): number {
  return Math.ceil(count / 32) * 4;
}

function max(one: number, other: number): number {
  return Math.max(one, other);
}
function min(one: number, other: number): number {
  return Math.min(one, other);
}

/** Those that are in all of them; null: none. What is in the shortest list is looked up in the others. */
function intersection(bitmaps: readonly Uint32Array[], lists: Uint16Array[]): Uint32Array | null {
  const [shortest, ...longer] = lists.sort((one, other) => one.length - other.length);
  const [first, ...more] = bitmaps;
  if (!first) return null;
  if (!shortest) {
    const bits = first.slice();
    return more.every((own) => intersect(bits, own)) ? bits : null;
  }
  const areIn = (ordinal: number): boolean =>
    bitmaps.every((own) => isSet(own, ordinal)) && longer.every((own) => isListed(own, ordinal));
  const found = shortest.filter(areIn);
  if (found.length === 0) return null;
  const bits = new Uint32Array(first.length);
  unite(bits, found);
  return bits;
}

/** Leaves in `bits` what is in `other` too; false: nothing. */
function intersect(bits: Uint32Array, other: Uint32Array): boolean {
  let any = 0;
  for (let index = 0; index < bits.length; index += 1) {
    const both = (bits[index] ?? 0) & (other[index] ?? 0);
    bits[index] = both;
    any |= both;
  }
  return any !== 0;
}

function unite(bits: Uint32Array, other: Uint16Array | Uint32Array | null): void {
  if (other instanceof Uint16Array) for (const ordinal of other) set(bits, ordinal);
  if (!(other instanceof Uint32Array)) return;
  for (let index = 0; index < bits.length; index += 1) bits[index] = (bits[index] ?? 0) | (other[index] ?? 0);
}

function isListed(ordinals: Uint16Array, ordinal: number): boolean {
  return ordinals[indexBelow(ordinals, ordinal)] === ordinal;
}

export function isSet(bits: Uint32Array, ordinal: number): boolean {
  return (((bits[ordinal >>> 5] ?? 0) >>> (ordinal & 31)) & 1) === 1;
}
export function set(bits: Uint32Array, ordinal: number): void {
  bits[ordinal >>> 5] = (bits[ordinal >>> 5] ?? 0) | (1 << (ordinal & 31));
}
function clear(bits: Uint32Array, ordinal: number): void {
  bits[ordinal >>> 5] = (bits[ordinal >>> 5] ?? 0) & ~(1 << (ordinal & 31));
}

/** The highest of those from `from` up to, but not, `to`. */
export function lastSetBits(bits: Uint32Array, from: number, to: number, limit: number): number[] {
  const found: number[] = [];
  for (let index = (to - 1) >>> 5; index >= from >>> 5 && to > from; index -= 1) {
    let word = bits[index] ?? 0;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word);
      word &= ~(1 << bit);
      const ordinal = index * 32 + bit;
      if (ordinal >= to) continue;
      if (ordinal < from || found.length >= limit) return found;
      found.push(ordinal);
    }
  }
  return found;
}

/** How many of the ascending values are below that one. */
function indexBelow(values: Float64Array | Uint16Array, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function blockIn(row: Record<string, unknown>): Block {
  return {
    id: Number(row['id']),
    first: Number(row['first']),
    last: Number(row['last']),
    count: Number(row['count']),
    live: wordsIn(bytesIn(row['live'])),
    slices: floatsIn(row['slices']),
  };
}

export function floatsIn(blob: unknown): Float64Array {
  const bytes = bytesIn(blob);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
function wordsIn(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
/** The columns are ours. What begins at an odd place of its buffer is copied, to be read as larger numbers. */
function bytesIn(blob: unknown): Uint8Array {
  if (!(blob instanceof Uint8Array)) return new Uint8Array(0);
  return blob.byteOffset % 8 === 0 ? blob : blob.slice();
}
