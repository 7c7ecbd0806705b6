/**
 * The store of texts. Implemented by storage/ (SQLite) and by the in-memory one in desk/testing/; both pass
 * message-store-conformance. Synchronous: when a call returns, a power cut loses nothing of it; each call is all or
 * nothing.
 */
import type { CallOwner } from './exchange.ts';
import type { RecordFilter } from './record-filter.ts';

type MessageStatus = 'received' | 'queued' | 'sending' | 'sent' | 'delivered' | 'failed';

/** One text, in or out. Times epoch ms. */
export interface MessageRecord {
  id: string;
  type: 'sms_in' | 'sms_out';
  /** When it came to us, or was written. Never changes. */
  timestamp: number;
  /** By the sender's clock; null: unknown, or ours. */
  sentAt: number | null;
  lineId: string | null;
  channelId: string | null;
  /** E.164 where it is a number. */
  endpoint: string;
  content: string;
  /** What else it is found by: the national number, the name of who wrote it. */
  keywords: string;
  bucketId: string | null;
  tags: readonly string[];
  replyTo: string | null;
  status: MessageStatus;
  error: string | null;
  /** Parts of it have not come. */
  isIncomplete: boolean;
  /** In how many parts it travelled. */
  parts: number;
  /** How often it was tried to send it. */
  attempts: number;
  /** Waiting to be tried (again); null: nothing to do. */
  dueAt: number | null;
  /** A gateway keeps it and will report. */
  isAccepted: boolean;
}

/** A name under which a delivered text is known again; with `withinMs`, only for so long. */
export interface TextName {
  name: string;
  withinMs: number | null;
}

/** One part of a longer text, until the whole is there. */
export interface StoredPart {
  /** The longer text it belongs to. */
  group: string;
  part: number;
  content: string;
}

/** A longer text of which parts are missing. */
export interface PartGroup {
  /** Ours, one for each longer text. */
  id: string;
  /** Whose, and which: gateway, line, sender, reference and number of parts. */
  key: string;
  parts: number;
  /** When the first of its parts came. */
  since: number;
  /** Shown as this message meanwhile; null: not shown yet. */
  messageId: string | null;
  /** Of the first part that came. */
  text: { owner: CallOwner; sender: string; sentAt: number | null };
}

export interface MessagePage {
  messages: MessageRecord[];
  /** null at the end. */
  cursor: string | null;
}

export interface MessageStore {
  /** All the calls of `work` as one. */
  together<Result>(work: () => Result): Result;

  add(message: MessageRecord): void;
  /** Replaces by id. */
  save(message: MessageRecord): void;
  find(id: string): MessageRecord | null;
  /** False: it was not there. */
  remove(id: string): boolean;
  /** Newest first. */
  fetch(query: RecordFilter): MessagePage;
  /** From and to this number, oldest first; at most so many. */
  ofEndpoint(endpoint: string, limit?: number): MessageRecord[];
  /** The same from first to last, so many at a time, each part read when it is asked for. */
  partsOfEndpoint(endpoint: string, size: number): Iterable<MessageRecord[]>;
  /** Whether one to this number is going out. */
  isSendingTo(endpoint: string): boolean;
  /** The oldest of those from before, without favourites and what waits to be sent. */
  olderThan(before: number, limit: number): string[];
  /** The line of the last text from or to this number. */
  lastLineOf(endpoint: string): string | null;

  /** Outgoing texts that are due, oldest first. */
  due(at: number, limit: number): MessageRecord[];
  /** When the next one is due. */
  nextDueAt(): number | null;
  /** Being sent when last heard of, and not accepted by any gateway. */
  underWay(): MessageRecord[];

  /** True when one of the names is known already. */
  isKnown(names: readonly TextName[], at: number): boolean;
  remember(names: readonly TextName[], at: number): void;

  /** The youngest group of that key, if it began at or after `since`. */
  findGroup(key: string, since: number): PartGroup | null;
  addGroup(group: PartGroup): void;
  showGroup(id: string, messageId: string): void;
  /** With its parts. */
  removeGroup(id: string): void;
  addPart(part: StoredPart): void;
  /** By part number. */
  partsOf(group: string): StoredPart[];
  /** Parts of longer texts from this number. */
  removeGroupsOf(sender: string): void;
  /** Those that are shown and began before: nothing more is expected of them. */
  forgetGroups(before: number): void;
  /** Not shown yet, oldest first. */
  hiddenGroups(): PartGroup[];
}
