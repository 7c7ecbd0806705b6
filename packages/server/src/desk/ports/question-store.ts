/**
 * The store of recorded questions. Implemented by storage/ (SQLite) and by the in-memory one in desk/testing/; both
 * pass question-store-conformance. Synchronous: when a call returns, a power cut loses nothing of it; each call is all
 * or nothing.
 */
import type { RecordFilter } from './record-filter.ts';

/** Times epoch ms. The audio file has the question's id. */
export interface QuestionRecord {
  id: string;
  /** When the caller began to speak. Never changes once it is recorded. */
  timestamp: number;
  channelId: string;
  callId: string | null;
  /** '' when withheld. */
  endpoint: string;
  name: string | null;
  bucketId: string | null;
  /** null while it is being recorded: nobody is shown it yet. */
  durationMs: number | null;
  mark: 'silent' | 'short' | null;
  tags: readonly string[];
}

export interface QuestionPage {
  questions: QuestionRecord[];
  /** null at the end. */
  cursor: string | null;
}

export interface QuestionStore {
  /** All the calls of `work` as one. */
  together<Result>(work: () => Result): Result;
  /** Inserts or replaces by id. */
  save(question: QuestionRecord): void;
  find(id: string): QuestionRecord | null;
  /** With its audio. False: it was not there. */
  remove(id: string): boolean;
  /** Those that are recorded, newest first. */
  fetch(filter: RecordFilter): QuestionPage;
  /** Those that are being recorded, or were when the server was last there. */
  open(): QuestionRecord[];
  /** Of whoever has this number, however it is written; newest first, those that are being recorded too. */
  ofPerson(contactId: string): QuestionRecord[];
  /** Recorded before, oldest first, favourites left out. */
  older(before: number, limit: number): QuestionRecord[];
}
