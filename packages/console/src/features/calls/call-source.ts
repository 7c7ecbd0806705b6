// The history of calls as a list: how it is fetched, what changes it, what belongs to it.
import type { Call } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';

export interface CallFilter {
  search: string;
}

export function callSource(controls: Controls, filter: CallFilter): RecordSource<Call> {
  const search = filter.search.trim();
  return {
    async fetch(cursor) {
      const outcome = await controls.ask('calls:fetch', { search: search || null, cursor });
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.calls ?? [], cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'calls:update' ? frame.data : null),
    idOf: (call) => call.id,
    fits: (call) => search === '' || fitsWords(`${call.name ?? ''} ${call.number}`, search),
    order: (one, other) => other.timestamp - one.timestamp,
  };
}

/** Every word of the search begins a word of the text; the server knows better, this is for what is just coming in. */
function fitsWords(text: string, search: string): boolean {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}+]+/u);
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((wanted) => words.some((word) => word.startsWith(wanted)));
}
