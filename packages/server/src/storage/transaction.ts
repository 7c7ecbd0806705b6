/** Used by the stores and the migrations: everything that writes more than one row. */
import type { DatabaseSync } from 'node:sqlite';

/** Of each database: how often something was undone that had been written. */
const undone = new WeakMap<DatabaseSync, number>();

/** Who keeps what was read compares: with another count, what was read may never have been. */
export function undoneCount(database: DatabaseSync): number {
  return undone.get(database) ?? 0;
}

/** All of `work`, or nothing of it. Within another one it is a part of that: the outermost commits. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has done so itself when the disk is full: then a second one would hide what happened.
    if (database.isTransaction) database.exec('ROLLBACK');
    undone.set(database, undoneCount(database) + 1);
    throw error;
  }
}
