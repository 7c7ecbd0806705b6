/** Which prompt greets callers in ivr while a bucket is the current one; a bucket without one has its line's. */
import type { DatabaseSync } from 'node:sqlite';
import type { GreetingStore } from '../desk/ports/bucket-store.ts';

export function createGreetings(database: DatabaseSync): GreetingStore {
  const readAll = database.prepare('SELECT bucket_id, prompt FROM greetings');
  const save = database.prepare(
    'INSERT INTO greetings (bucket_id, prompt) VALUES (?, ?) ON CONFLICT (bucket_id) DO UPDATE SET prompt = excluded.prompt',
  );
  const remove = database.prepare('DELETE FROM greetings WHERE bucket_id = ?');
  return {
    all: () =>
      Object.fromEntries(readAll.all().map((row) => [String(row['bucket_id']), String(row['prompt'])])),
    set: (bucketId, prompt) => void (prompt === null ? remove.run(bucketId) : save.run(bucketId, prompt)),
  };
}
