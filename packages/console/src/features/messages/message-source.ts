// Texts as a list: how a filter is fetched, what changes the list, what belongs to it.
import type { Message } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';
import { fitsWords } from '../../connection/search-words.ts';
import { fitsFilter, type RecordFilter } from '../../ui/record-filters.tsx';

export interface MessageFilter extends RecordFilter {
  /** null: every bucket. */
  bucketId: string | null;
}

export function messageSource(controls: Controls, filter: MessageFilter): RecordSource<Message> {
  const { search, tags, from, to } = filter;
  const bucketIds = filter.bucketId === null ? [] : [filter.bucketId];
  const wanted = { search: search || null, bucket_ids: bucketIds, tags: [...tags], from, to };
  return source(controls, wanted, (text) => {
    const words = `${text.content} ${text.name ?? ''} ${text.endpoint}`;
    const isInBucket = filter.bucketId === null || text.bucket_id === filter.bucketId;
    return isInBucket && fitsFilter(text, filter) && fitsWords(words, search);
  });
}

/** Everything that went to and fro with one number, whatever the bucket. */
export function conversationSource(controls: Controls, endpoint: string): RecordSource<Message> {
  const isBetweenUs = (text: Message) => text.endpoint === endpoint;
  const all = source(controls, { search: endpoint }, isBetweenUs);
  return {
    ...all,
    // The search looks at words too: whoever wrote the number down is not in this conversation.
    async fetch(cursor) {
      const page = await all.fetch(cursor);
      return typeof page === 'string' ? page : { ...page, entries: page.entries.filter(isBetweenUs) };
    },
  };
}

interface Wanted {
  search: string | null;
  bucket_ids?: string[];
  tags?: string[];
  from?: number | null;
  to?: number | null;
}

function source(
  controls: Controls,
  wanted: Wanted,
  fits: (message: Message) => boolean,
): RecordSource<Message> {
  return {
    async fetch(cursor) {
      const outcome = await controls.ask('messages:fetch', { ...wanted, cursor });
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.messages ?? [], cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'messages:update' ? frame.data : null),
    idOf: (message) => message.id,
    fits,
    order: (one, other) => other.timestamp - one.timestamp,
  };
}
