/** The store in memory: what the desk keeps, without a database. Copies in and out, as a database would. */
import type { Contact } from '@openline/protocol';
import type { CallerPast, CallRecord, Store, StoredStrip } from '../ports/store.ts';

export class MemoryStore implements Store {
  readonly strips = new Map<string, StoredStrip>();
  readonly calls = new Map<string, CallRecord>();
  readonly contacts = new Map<string, Contact>();
  readonly blocked = new Set<string>();
  /** How many calls each was turned away. */
  readonly blockedCalls = new Map<string, number>();

  loadStrips(): Readonly<Record<string, StoredStrip>> {
    return structuredClone(Object.fromEntries(this.strips));
  }

  saveStrip(key: string, strip: StoredStrip): void {
    this.strips.set(key, structuredClone(strip));
  }

  saveCall(record: CallRecord): void {
    const tags = this.calls.get(record.id)?.tags ?? record.tags;
    this.calls.set(record.id, structuredClone({ ...record, tags }));
  }

  findCall(id: string): CallRecord | null {
    return structuredClone(this.calls.get(id) ?? null);
  }

  openCalls(): CallRecord[] {
    const open = [...this.calls.values()].filter(
      ({ endedAt, recordings }) =>
        endedAt === null || recordings.some(({ durationMs }) => durationMs === null),
    );
    return structuredClone(open);
  }

  /** Newest first, for tests to look at. */
  history(): CallRecord[] {
    return structuredClone(
      [...this.calls.values()].toSorted((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1)),
    );
  }

  dialledMs(since: number, now: number): number {
    return [...this.calls.values()]
      .filter(({ direction, openedAt }) => direction === 'out' && openedAt >= since)
      .reduce((sum, { answeredAt, endedAt }) => sum + (answeredAt ? (endedAt ?? now) - answeredAt : 0), 0);
  }

  pastOf(number: string, before: number): CallerPast {
    const theirs = [...this.calls.values()].filter(
      (call) => number !== '' && call.type === 'call' && call.number === number,
    );
    const last = (calls: readonly CallRecord[]): number | null =>
      calls
        .map(({ openedAt }) => openedAt)
        .filter((at) => at < before)
        .toSorted((a, b) => a - b)
        .at(-1) ?? null;
    return {
      calls: theirs.length,
      lastCallAt: last(theirs),
      lastOnAirAt: last(theirs.filter(({ onAirMs }) => onAirMs > 0)),
      isBlocked: this.blocked.has(number),
    };
  }

  findContact(number: string): Contact | null {
    return structuredClone(this.contacts.get(number) ?? null);
  }

  saveContact(contact: Contact): void {
    this.contacts.set(contact.number, structuredClone({ ...contact, point: null }));
  }

  isBlocked(number: string): boolean {
    return this.blocked.has(number);
  }

  countBlocked(number: string): void {
    this.blockedCalls.set(number, (this.blockedCalls.get(number) ?? 0) + 1);
  }
}
