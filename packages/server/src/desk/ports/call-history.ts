/**
 * The history port: what was, as clients ask for it and change it. Its entries are written by the live desk through the
 * store port. Implemented in storage/. Synchronous: when a call returns, a power cut does not lose it.
 */
import type { RecordFilter } from './record-filter.ts';
import type { CallRecord } from './store.ts';

interface CallPage {
  calls: CallRecord[];
  /** Fetches the next page; null at the end. */
  cursor: string | null;
}

export interface CallHistory {
  /** All the calls of `work` as one. */
  together: <Result>(work: () => Result) => Result;
  find(id: string): CallRecord | null;
  /** Newest first. */
  page(filter: RecordFilter): CallPage;
  /** Of a person, newest first, at most so many. */
  ofPerson(contactId: string, limit: number): CallRecord[];
  /** All of them, newest first, so many at a time, each part read when it is asked for. */
  partsOfPerson(contactId: string, size: number): Iterable<CallRecord[]>;
  /** Whether one of theirs has no end yet, or its recordings still run. */
  isOpenOf(contactId: string): boolean;
  /** Nobody else changes the tags of an entry: saving it keeps them. */
  saveTags(id: string, tags: readonly string[]): void;
  /** With its recordings, whose files are deleted once that is committed. */
  remove(id: string): void;
  /** Entries and recordings from before these times are removed, favourites excepted; null: for ever kept. At most so
   * many at a time: zero when there is nothing left to do. */
  expire(before: { calls: number | null; recordings: number | null }, limit: number): Expired;
}

export interface Expired {
  removed: string[];
  /** Still there, without their recordings. */
  changed: string[];
}
