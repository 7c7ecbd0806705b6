/**
 * What a station keeps, as it was at one moment and as it is now, for the test of wrong events: what the server does of its own
 * accord (lengths of recordings, texts on their way, its indices) is told apart from what an event has changed.
 */
import { DatabaseSync } from 'node:sqlite';

/** Tables that hold nothing but what follows from others, or from the time. */
const HOUSEKEEPING =
  /^sqlite_|_words|_blocks$|_postings$|_positions$|^(record_indices|audio_removals|recordings|message_names|sessions)$/;
/** Of a text that is going out. */
const ON_ITS_WAY = ['status', 'error', 'attempts', 'dueAt', 'sentAt', 'isAccepted'];

type Row = Record<string, unknown>;

export class StoredContent {
  readonly #now: DatabaseSync;
  readonly #before: DatabaseSync;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#now = new DatabaseSync(path, { readOnly: true });
    this.#before = new DatabaseSync(path, { readOnly: true });
  }

  /** Another figure after every commit of the server. */
  commits(): number {
    return Number(this.#now.prepare('PRAGMA data_version').get()?.['data_version']);
  }

  /** What changes from now on is told by `changes`. */
  remember(): void {
    if (this.#before.isTransaction) this.#before.exec('ROLLBACK');
    this.#before.exec('BEGIN');
    // A snapshot is taken by the first reading.
    this.#before.prepare('SELECT count(*) FROM sqlite_master').get();
  }

  /** What was written since then, in words: by events, and by the server itself. */
  changes(): { content: string[]; housekeeping: string[] } {
    const content: string[] = [];
    const housekeeping: string[] = [];
    this.#now.exec('BEGIN');
    try {
      for (const table of this.#tables()) {
        const [was, is] = [rowsOf(this.#before, table), rowsOf(this.#now, table)];
        if (difference(was, is, keptOf) !== null) {
          if (HOUSEKEEPING.test(table)) housekeeping.push(table);
          else content.push(`${table}: ${difference(was, is, keptOf) ?? ''}`);
        } else if (difference(was, is, (row) => row) !== null) housekeeping.push(table);
      }
    } finally {
      this.#now.exec('ROLLBACK');
    }
    return { content, housekeeping };
  }

  /** What SQLite finds wrong with the file, its full-text tables and indices included: empty when it is sound. */
  problems(): string[] {
    const database = new DatabaseSync(this.#path, { readOnly: true });
    try {
      const found = database.prepare('PRAGMA integrity_check').all();
      return found.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok');
    } finally {
      database.close();
    }
  }

  /** Whether people are being erased, which goes on after the event. */
  isErasing(): boolean {
    return this.#now.prepare('SELECT 1 FROM erasures LIMIT 1').get() !== undefined;
  }

  close(): void {
    this.#now.close();
    this.#before.close();
  }

  #tables(): string[] {
    const rows = this.#now.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    // Full-text tables follow from the others; `problems` says whether they are sound.
    return rows.map(({ name }) => String(name)).filter((name) => !/_words(_|$)/.test(name));
  }
}

function rowsOf(database: DatabaseSync, table: string): Row[] {
  const statement = database.prepare(`SELECT * FROM ${table}`);
  // Those of full-text tables are beyond what a number can be.
  statement.setReadBigInts(true);
  return statement.all();
}

/** The first row that was there and is not, or the other way round; null: none. */
function difference(was: readonly Row[], is: readonly Row[], kept: (row: Row) => Row): string | null {
  const [before, after] = [was, is].map((rows) => new Set(rows.map((row) => textOf(kept(row)))));
  for (const row of before ?? []) if (!after?.has(row)) return `was ${row}`;
  for (const row of after ?? []) if (!before?.has(row)) return `is ${row}`;
  return null;
}

function textOf(row: Row): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Without what changes by itself. */
function keptOf({ status: _status, due_at: _dueAt, is_open: _isOpen, ...row }: Row): Row {
  if (typeof row['document'] !== 'string') return row;
  const document = JSON.parse(row['document']) as Row;
  for (const name of ON_ITS_WAY) if ('endpoint' in document) delete document[name];
  if (!Array.isArray(document['recordings'])) return { ...row, document };
  const recordings = document['recordings'].map((recording: Row) => recording['id']);
  return { ...row, document: { ...document, recordings } };
}
