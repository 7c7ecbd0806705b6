/**
 * The database's history, forward only: a version is never changed once it was released, a new one is added below.
 * Times are epoch ms; what has no columns of its own is JSON in a `document` column.
 */
import { recordIndexSql } from './record-index.ts';

export interface Migration {
  version: number;
  /** What a person would say it does. */
  name: string;
  sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'settings, passwords, sessions, audit log',
    sql: `
      CREATE TABLE settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        document TEXT NOT NULL,
        changed_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE passwords (
        user_id TEXT PRIMARY KEY,
        hash TEXT NOT NULL,
        changed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sessions (
        token_hash BLOB PRIMARY KEY,
        user_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_by_user ON sessions (user_id);
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        user_id TEXT,
        address TEXT,
        action TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX audit_by_time ON audit (at);
    `,
  },
  {
    version: 2,
    name: 'calls and their recordings, contacts by number, what strips remember',
    sql: `
      CREATE TABLE calls (
        id TEXT PRIMARY KEY,
        opened_at INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        number TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX calls_by_time ON calls (opened_at, id);
      CREATE INDEX calls_open ON calls (id) WHERE is_open = 1;
      CREATE INDEX calls_by_number ON calls (number, opened_at);
      CREATE TABLE recordings (
        id TEXT PRIMARY KEY,
        call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX recordings_by_call ON recordings (call_id);
      CREATE TABLE contacts (
        number TEXT PRIMARY KEY,
        name TEXT,
        document TEXT NOT NULL,
        changed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE strips (
        key TEXT PRIMARY KEY,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    name: 'recorded questions, the greetings of buckets',
    sql: `
      CREATE TABLE questions (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        number TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX questions_by_number ON questions (number, position);
      ${recordIndexSql('question_words')}
      CREATE TABLE open_questions (
        id TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL
      ) STRICT;
      CREATE TABLE greetings (
        bucket_id TEXT PRIMARY KEY,
        prompt TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
