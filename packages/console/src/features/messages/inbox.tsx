// The inbox beside the strips: what is in the current bucket (or another), all of it or only what was picked for the
// presenter. A text opens its conversation in the same place; nothing leaves the desk.
import type { Message } from '@openline/protocol';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { FAVORITE } from '../../ui/record-filters.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { BucketChoice } from './buckets.tsx';
import { Conversation } from './conversation.tsx';
import { MessageList } from './message-list.tsx';
import './messages.css';
import { useMessageActs } from './use-message-acts.ts';

/** `undefined` follows the current bucket, null is every one. */
type Choice = string | null | undefined;

export function Inbox() {
  const texts = useTexts().messages;
  const acts = useMessageActs();
  const [, navigate] = useLocation();
  const { prepare } = useDialRequest();
  const current = useDesk((view) => view.desk?.current_bucket) ?? null;
  const [choice, setChoice] = useState<Choice>(undefined);
  const [isFavorite, setFavorite] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const bucketId = choice === undefined ? current : choice;
  const filter = useMemo(
    () => ({ search: '', bucketId, tags: isFavorite ? [FAVORITE] : [], from: null, to: null }),
    [bucketId, isFavorite],
  );

  if (open !== null) {
    return (
      <Conversation
        key={open}
        endpoint={open}
        acts={acts}
        replyTo={replyTo}
        onReply={setReplyTo}
        onClose={() => setOpen(null)}
        onCall={prepare}
      />
    );
  }
  return (
    <section className="inbox" aria-label={texts.inbox}>
      <div className="inbox-head">
        <BucketChoice value={bucketId} onValue={(id) => setChoice(id === current ? undefined : id)} />
        <Button
          icon="star"
          data-act="favorites"
          isLit={isFavorite}
          aria-label={texts.onlyFavorites}
          onClick={() => setFavorite(!isFavorite)}
        />
      </div>
      <div className="inbox-body">
        <MessageList
          filter={filter}
          acts={acts}
          none={isFavorite ? texts.nonePicked : texts.noneInBucket}
          problem={acts.problem}
          chosen={null}
          onOpen={(message) => {
            setReplyTo(message.type === 'sms_in' ? message : null);
            setOpen(message.endpoint);
          }}
          onForward={(message) => navigate('/messages/new', { state: message.content })}
          onCall={prepare}
        />
      </div>
    </section>
  );
}
