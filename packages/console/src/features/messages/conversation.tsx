// Everything that went to and fro with one number, oldest first, and the field to go on with it.
import type { Message } from '@openline/protocol';
import { Fragment, useEffect, useMemo, useRef } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { MoreButton, Problem } from '../../ui/list-frame.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { dayText, isOtherDay, whenText } from '../../ui/when.ts';
import { Compose } from './compose.tsx';
import { conversationSource } from './message-source.ts';
import { MessageStatus } from './message-status.tsx';
import type { MessageActs } from './use-message-acts.ts';

interface ConversationProps {
  endpoint: string;
  acts: MessageActs;
  replyTo: Message | null;
  onReply: (message: Message | null) => void;
  onClose: () => void;
  onCall: (number: string) => void;
}

export function Conversation({ endpoint, acts, replyTo, onReply, onClose, onCall }: ConversationProps) {
  const texts = useTexts().messages;
  const { locale } = useLanguage();
  const today = useToday();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const source = useMemo(() => conversationSource(controls, endpoint), [controls, endpoint]);
  const list = useRecordList(source);
  const end = useRef<HTMLDivElement>(null);
  const shown = list.entries.filter((message) => !isRemoved(message.id)).toReversed();
  const newest = shown.at(-1)?.id;
  const name = list.entries.find((message) => message.name !== null)?.name ?? null;

  useEffect(() => {
    if (newest !== undefined) end.current?.scrollIntoView({ block: 'end' });
  }, [newest]);

  return (
    <section className="conversation" data-conversation={endpoint} aria-label={texts.with(name ?? endpoint)}>
      <header className="aside-head">
        <Button tone="bare" icon="back" data-act="close" aria-label={texts.close} onClick={onClose} />
        <h2>
          {name ?? endpoint}
          {name !== null && <small>{endpoint}</small>}
        </h2>
        {/^\+?\d+$/.test(endpoint) && (
          <Button
            tone="bare"
            icon="outgoing"
            aria-label={texts.callWho(name ?? endpoint)}
            onClick={() => onCall(endpoint)}
          />
        )}
      </header>
      <div className="conversation-body">
        <MoreButton list={list} />
        {list.state === 'failed' && <EmptyNote>{list.problem}</EmptyNote>}
        {list.state === 'read' && shown.length === 0 && <EmptyNote>{texts.noneYet}</EmptyNote>}
        <ul className="bubbles">
          {shown.map((message, index) => (
            <Fragment key={message.id}>
              {isOtherDay(message.timestamp, shown[index - 1]?.timestamp, today) && (
                <li className="list-day">{dayText(message.timestamp, locale)}</li>
              )}
              <Bubble
                message={message}
                when={whenText(message.timestamp, today, locale)}
                answered={list.entries.find((one) => one.id === message.reply_to) ?? null}
                acts={acts}
                onReply={onReply}
              />
            </Fragment>
          ))}
        </ul>
        <div ref={end} />
      </div>
      <Problem text={acts.problem} />
      <Compose
        key={endpoint}
        endpoint={endpoint}
        acts={acts}
        replyTo={replyTo}
        onNoReply={() => onReply(null)}
      />
    </section>
  );
}

interface BubbleProps {
  message: Message;
  when: string;
  answered: Message | null;
  acts: MessageActs;
  onReply: (message: Message) => void;
}

function Bubble({ message, when, answered, acts, onReply }: BubbleProps) {
  const texts = useTexts().messages;
  const { endpoint, content, channel_id: channelId, reply_to: replyTo } = message;
  return (
    <li className="bubble" data-message={message.id} data-type={message.type}>
      {answered && <q>{answered.content}</q>}
      <p>{content}</p>
      <footer>
        <time>{when}</time>
        <MessageStatus message={message} />
        {message.type === 'sms_in' && acts.maySend && (
          <button type="button" className="link" data-act="reply" onClick={() => onReply(message)}>
            {texts.reply}
          </button>
        )}
        {message.status === 'failed' && acts.maySend && (
          <button
            type="button"
            className="link"
            data-act="retry"
            onClick={() => void acts.send({ endpoint, content, channelId, replyTo })}
          >
            {texts.retry}
          </button>
        )}
      </footer>
    </li>
  );
}
