/**
 * Opens the station's SQLite file and brings it to the present schema. WAL with synchronous=FULL: what a call to
 * the database has returned from survives a power cut. Used by main.ts and the command line; both may have it open.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { transaction } from './transaction.ts';

export { transaction };

/** Pages kept in memory: what a search through a million records looks at. */
const CACHE_KIB = 32_768;

export type OpenResult = { ok: true; database: DatabaseSync } | { ok: false; problem: string };

export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): OpenResult {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 });
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB};`);
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
      migration.work?.(database);
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
