/** The store in memory: what the desk keeps, without a database. Copies in and out, as a database would. */
import type { Contact } from '@openline/protocol';
import type { CallPage, CallQuery, CallRecord, Store, StoredStrip } from '../ports/store.ts';

export class MemoryStore implements Store {
  readonly strips = new Map<string, StoredStrip>();
  readonly calls = new Map<string, CallRecord>();
  readonly contacts = new Map<string, Contact>();

  loadStrips(): Readonly<Record<string, StoredStrip>> {
    return structuredClone(Object.fromEntries(this.strips));
  }

  saveStrip(key: string, strip: StoredStrip): void {
    this.strips.set(key, structuredClone(strip));
  }

  saveCall(record: CallRecord): void {
    this.calls.set(record.id, structuredClone(record));
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

  listCalls(query: CallQuery): CallPage {
    const { limit, cursor } = query;
    const newestFirst = [...this.calls.values()]
      .filter((record) => isAskedFor(record, query))
      .toSorted((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1));
    const start = newestFirst.findIndex(({ id }) => id === cursor) + 1;
    const calls = newestFirst.slice(start, start + limit);
    const hasMore = start + limit < newestFirst.length;
    return { calls: structuredClone(calls), cursor: hasMore ? (calls.at(-1)?.id ?? null) : null };
  }

  dialledMs(since: number, now: number): number {
    return [...this.calls.values()]
      .filter(({ direction, openedAt }) => direction === 'out' && openedAt >= since)
      .reduce((sum, { answeredAt, endedAt }) => sum + (answeredAt ? (endedAt ?? now) - answeredAt : 0), 0);
  }

  findContact(number: string): Contact | null {
    return structuredClone(this.contacts.get(number) ?? null);
  }

  saveContact(contact: Contact): void {
    this.contacts.set(contact.number, structuredClone(contact));
  }
}

function isAskedFor(record: CallRecord, { tags, ids, from, to, search }: CallQuery): boolean {
  const own = record.isFavorite ? [...record.tags, 'favorite'] : record.tags;
  const text = `${record.name ?? ''} ${record.number}`.toLowerCase();
  return (
    (tags ?? []).every((tag) => own.includes(tag)) &&
    (!ids?.length || ids.includes(record.id)) &&
    record.openedAt >= (from ?? -Infinity) &&
    record.openedAt <= (to ?? Infinity) &&
    (search ?? '')
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}
