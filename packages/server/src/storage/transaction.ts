/** Used by the stores and the migrations: everything that writes more than one row. */
import type { DatabaseSync } from 'node:sqlite';

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
    throw error;
  }
}
