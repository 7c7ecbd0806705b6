import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_FILTER } from '../desk/ports/record-filter.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { copyDatabase, openDatabase, schemaVersion } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import { openStores } from './stores.ts';
import { transaction } from './transaction.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-storage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string, migrations = MIGRATIONS): DatabaseSync {
  const opened = openDatabase(path, migrations);
  if (!opened.ok) throw new Error(opened.problem);
  return opened.database;
}

test('versions count up, none is there twice', () => {
  const versions = MIGRATIONS.map((migration) => migration.version);
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
});

test('a commit is on the disk when it returns', () => {
  const database = open(join(folder, 'a.sqlite'));
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  database.close();
});

test('a new database is at the newest schema, and nothing is copied', () => {
  open(join(folder, 'a.sqlite')).close();
  expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual([]);
});

test('a database of a newer Openline is left alone', () => {
  const path = join(folder, 'a.sqlite');
  const database = open(path);
  database.exec('PRAGMA user_version = 9999');
  database.close();
  expect(openDatabase(path)).toMatchObject({ ok: false, problem: expect.stringContaining('newer Openline') });
});

test('a file that is no database is told, and left as it is', () => {
  const path = join(folder, 'a.sqlite');
  writeFileSync(path, 'not a database, but long enough to look like a file that somebody cares for');
  expect(openDatabase(path)).toMatchObject({
    ok: false,
    problem: expect.stringContaining('restore a backup'),
  });
  expect(readFileSync(path, 'utf8')).toMatch(/^not a database/);
});

test('a migration that fails leaves the database as it was, with its copy beside it', () => {
  const path = join(folder, 'a.sqlite');
  open(path).close();
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  const broken = {
    version: newest + 1,
    name: 'broken',
    sql: 'CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);',
  };
  expect(() => openDatabase(path, [...MIGRATIONS, broken])).toThrow(/nowhere/);
  const database = open(path);
  expect(schemaVersion(database)).toBe(newest);
  expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").get()).toBeUndefined();
  expect(existsSync(`${path}.before-${newest + 1}`)).toBe(true);
  database.close();
});

test('a full disk is called that, and the database is used again when there is room', () => {
  const database = open(join(folder, 'a.sqlite'));
  database.exec('CREATE TABLE filling (text TEXT)');
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const fill = () =>
    transaction(database, () => {
      database.prepare('INSERT INTO filling VALUES (?)').run('x'.repeat(100_000));
    });
  expect(fill).toThrow('database or disk is full');
  database.exec(`PRAGMA max_page_count = ${pages + 1000}`);
  fill();
  expect(database.prepare('SELECT count(*) AS rows FROM filling').get()).toEqual({ rows: 1 });
  database.close();
});

test('a transaction that throws leaves nothing behind', () => {
  const database = open(':memory:');
  expect(() =>
    transaction(database, () => {
      database.exec("INSERT INTO strips VALUES ('a', '{}')");
      throw new Error('half way');
    }),
  ).toThrow('half way');
  expect(database.prepare('SELECT * FROM strips').all()).toEqual([]);
});

