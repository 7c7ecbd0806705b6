/**
 * Keeps an index (record-index.ts) fast, in small steps of a few ms each: moves records from the full-text tables into
 * blocks once there are enough for one, and takes apart blocks of which little is left. Driven by main.ts, a little at a
 * time, and by the benchmark; whenever it is stopped or killed, every record is in one place and is found.
 */
import type { DatabaseSync } from 'node:sqlite';
import { ALL_SEALED, looseTablesOf, NOTHING_SEALED, type LooseRecords } from './loose-records.ts';
import {
  bitmapBytes,
  blockIn,
  encodeOrdinals,
  floatsIn,
  isSet,
  set,
  SLICE,
  type RecordBlocks,
} from './record-blocks.ts';
import { termsOf, type IndexedRecord } from './record-terms.ts';
import { transaction } from './transaction.ts';

/** Records of a block. */
const BLOCK = 16_384;
const RECORDS_A_STEP = 64;
const TERMS_A_STEP = 1_000;
const LOOSENED_A_STEP = 32;
/** A block of which less than this share is left is taken apart. */
const LEAST_SHARE = 0.25;

export interface BlockMakingParts {
  loose: LooseRecords;
  blocks: RecordBlocks;
  /** Records at positions, by position; those that are gone are missing. */
  recordsAt: (positions: readonly number[]) => ReadonlyMap<number, IndexedRecord>;
  /** Enters a record among the loose ones. */
  loosen: (position: number, record: IndexedRecord) => void;
}

/** A block that is being made: what its records have is read first, then written, and only then it counts. */
interface Making {
  id: number;
  table: string;
  positions: readonly number[];
  /** How many of them have been read. */
  read: number;
  ordinals: Map<string, number[]>;
  /** null: not all is read. */
  toWrite: [string, number[]][] | null;
}

