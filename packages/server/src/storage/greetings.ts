/**
 * Which prompt greets callers in ivr while a bucket is the current one; a bucket without one has its line's. Asked at
 * every turn of the desk, so they are held in memory too.
 */
import type { DatabaseSync } from 'node:sqlite';

export interface Greetings {
  of(bucketId: string): string | null;
  /** By bucket. */
  all(): Record<string, string>;
  /** null takes it away. */
  set(bucketId: string, prompt: string | null): void;
  /** The prompt is no more. */
  forget(prompt: string): void;
}

export function createGreetings(database: DatabaseSync): Greetings {
  const save = database.prepare(
    'INSERT INTO greetings (bucket_id, prompt) VALUES (?, ?) ON CONFLICT (bucket_id) DO UPDATE SET prompt = excluded.prompt',
  );
  const remove = database.prepare('DELETE FROM greetings WHERE bucket_id = ?');
  const rows = database.prepare('SELECT bucket_id, prompt FROM greetings').all();
  const byBucket = new Map(rows.map((row) => [String(row['bucket_id']), String(row['prompt'])]));

  function set(bucketId: string, prompt: string | null): void {
    if (prompt === null) {
      remove.run(bucketId);
      byBucket.delete(bucketId);
      return;
    }
    save.run(bucketId, prompt);
    byBucket.set(bucketId, prompt);
  }

  return {
    of: (bucketId) => byBucket.get(bucketId) ?? null,
    all: () => Object.fromEntries(byBucket),
    set,
    forget(prompt) {
      for (const [bucketId, used] of byBucket) if (used === prompt) set(bucketId, null);
    },
  };
}
