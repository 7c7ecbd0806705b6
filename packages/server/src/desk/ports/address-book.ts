/**
 * The address book port: people by number. Implemented in storage/. Synchronous: when a call returns, a power cut does
 * not lose it.
 */
import type { ContactProperty } from '@openline/protocol';
import type { RecordFilter } from './record-filter.ts';

/** What people write on a card. */
export interface PersonCard {
  name: string | null;
  location: string | null;
  notes: string | null;
  /** The station's own; none is null. */
  properties: Readonly<Record<string, ContactProperty>>;
  tags: readonly string[];
  /** Hears busy and is only counted. */
  isBlocked: boolean;
}

/** Times epoch ms. */
export interface PersonRecord extends PersonCard {
  /** The number in E.164 where it is one, else as it is: a short number, a SIP address. */
  id: string;
  firstAt: number | null;
  lastAt: number | null;
  lastCallAt: number | null;
  calls: number;
  /** Calls that were turned away because the number is blocked; not among `calls`. */
  blockedCalls: number;
  texts: number;
  onAirMs: number;
}

interface PersonFilter extends Pick<RecordFilter, 'tags' | 'search' | 'limit' | 'cursor'> {
  /** In any spelling of the numbers. */
  ids: readonly string[];
  /** null: all. */
  isBlocked: boolean | null;
}

export interface AddressBook {
  /** All the calls of `work` as one. */
  together: <Result>(work: () => Result) => Result;
  /** The id of whoever has this number, known or not. */
  idOf: (number: string) => string;
  find(id: string): PersonRecord | null;
  /** Of those who are known and have one; asked once for a page of records. */
  namesOf(ids: readonly string[]): ReadonlyMap<string, string>;
  /** Replaces the card, or makes a person of it. */
  saveCard(id: string, card: PersonCard, at: number): PersonRecord;
  /** False: nobody was there. */
  remove(id: string): boolean;
  /** The last contact first. */
  page(filter: PersonFilter): { people: PersonRecord[]; cursor: string | null };
  /** By the beginning of the name, then of a word of it, or digits of the number: the best first. */
  suggest(text: string, limit: number): PersonRecord[];
  /** A text from or to this number. */
  noteText(number: string, at: number): void;
}
