/** Buckets in SQLite, and which of them is the current one. What they hold is counted by triggers as it comes and goes. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { BucketRecord, BucketStore } from '../desk/ports/bucket-store.ts';

export function createBucketStore(database: DatabaseSync): BucketStore {
  const readAll = database.prepare('SELECT * FROM buckets ORDER BY created_at, id');
  const readOne = database.prepare('SELECT * FROM buckets WHERE id = ?');
  const write = database.prepare(
    `INSERT INTO buckets (id, name, created_at, archived_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, archived_at = excluded.archived_at`,
  );
  const readCurrent = database.prepare('SELECT bucket_id FROM current_bucket');
  const writeCurrent = database.prepare(
    'INSERT INTO current_bucket (id, bucket_id) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET bucket_id = excluded.bucket_id',
  );
  const readContents = database.prepare('SELECT * FROM bucket_contents');

  return {
    all: () => readAll.all().map(bucketIn),
    find(id) {
      const row = readOne.get(id);
      return row ? bucketIn(row) : null;
    },
    save: ({ id, name, createdAt, archivedAt }) => void write.run(id, name, createdAt, archivedAt),
    current() {
      const id = readCurrent.get()?.['bucket_id'];
      return id === undefined ? null : String(id);
    },
    choose: (id) => void writeCurrent.run(id),
    contents: () =>
      Object.fromEntries(
        readContents
          .all()
          .map((row) => [
            String(row['bucket_id']),
            { messages: Number(row['messages']), questions: Number(row['questions']) },
          ]),
      ),
  };
}

function bucketIn(row: Record<string, SQLOutputValue>): BucketRecord {
  return {
    id: String(row['id']),
    name: String(row['name']),
    createdAt: Number(row['created_at']),
    archivedAt: row['archived_at'] === null ? null : Number(row['archived_at']),
  };
}
