/**
 * The port of buckets: where incoming texts and questions are filed. Implemented in storage/. Synchronous: when a call
 * returns, a power cut does not lose it.
 */
export interface BucketRecord {
  id: string;
  name: string;
  createdAt: number;
  /** null while it is in use. */
  archivedAt: number | null;
}

export interface BucketStore {
  /** In the order in which they were made. */
  all(): BucketRecord[];
  find(id: string): BucketRecord | null;
  /** Adds or replaces. */
  save(bucket: BucketRecord): void;
  /** null before the first was chosen. */
  current(): string | null;
  choose(id: string): void;
  /** How much is filed in each; a bucket that holds nothing may be missing. */
  contents(): Readonly<Record<string, { messages: number; questions: number }>>;
}

/** Which prompt greets while a bucket is the current one. */
export interface GreetingStore {
  /** By bucket; those without are missing. */
  all(): Readonly<Record<string, string>>;
  /** null takes it away. */
  set(bucketId: string, prompt: string | null): void;
}
