/**
 * The database's history, forward only: a version is never changed once it was released, a new one is added below.
 * Times are epoch ms; what has no columns of its own is JSON in a `document` column.
 */
import type { DatabaseSync } from 'node:sqlite';
import { moveHistory } from './history-migration.ts';
import { RECORD_INDICES_SQL, recordIndexSql } from './record-index.ts';

export interface Migration {
  /** Higher than those before it. */
  version: number;
  /** What a person would say it does. */
  name: string;
  sql: string;
  /** What SQL cannot say; after it, in the same transaction. */
  work?: (database: DatabaseSync) => void;
}

/** The index of what is listed as it was up to version 6: all of it full text. */
function firstIndexSql(words: string, prefixes = '1 2 3 4 5 6 7 8 9 10 11 12'): string {
  return `
    CREATE VIRTUAL TABLE ${words} USING fts5 (
      text, content = '', contentless_delete = 1, detail = none, prefix = '${prefixes}',
      tokenize = 'unicode61 remove_diacritics 2'
    );`;
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
      ${firstIndexSql('question_words')}
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
      ${firstIndexSql('call_words')}
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
      ${firstIndexSql('contact_words', '1 2 3 4 5 6 7 8')}
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
  {
    version: 5,
    name: 'texts, what finds them, parts of longer ones, names of those that were delivered',
    sql: `
      CREATE TABLE messages (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        timestamp INTEGER NOT NULL,
        line_id TEXT,
        endpoint TEXT NOT NULL,
        bucket_id TEXT,
        status TEXT NOT NULL,
        due_at INTEGER,
        is_favorite INTEGER NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX messages_by_bucket ON messages (bucket_id, position);
      CREATE INDEX messages_by_endpoint ON messages (endpoint, position);
      CREATE INDEX messages_aging ON messages (position) WHERE is_favorite = 0 AND due_at IS NULL;
      CREATE INDEX messages_due ON messages (due_at, position) WHERE due_at IS NOT NULL;
      CREATE INDEX messages_under_way ON messages (position) WHERE status = 'sending';
      ${firstIndexSql('message_words')}
      CREATE TRIGGER message_filed AFTER INSERT ON messages WHEN new.bucket_id IS NOT NULL BEGIN
        INSERT INTO bucket_contents (bucket_id, messages) VALUES (new.bucket_id, 1)
          ON CONFLICT (bucket_id) DO UPDATE SET messages = messages + 1;
      END;
      CREATE TRIGGER message_gone AFTER DELETE ON messages WHEN old.bucket_id IS NOT NULL BEGIN
        UPDATE bucket_contents SET messages = messages - 1 WHERE bucket_id = old.bucket_id;
      END;
      CREATE TABLE message_names (
        hash BLOB PRIMARY KEY,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE part_groups (
        id TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        parts INTEGER NOT NULL,
        since INTEGER NOT NULL,
        message_id TEXT,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX part_groups_by_key ON part_groups (key, since);
      CREATE INDEX part_groups_hidden ON part_groups (since) WHERE message_id IS NULL;
      CREATE TABLE message_parts (
        group_id TEXT NOT NULL REFERENCES part_groups (id) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (group_id, part)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 6,
    name: 'questions by person; what buckets hold of them',
    sql: `
      ALTER TABLE questions ADD COLUMN person TEXT NOT NULL DEFAULT '';
      ALTER TABLE questions ADD COLUMN bucket_id TEXT;
      ALTER TABLE questions ADD COLUMN is_favorite INTEGER NOT NULL DEFAULT 0;
      UPDATE questions SET person = number, bucket_id = json_extract(document, '$.bucketId');
      DROP INDEX questions_by_number;
      CREATE INDEX questions_by_person ON questions (person, position) WHERE person <> '';
      CREATE INDEX questions_aging ON questions (position) WHERE is_favorite = 0;
      CREATE TRIGGER question_filed AFTER INSERT ON questions WHEN new.bucket_id IS NOT NULL BEGIN
        INSERT INTO bucket_contents (bucket_id, questions) VALUES (new.bucket_id, 1)
          ON CONFLICT (bucket_id) DO UPDATE SET questions = questions + 1;
      END;
      CREATE TRIGGER question_gone AFTER DELETE ON questions WHEN old.bucket_id IS NOT NULL BEGIN
        UPDATE bucket_contents SET questions = questions - 1 WHERE bucket_id = old.bucket_id;
      END;
      INSERT INTO bucket_contents (bucket_id, questions)
        SELECT bucket_id, count(*) FROM questions WHERE bucket_id IS NOT NULL GROUP BY bucket_id
        ON CONFLICT (bucket_id) DO UPDATE SET questions = excluded.questions;
    `,
  },
  {
    version: 7,
    name: 'when a caller was last on air',
    sql: `CREATE INDEX calls_on_air ON calls (person, position) WHERE person <> '' AND on_air_ms > 0;`,
  },
  {
    version: 8,
    name: 'what finds texts, questions, calls and people, in blocks: in a bounded time whatever is asked',
    // What was found by full text is found there until it has moved into blocks, a little at a time.
    sql: `
      ${RECORD_INDICES_SQL}
      ${recordIndexSql('question_words', undefined, 'question_words')}
      ${recordIndexSql('call_words', undefined, 'call_words')}
      ${recordIndexSql('contact_words', '1 2 3 4 5 6 7 8', 'contact_words')}
      ${recordIndexSql('message_words', undefined, 'message_words')}
    `,
  },
  {
    version: 9,
    name: 'whose erasure has begun',
    sql: 'CREATE TABLE erasures (contact_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;',
  },
];
