// The screen of texts: a list by bucket, tag, star and words; beside it the conversation with a number, a new text, or
// the buckets. What is open beside it is in the address: /messages/with/+220…, /messages/new, /messages/buckets.
import type { Message } from '@openline/protocol';
import { useMemo, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { useControls } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { RecordFilters, useRecordFilter } from '../../ui/record-filters.tsx';
import { Screen } from '../../ui/screen.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { BucketChoice, Buckets } from './buckets.tsx';
import { Conversation } from './conversation.tsx';
import { MessageList } from './message-list.tsx';
import './messages.css';
import { NewMessage } from './new-message.tsx';
import { useMessageActs } from './use-message-acts.ts';

export default function MessagesScreen() {
  const all = useTexts();
  const texts = all.messages;
  const acts = useMessageActs();
  const controls = useControls();
  const { prepare } = useDialRequest();
  const [, navigate] = useLocation();
  const [isWith, params] = useRoute('/messages/with/*');
  const [isNew] = useRoute('/messages/new');
  const [isBuckets] = useRoute('/messages/buckets');
  const filters = useRecordFilter();
  const [bucketId, setBucketId] = useState<string | null>(null);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const forwarded = useHistoryState<string | null>() ?? '';
  const filter = useMemo(() => ({ ...filters.filter, bucketId }), [filters.filter, bucketId]);
  const endpoint = isWith ? decodeURIComponent(params['*'] ?? '') : null;
  const close = () => navigate('/messages');

  function open(message: Message) {
    setReplyTo(message.type === 'sms_in' ? message : null);
    navigate(`/messages/with/${encodeURIComponent(message.endpoint)}`);
  }

  function forward(message: Message) {
    navigate('/messages/new', { state: message.content });
  }

  /** The server has spelt the number as it spells all: its conversation is opened by that. */
  async function openSent(id: string) {
    const outcome = await controls.ask('messages:fetch', { ids: [id] });
    const sent = outcome.ok ? outcome.answer?.messages[0] : undefined;
    navigate(sent ? `/messages/with/${encodeURIComponent(sent.endpoint)}` : '/messages');
  }

  const aside = endpoint ? (
    <Conversation
      key={endpoint}
      endpoint={endpoint}
      acts={acts}
      replyTo={replyTo?.endpoint === endpoint ? replyTo : null}
      onReply={setReplyTo}
      onClose={close}
      onCall={prepare}
    />
  ) : isNew ? (
    <NewMessage
      key={forwarded}
      first={forwarded}
      acts={acts}
      onClose={close}
      onSent={(id) => void openSent(id)}
    />
  ) : isBuckets ? (
    <Buckets onClose={close} />
  ) : null;

  return (
    <Screen
      name="messages"
      title={texts.title}
      aside={aside}
      tools={
        <>
          <RecordFilters state={filters} label={texts.search} />
          <BucketChoice value={bucketId} onValue={setBucketId} />
          <Button data-act="buckets" onClick={() => navigate('/messages/buckets')}>
            {texts.buckets}
          </Button>
          <Button
            tone="go"
            icon="plus"
            data-act="new"
            disabled={!acts.maySend}
            onClick={() => navigate('/messages/new')}
          >
            {texts.newText}
          </Button>
        </>
      }
    >
      <MessageList
        filter={filter}
        acts={acts}
        none={filters.isOpen && bucketId === null ? texts.none : all.filters.nothingFits}
        problem={aside === null ? acts.problem : null}
        chosen={endpoint}
        onOpen={open}
        onForward={forward}
        onCall={prepare}
      />
    </Screen>
  );
}