/** Each call is one step; true: there may be more to do. */
export function createBlockMaking(
  database: DatabaseSync,
  words: string,
  { loose, blocks, recordsAt, loosen }: BlockMakingParts,
  blockSize: number = BLOCK,
): () => boolean {
  const readLastId = database.prepare(`SELECT max(id) AS id FROM ${words}_blocks`);
  const readSparse = database.prepare(
    `SELECT * FROM ${words}_blocks WHERE live_count < count * ${LEAST_SHARE} LIMIT 1`,
  );
  const readSlices = database.prepare(
    `SELECT positions FROM ${words}_positions WHERE block = ? ORDER BY slice`,
  );
  const readOrphan = database.prepare(
    `SELECT block FROM ${words}_postings WHERE block > ? ORDER BY block DESC LIMIT 1`,
  );
  const removePostings = database.prepare(
    `DELETE FROM ${words}_postings WHERE block = ?1 AND term IN
       (SELECT term FROM ${words}_postings WHERE block = ?1 LIMIT ${TERMS_A_STEP})`,
  );
  const removePositions = database.prepare(`DELETE FROM ${words}_positions WHERE block = ?`);
  const removeBlock = database.prepare(`DELETE FROM ${words}_blocks WHERE id = ?`);
  const writePosting = database.prepare(`INSERT INTO ${words}_postings VALUES (?, ?, ?)`);
  const writeSlice = database.prepare(`INSERT INTO ${words}_positions VALUES (?, ?, ?)`);
  const writeBlock = database.prepare(`INSERT INTO ${words}_blocks VALUES (?, ?, ?, ?, ?, ?, ?)`);
  let making: Making | null = null;

  function begin(): boolean {
    const { writing, sealing, sealedTo } = loose.tables();
    if (sealing !== null) {
      return sealedTo === ALL_SEALED ? endTable(sealing) : beginBlock(sealing, sealedTo);
    }
    if (!loose.holds(writing, blockSize)) return takeApart();
    const [one, other] = looseTablesOf(words);
    const next = writing === one ? other : one;
    loose.setTables({ writing: next, sealing: writing, sealedTo: NOTHING_SEALED });
    return true;
  }

  function beginBlock(table: string, sealedTo: number): boolean {
    const lastId = Number(readLastId.get()?.['id'] ?? 0);
    // Of a block that was not finished when the server ended.
    const orphan = readOrphan.get(lastId)?.['block'];
    if (orphan !== undefined) return removePostings.run(Number(orphan)).changes > 0;
    // The last one takes a little more, rather than leaving a small one.
    const found = loose.positions(table, sealedTo, blockSize * 2);
    const positions = found.length < blockSize * 2 ? found : found.slice(0, blockSize);
    if (positions.length === 0) loose.setTables({ ...loose.tables(), sealedTo: ALL_SEALED });
    else making = { id: lastId + 1, table, positions, read: 0, ordinals: new Map(), toWrite: null };
    return true;
  }

  function endTable(table: string): boolean {
    if (loose.shrink(table)) return true;
    transaction(database, () => {
      loose.setTables({ ...loose.tables(), sealing: null, sealedTo: NOTHING_SEALED });
      if (looseTablesOf(words).includes(table)) loose.empty(table);
      else database.exec(`DROP TABLE ${table}`);
    });
    return true;
  }

  function read(block: Making): void {
    const positions = block.positions.slice(block.read, block.read + RECORDS_A_STEP);
    const records = recordsAt(positions);
    for (const [index, position] of positions.entries()) {
      const record = records.get(position);
      if (!record) continue;
      for (const term of termsOf(record)) {
        const ordinals = block.ordinals.get(term);
        if (ordinals) ordinals.push(block.read + index);
        else block.ordinals.set(term, [block.read + index]);
      }
    }
    block.read += positions.length;
  }

  function write(block: Making, rest: [string, number[]][]): void {
    const some = rest.splice(-TERMS_A_STEP);
    transaction(database, () => {
      for (const [term, ordinals] of some.reverse()) {
        writePosting.run(block.id, term, encodeOrdinals(ordinals, block.positions.length));
      }
    });
  }

  /** From now on its records are found in the block, apart from those that were changed meanwhile. */
  function finish({ id, table, positions }: Making): void {
    const [first = 0, last = 0] = [positions[0], positions.at(-1)];
    transaction(database, () => {
      const { sealedTo, ...tables } = loose.tables();
      const present = new Set(loose.positions(table, sealedTo, positions.length));
      const live = new Uint32Array(bitmapBytes(positions.length) / 4);
      for (const [ordinal, position] of positions.entries()) if (present.has(position)) set(live, ordinal);
      const liveCount = positions.filter((position) => present.has(position)).length;
      const slices: number[] = [];
      removePositions.run(id);
      for (let from = 0; from < positions.length; from += SLICE) {
        slices.push(positions[from] ?? 0);
        writeSlice.run(id, from / SLICE, bytesOf(positions.slice(from, from + SLICE)));
      }
      const bits = new Uint8Array(live.buffer);
      writeBlock.run(id, first, last, positions.length, liveCount, bits, bytesOf(slices));
      loose.setTables({ ...tables, sealedTo: last });
    });
    blocks.noteMade();
  }

  function makeOn(block: Making): void {
    if (block.toWrite === null && block.read < block.positions.length) return read(block);
    // Backwards, so that the rest is cut off at the end.
    block.toWrite ??= [...block.ordinals].sort(([one], [other]) => (one < other ? 1 : -1));
    if (block.toWrite.length > 0) return write(block, block.toWrite);
    finish(block);
    making = null;
  }

  function takeApart(): boolean {
    const row = readSparse.get();
    if (!row) return false;
    const { id, count, live } = blockIn(row);
    const positions = readSlices.all(id).flatMap((slice) => [...floatsIn(slice['positions'])]);
    const some = positions
      .filter((_, ordinal) => ordinal < count && isSet(live, ordinal))
      .slice(0, LOOSENED_A_STEP);
    transaction(database, () => {
      const records = recordsAt(some);
      for (const position of some) {
        const record = records.get(position);
        if (record) loosen(position, record);
        else blocks.remove(position);
      }
      if (some.length > 0 || removePostings.run(id).changes > 0) return;
      removePositions.run(id);
      removeBlock.run(id);
    });
    return true;
  }

  return () => {
    if (!making) return begin();
    makeOn(making);
    return true;
  };
}

function bytesOf(positions: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(positions).buffer);
}
