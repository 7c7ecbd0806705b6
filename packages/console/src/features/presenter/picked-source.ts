// The texts of a bucket that were picked for the presenter, as a list that follows what is picked and put back.
import type { Message } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import type { RecordSource } from '../../connection/record-list.ts';

/** Most of a bucket is not picked, and a page holds what is left of it. */
const PAGE = 500;

/** `bucketId` null: nothing is filed anywhere yet. */
export function pickedSource(controls: Controls, bucketId: string | null): RecordSource<Message> {
  const fits = (text: Message) => isPicked(text) && text.bucket_id === bucketId;
  return {
    async fetch(cursor) {
      const bucketIds = bucketId === null ? [] : [bucketId];
      const outcome = await controls.ask('messages:fetch', { bucket_ids: bucketIds, limit: PAGE, cursor });
      if (!outcome.ok) return outcome.error.msg;
      const entries = (outcome.answer?.messages ?? []).filter(fits);
      return { entries, cursor: outcome.answer?.cursor ?? null };
    },
    changesIn: (frame) => (frame.event === 'messages:update' ? frame.data : null),
    idOf: (text) => text.id,
    fits,
    order: (one, other) => other.timestamp - one.timestamp,
  };
}

/** With a star, or with any tag; what the station sent itself is not read out. */
export function isPicked({ type, favorite, tags }: Pick<Message, 'type' | 'favorite' | 'tags'>): boolean {
  return type === 'sms_in' && (favorite || tags.length > 0);
}
