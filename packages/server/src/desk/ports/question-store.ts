/**
 * The store of recorded questions. Implemented by storage/ (SQLite) and by the in-memory one in desk/testing/; both
 * pass question-store-conformance. Synchronous: when a call returns, a power cut loses nothing of it; each call is all
 * or nothing.
 */

/** Times epoch ms. The audio file has the question's id. */
export interface QuestionRecord {
  id: string;
  /** When the caller began to speak. */
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

export interface QuestionQuery {
  /** All of them, whatever the case. */
  tags: readonly string[];
  /** Any of them; so for `ids`. Empty: no filter. */
  bucketIds: readonly string[];
  ids: readonly string[];
  /** Both ends belong to it. */
  from: number | null;
  to: number | null;
  /** All its words, each the beginning of a word in the name or the number; null for none. */
  search: string | null;
  limit: number;
  /** Of the page before; one that is not ours starts from the newest. */
  cursor: string | null;
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
  /** False: it was not there. */
  remove(id: string): boolean;
  /** Those that are recorded, newest first. */
  fetch(query: QuestionQuery): QuestionPage;
  /** Those that are being recorded, or were when the server was last there. */
  open(): QuestionRecord[];
}
