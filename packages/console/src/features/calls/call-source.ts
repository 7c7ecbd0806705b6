// The history of calls as a list: how it is fetched, what changes it, what belongs to it.
import type { Call } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';
import { fitsWords } from '../../connection/search-words.ts';
import { fitsFilter, type RecordFilter } from '../../ui/record-filters.tsx';

export function callSource(controls: Controls, filter: RecordFilter): RecordSource<Call> {
  return {
    async fetch(cursor) {
      const { search, tags, from, to } = filter;
      const wanted = { search: search || null, tags: [...tags], from, to, cursor };
      const outcome = await controls.ask('calls:fetch', wanted);
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.calls ?? [], cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'calls:update' ? frame.data : null),
    idOf: (call) => call.id,
    fits: (call) => fitsFilter(call, filter) && fitsWords(`${call.name ?? ''} ${call.number}`, filter.search),
    order: (one, other) => other.timestamp - one.timestamp,
  };
}
