/**
 * The newer, smaller part of an index (record-index.ts): full-text tables, where a record is entered at once, however
 * many terms it has. New records go to one table; when it holds enough for a block the tables change places, and
 * block-making.ts moves what is in the full one into blocks, from the oldest on.
 *
 *   writing   where records are entered
 *   sealing   whose records move into blocks; those up to `sealedTo` are there already. In the end it is taken away,
 *             piece by piece: a million records at once would keep everything else waiting for seconds.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface LooseTables {
  writing: string;
  /** null: none. */
  sealing: string | null;
  sealedTo: number;
}

export interface LooseRecords {
  tables(): LooseTables;
  setTables(tables: LooseTables): void;
  write(position: number, text: string): void;
  remove(position: number): void;
  newest(match: string, range: { first: number; last: number }, limit: number): number[];
  /** Positions in a table above `after`, ascending. */
  positions(table: string, after: number, limit: number): number[];
  /** Whether a table holds at least so many. */
  holds(table: string, count: number): boolean;
  /** Takes away some of a table that is read no longer; false: all is gone. */
  shrink(table: string): boolean;
  /** What is left of a table, at once. */
  empty(table: string): void;
}

/** Nothing is below it. */
export const NOTHING_SEALED = -1;
/** Nothing is above it: all of the table is in blocks, and it is read no longer. */
export const ALL_SEALED = Number.MAX_SAFE_INTEGER;
/** Of a table that goes: rows of 4 KB, and small ones. */
const DATA_A_STEP = 200;
const SIZES_A_STEP = 2_000;

/** The two tables that change places. */
export function looseTablesOf(words: string): readonly [string, string] {
  return [`${words}_1`, `${words}_2`];
}

/** For a migration. Beginnings of up to so many characters have lists of their own; few words have longer ones. */
export function looseRecordsSql(words: string, prefixes = '1 2 3 4 5 6 7 8 9 10 11 12'): string {
  return looseTablesOf(words)
    .map(
      (table) => `
    CREATE VIRTUAL TABLE ${table} USING fts5 (
      text, content = '', contentless_delete = 1, detail = none, prefix = '${prefixes}',
      tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    );`,
    )
    .join('');
}

export function createLooseRecords(database: DatabaseSync, words: string): LooseRecords {
  const readTables = database.prepare(
    'SELECT writing, sealing, sealed_to FROM record_indices WHERE words = ?',
  );
  const writeTables = database.prepare(
    'UPDATE record_indices SET writing = ?, sealing = ?, sealed_to = ? WHERE words = ?',
  );
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };

  function tables(): LooseTables {
    const row = readTables.get(words);
    const sealing = row?.['sealing'] ?? null;
    return {
      writing: String(row?.['writing']),
      sealing: sealing === null ? null : String(sealing),
      sealedTo: Number(row?.['sealed_to']),
    };
  }

  /** node:sqlite hands numbers over as REAL, by which the full-text index cannot jump to a row. */
  function newestIn(table: string, match: string, first: number, last: number, limit: number): number[] {
    const rows = prepare(
      `SELECT rowid AS position FROM ${table} WHERE ${table} MATCH ?
         AND rowid >= CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER) ORDER BY rowid DESC LIMIT ?`,
    ).all(match, first, last, limit);
    return rows.map((row) => Number(row['position']));
  }

  return {
    tables,
    setTables: ({ writing, sealing, sealedTo }) => void writeTables.run(writing, sealing, sealedTo, words),
    write: (position, text) =>
      void prepare(`INSERT INTO ${tables().writing} (rowid, text) VALUES (?, ?)`).run(position, text),
    remove(position) {
      const { writing, sealing, sealedTo } = tables();
      prepare(`DELETE FROM ${writing} WHERE rowid = ?`).run(position);
      if (sealing === null || position <= sealedTo) return;
      prepare(`DELETE FROM ${sealing} WHERE rowid = ?`).run(position);
    },
    newest(match, { first, last }, limit) {
      const { writing, sealing, sealedTo } = tables();
      const found = newestIn(writing, match, first, last, limit);
      if (sealing === null || sealedTo >= last) return found;
      return [...found, ...newestIn(sealing, match, Math.max(first, sealedTo + 1), last, limit)];
    },
    positions: (table, after, limit) =>
      prepare(`SELECT id FROM ${table}_docsize WHERE id > CAST(? AS INTEGER) ORDER BY id LIMIT ?`)
        .all(after, limit)
        .map((row) => Number(row['id'])),
    holds: (table, count) =>
      prepare(`SELECT id FROM ${table}_docsize ORDER BY id LIMIT 1 OFFSET ?`).get(count - 1) !== undefined,
    shrink(table) {
      const some = (part: string, count: number): boolean => {
        const ids = `SELECT id FROM ${table}_${part} LIMIT ${count}`;
        return prepare(`DELETE FROM ${table}_${part} WHERE id IN (${ids})`).run().changes > 0;
      };
      // What a full-text table keeps in tables of its own is otherwise guarded by SQLite.
      database.enableDefensive(false);
      try {
        return some('data', DATA_A_STEP) || some('docsize', SIZES_A_STEP);
      } finally {
        database.enableDefensive(true);
      }
    },
    empty: (table) => void prepare(`INSERT INTO ${table} (${table}) VALUES ('delete-all')`).run(),
  };
}
