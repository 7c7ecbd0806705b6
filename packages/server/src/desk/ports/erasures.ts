/**
 * The port that remembers whose erasure has begun, so that it is never left half done. Implemented in storage/; part of
 * the transactions of the address book. Synchronous: when a call returns, a power cut does not lose it.
 */
export interface Erasures {
  begin(contactId: string): void;
  end(contactId: string): void;
  /** Ids of those that have begun and have not ended. */
  begun(): string[];
}
