/**
 * The database's history, forward only: a version is never changed once it was released, a new one is added below.
 * Times are epoch ms; what has no columns of its own is JSON in a `document` column.
 */
import type { DatabaseSync } from 'node:sqlite';
import { moveHistory } from './history-migration.ts';
import { recordIndexSql } from './record-index.ts';

export interface Migration {
  /** Higher than those before it. */
  version: number;
  /** What a person would say it does. */
  name: string;
  sql: string;
  /** What SQL cannot say; after it, in the same transaction. */
  work?: (database: DatabaseSync) => void;
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
  {
    version: 4,
    name: 'calls and people by time, what finds them; buckets; audio that is to go',
    sql: `
      ALTER TABLE calls RENAME TO former_calls;
      ALTER TABLE recordings RENAME TO former_recordings;
      ALTER TABLE contacts RENAME TO former_contacts;
      DROP INDEX calls_by_time;
      DROP INDEX calls_open;
      DROP INDEX calls_by_number;
      DROP INDEX recordings_by_call;
      CREATE TABLE calls (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        opened_at INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        number TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT,
        direction TEXT,
        talk_ms INTEGER NOT NULL,
        on_air_ms INTEGER NOT NULL,
        is_favorite INTEGER NOT NULL,
        tags TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX calls_open ON calls (position) WHERE is_open = 1;
      CREATE INDEX calls_by_person ON calls (person, position) WHERE person <> '';
      CREATE INDEX calls_dialled ON calls (opened_at, talk_ms) WHERE direction = 'out';
      CREATE INDEX calls_by_time ON calls (opened_at);
      ${recordIndexSql('call_words')}
      CREATE TABLE recordings (
        id TEXT PRIMARY KEY,
        call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
        started_at INTEGER NOT NULL,
        is_missing INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX recordings_by_call ON recordings (call_id);
      CREATE INDEX recordings_by_time ON recordings (started_at);
      CREATE TABLE contacts (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        changed_at INTEGER NOT NULL,
        first_at INTEGER,
        last_at INTEGER,
        last_call_at INTEGER,
        calls INTEGER NOT NULL,
        blocked_calls INTEGER NOT NULL,
        texts INTEGER NOT NULL,
        on_air_ms INTEGER NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      ${recordIndexSql('contact_words', '1 2 3 4 5 6 7 8')}
      CREATE TABLE audio_removals (
        recording TEXT PRIMARY KEY
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE buckets (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        archived_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE current_bucket (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        bucket_id TEXT NOT NULL REFERENCES buckets (id)
      ) STRICT;
      CREATE TABLE bucket_contents (
        bucket_id TEXT PRIMARY KEY,
        messages INTEGER NOT NULL DEFAULT 0,
        questions INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
    `,
    work: moveHistory,
  },
];