describe('each migration keeps what was there', () => {
  /** A row of each version, written with that version's own columns. */
  const rows: Readonly<Record<number, string>> = {
    1: `INSERT INTO settings VALUES (1, '{"station":{"name":"R","country":"GM"}}', 1);
        INSERT INTO passwords VALUES ('anna', 'h', 1);
        INSERT INTO sessions VALUES (x'00ff', 'anna', 1, 2);
        INSERT INTO audit (at, user_id, action, document) VALUES (1, 'anna', 'a', '{}')`,
    2: `INSERT INTO calls VALUES ('c1', 1700000000000, 0, '7000001', '{
          "id":"c1","type":"call","openedAt":1700000000000,"endedAt":1700000060000,"answeredAt":1700000001000,
          "direction":"in","number":"7000001","name":"Awa","onAirMs":5000,"tags":["sport"],"isFavorite":true,
          "recordings":[{"id":"r1","kind":"channel","startedAt":1700000002000,"durationMs":9,"error":null}]}');
        INSERT INTO recordings VALUES ('r1', 'c1');
        INSERT INTO contacts VALUES ('+2207000001', 'Awa', '{"number":"+2207000001","name":"Awa","age":41}', 1);
        INSERT INTO strips VALUES ('studio-1', '{}')`,
    3: `INSERT INTO questions VALUES (1000, 'q1', '+1', '{"bucketId":"b1"}');
        INSERT INTO question_words (rowid, text) VALUES (1000, 'a');
        INSERT INTO open_questions VALUES ('q2', '{}');
        INSERT INTO greetings VALUES ('b1', 'hello')`,
    4: `INSERT INTO buckets VALUES ('b1', 'Morning', 1, NULL);
         INSERT INTO current_bucket VALUES (1, 'b1');
         INSERT INTO audio_removals VALUES ('r2')`,
    5: `INSERT INTO messages VALUES (1000, 'm1', 'sms_in', 1, NULL, '+1', NULL, 'received', NULL, 0, '{}');
        INSERT INTO message_words (rowid, text) VALUES (1000, 'a');
        INSERT INTO message_names VALUES (x'00', 1);
        INSERT INTO part_groups VALUES ('g1', 'k', 2, 1, NULL, '{}');
        INSERT INTO message_parts VALUES ('g1', 1, '"a"')`,
    6: `INSERT INTO questions VALUES (2000, 'q3', '+1', '{}', '+1', 'b1', 0)`,
    7: `INSERT INTO calls VALUES (1000, 'c2', 1, 0, '+1', '+1', NULL, 'in', 5, 5, 0, '[]', '{}')`,
    8: `INSERT INTO message_words_1 (rowid, text) VALUES (2000, 'a');
        INSERT INTO message_words_blocks VALUES (1, 1, 2, 2, 0, x'00000000', x'0000000000000000');
        INSERT INTO message_words_postings VALUES (1, 'wa', x'0000');
        INSERT INTO message_words_positions VALUES (1, 0, x'0000000000000000')`,
    9: `INSERT INTO erasures VALUES ('+1')`,
  };
  /** What a version makes anew, with tests of its own below. */
  const replaced: Readonly<Record<number, readonly string[]>> = {
    4: ['calls', 'recordings', 'contacts'],
    6: ['bucket_contents'],
  };

  /** Filled as it was in each version's own time. */
  function grown(path: string, count: number): DatabaseSync {
    let database = open(path, MIGRATIONS.slice(0, 0));
    for (const [index, { version }] of MIGRATIONS.slice(0, count).entries()) {
      database.close();
      database = open(path, MIGRATIONS.slice(0, index + 1));
      database.exec(rows[version] ?? 'this version has no sample rows');
    }
    return database;
  }

  test.each(MIGRATIONS.map((migration, index) => ({ ...migration, index })))(
    '$version: $name',
    ({ version, index }) => {
      const path = join(folder, 'a.sqlite');
      const before = grown(path, index);
      const contents = dump(before);
      for (const table of replaced[version] ?? []) delete contents[table];
      before.close();

      const after = open(path, MIGRATIONS.slice(0, index + 1));
      expect(schemaVersion(after)).toBe(version);
      expect(dump(after)).toMatchObject(contents);
      after.exec(rows[version] ?? 'this version has no sample rows');
      after.close();
      expect(existsSync(`${path}.before-${version}`)).toBe(index > 0);
    },
  );

  test('questions that were there are counted in their bucket', () => {
    const path = join(folder, 'a.sqlite');
    grown(path, 5).close();
    const database = open(path);
    const contents = database.prepare('SELECT questions FROM bucket_contents WHERE bucket_id = ?').get('b1');
    expect(contents).toEqual({ questions: 1 });
    database.close();
  });

  test('calls and cards of the first versions are listed, found and summed up', () => {
    const path = join(folder, 'a.sqlite');
    grown(path, 2).close();
    const database = open(path);
    const numbers = createNumberPlan(() => 'GM');
    const { calls, contacts } = openStores(database, {
      numbers,
      audioFolder: folder,
      onProblem: () => undefined,
    });
    expect(calls.recordings('', 5)).toEqual([{ id: 'r1', callId: 'c1', isMissing: false }]);
    const expectAllFound = (): void => {
      const page = calls.page({ ...NO_FILTER, tags: ['favorite', 'Sport'], search: 'awa', limit: 5 });
      expect(page.calls).toMatchObject([{ id: 'c1', tags: ['sport', 'favorite'] }]);
      for (const text of ['aw', '0001']) {
        expect(contacts.suggest(text, 10)).toMatchObject([
          { id: '+2207000001', name: 'Awa', properties: { age: 41 }, calls: 1, onAirMs: 5_000 },
        ]);
      }
    };
    expectAllFound();
    // Also when all of it has moved to where it is kept today.
    for (const index of [calls, contacts]) while (index.tend());
    expectAllFound();
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE name GLOB '*words' ORDER BY name")
      .all();
    expect(tables.map(({ name }) => name)).toEqual(['message_words', 'passwords', 'question_words']);
    database.close();
  });

  function dump(database: DatabaseSync): Record<string, unknown> {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return Object.fromEntries(
      tables
        .map((row) => String(row['name']))
        .filter((name) => !name.startsWith('sqlite_') && !name.includes('_words'))
        .map((name) => [name, database.prepare(`SELECT * FROM ${name}`).all()]),
    );
  }
});

test('a copy that is made while another writes is whole, and is the database of one moment', () => {
  const path = join(folder, 'a.sqlite');
  const writing = open(path);
  writing.exec("INSERT INTO strips VALUES ('a', '{}')");
  writing.exec("BEGIN IMMEDIATE; INSERT INTO strips VALUES ('b', '{}')");
  const copying = new DatabaseSync(path, { timeout: 1_000 });
  copyDatabase(copying, join(folder, 'copy.sqlite'));
  writing.exec('COMMIT');
  const copy = open(join(folder, 'copy.sqlite'));
  expect(copy.prepare('SELECT key FROM strips').all()).toEqual([{ key: 'a' }]);
  expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  for (const database of [writing, copying, copy]) database.close();
});
