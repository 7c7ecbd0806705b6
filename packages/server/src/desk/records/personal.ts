// What people leave behind, kind by kind: for the export of everything about a person, and for its erasure. Each
// handler of such records is a source; contacts.ts asks them all.
import type { PersonDocument, Refusal, ServerFrame } from '@openline/protocol';

/** Of what is exported: read and written within a ms or two. */
export const EXPORTED_A_STEP = 100;

export interface PersonalSource {
  /** Its part of the document about whoever has this number, some records at a time, each read when it is asked for. */
  exportOf(contactId: string): Iterable<Partial<PersonDocument>>;
  /** Why it cannot be erased just now; null: it can. */
  erasureRefusal(contactId: string): Refusal | null;
  /** Erases at most so many records, within a transaction of the caller's; fewer when no more are there. The frames tell
   * of it once that is committed. What only began after the erasure and is going on just now stays. */
  erase(contactId: string, limit: number): { erased: number; frames: ServerFrame[] };
}
