// The address book as a list: how it is fetched, what changes it, what belongs to it. Whoever was in contact last stands
// first.
import type { Person } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';
import { fitsWords } from '../../connection/search-words.ts';

export interface ContactFilter {
  search: string;
  /** All of them. */
  tags: readonly string[];
  /** Only those who are blocked. */
  isBlocked: boolean;
}

export function contactSource(controls: Controls, filter: ContactFilter): RecordSource<Person> {
  const { search, tags, isBlocked } = filter;
  return {
    async fetch(cursor) {
      const wanted = { search: search || null, tags: [...tags], blocked: isBlocked || null, cursor };
      const outcome = await controls.ask('contacts:fetch', wanted);
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.contacts ?? [], cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'contacts:update' ? frame.data : null),
    idOf: (person) => person.contact_id,
    fits: (person) =>
      (!isBlocked || person.blocked) &&
      tags.every((tag) => person.tags.some((one) => one.toLowerCase() === tag.toLowerCase())) &&
      fitsWords(`${person.name ?? ''} ${person.number} ${person.location ?? ''}`, search),
    order: (one, other) =>
      (other.last_contact ?? 0) - (one.last_contact ?? 0) || compareText(one.contact_id, other.contact_id),
  };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
