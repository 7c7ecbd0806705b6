/**
 * The store port: what the desk keeps. Implemented by storage/ (SQLite) and by the in-memory store in testing/; both
 * pass store-conformance. Synchronous and written through: when a save returns, a power cut does not lose it.
 */
import type { Contact, Priority, Screening } from '@openline/protocol';
import type { CallQuality } from './exchange.ts';

/** One entry of the history, saved at every change while the call is up. Times epoch ms. */
export interface CallRecord {
  id: string;
  type: 'call' | 'program' | 'dump';
  openedAt: number;
  /** null: it was turned away before it had one; or it is a recording of the program. */
  channelId: string | null;
  lineId: string | null;
  /** null: a recording of the program or of a user's talk on air. */
  direction: 'in' | 'out' | null;
  number: string;
  name: string | null;
  /** What the caller wanted to say. */
  point: string | null;
  answeredAt: number | null;
  /** null while it is open. */
  endedAt: number | null;
  /** Of the last save: where the end is put when nobody saw it. */
  seenAt: number;
  /** null while it is open. */
  cause: string | null;
  modes: readonly { mode: string; at: number }[];
  /** Time on air so far, without the stretch that began at `onAirSince`. */
  onAirMs: number;
  onAirSince: number | null;
  recordings: readonly CallRecording[];
  quality: CallQuality | null;
  tags: readonly string[];
  /** While the call is up. */
  screening: CallScreening | null;
}

/** What people have decided about a call. */
export interface CallScreening {
  state: Screening | null;
  /** The mode that `state` goes with: it is looked at again when that changes. */
  mode: string;
  priority: Priority;
  /** Nobody drops them, or moves them from air. */
  isLocked: boolean;
  /** Once this call is on air, these leave it: their records. */
  makesRoom: { by: 'hold' | 'drop'; recordIds: readonly string[] } | null;
}

export interface CallRecording {
  /** Names the audio file. */
  id: string;
  kind: 'channel' | 'ivr' | 'user' | 'program';
  startedAt: number;
  /** null while it runs. */
  durationMs: number | null;
  error: string | null;
}

export interface CallerPast {
  calls: number;
  /** Of the last call, and of the last one that was on air. */
  lastCallAt: number | null;
  lastOnAirAt: number | null;
  isBlocked: boolean;
}

/** What survives a restart of one strip (a channel, a user, the host, the master), by its key: plain values. */
export type StoredStrip = Readonly<Record<string, string | number | boolean | null>>;

export interface Store {
  /** Every strip that was ever saved, by key. */
  loadStrips(): Readonly<Record<string, StoredStrip>>;
  saveStrip(key: string, strip: StoredStrip): void;

  /** Inserts or replaces by id; the tags only with a new one, later they are changed through the history port. */
  saveCall(record: CallRecord): void;
  findCall(id: string): CallRecord | null;
  /** Records that have no end yet, or whose recordings still run. */
  openCalls(): CallRecord[];
  /** Time of the outgoing calls that began since then, those that are up included. */
  dialledMs(since: number, now: number): number;

  /** What a number has done before `before`; `calls`: in all. */
  pastOf(number: string, before: number): CallerPast;
  /** The card kept for a number, without a point; null when there is none. */
  findContact(number: string): Contact | null;
  /** Replaces the card of `contact.number`; the point is not kept. */
  saveContact(contact: Contact, at: number): void;

  /** Its calls hear busy and are only counted. */
  isBlocked(number: string): boolean;
  countBlocked(number: string, at: number): void;
}
