/**
 * Opens the station's SQLite file and brings it to the present schema. WAL with synchronous=FULL: what a call to
 * the database has returned from survives a power cut. Used by main.ts and the command line; both may have it open.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, type Migration } from './migrations.ts';

export type OpenResult = { ok: true; database: DatabaseSync } | { ok: false; problem: string };

export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): OpenResult {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  } catch (error) {
    database.close();
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problem: `${path} cannot be used as the database (${reason}); restore a backup of it`,
    };
  }
  const newest = migrations.at(-1)?.version ?? 0;
  const present = schemaVersion(database);
  if (present > newest) {
    database.close();
    const schemas = `schema ${present}, this one knows ${newest}`;
    return { ok: false, problem: `${path} was written by a newer Openline (${schemas})` };
  }
  for (const migration of migrations.filter(({ version }) => version > present)) {
    if (present > 0) copyDatabase(database, `${path}.before-${migration.version}`);
    transaction(database, () => {
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
  return { ok: true, database };
}

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** A whole copy of a database that may be in use; an existing copy of that name stays as it is. */
export function copyDatabase(database: DatabaseSync, target: string): void {
  if (existsSync(target)) return;
  database.prepare('VACUUM INTO ?').run(target);
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
    throw error;
  }
}

export function isDatabaseWell(database: DatabaseSync): boolean {
  try {
    return database.prepare('SELECT count(*) FROM sqlite_master').get() !== undefined;
  } catch {
    return false;
  }
}

/** Each call tells whether another process has written since the last one. */
export function changesElsewhere(database: DatabaseSync): () => boolean {
  const query = database.prepare('PRAGMA data_version');
  const read = (): number => Number(query.get()?.['data_version']);
  let seen = read();
  return () => {
    const version = read();
    const hasChanged = version !== seen;
    seen = version;
    return hasChanged;
  };
}
