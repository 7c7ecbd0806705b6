// Recorded questions as a list: how they are fetched, what changes the list, what belongs to it.
import type { Question } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';
import { fitsWords } from '../../connection/search-words.ts';
import { fitsFilter, type RecordFilter } from '../../ui/record-filters.tsx';

export function questionSource(
  controls: Controls,
  filter: RecordFilter,
  bucketId: string | null,
): RecordSource<Question> {
  return {
    async fetch(cursor) {
      const { search, tags, from, to } = filter;
      const outcome = await controls.ask('questions:fetch', {
        search: search || null,
        tags: [...tags],
        from,
        to,
        bucket_ids: bucketId === null ? [] : [bucketId],
        cursor,
      });
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.questions ?? [], cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'questions:update' ? frame.data : null),
    idOf: (question) => question.id,
    fits: (question) =>
      (bucketId === null || question.bucket_id === bucketId) &&
      fitsFilter(question, filter) &&
      fitsWords(`${question.name ?? ''} ${question.endpoint}`, filter.search),
    order: (one, other) => other.timestamp - one.timestamp,
  };
}
