// A list of texts by a filter, newest first, with the day between those of different days. On the screen of texts and,
// narrow, in the inbox beside the strips.
import type { Message } from '@openline/protocol';
import { Fragment, useMemo } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { dayText, isOtherDay, whenText } from '../../ui/when.ts';
import { MessageRow } from './message-row.tsx';
import { type MessageFilter, messageSource } from './message-source.ts';
import type { MessageActs } from './use-message-acts.ts';

interface MessageListProps {
  filter: MessageFilter;
  acts: MessageActs;
  /** What the list says when nothing fits. */
  none: string;
  chosen: string | null;
  onOpen: (message: Message) => void;
  onForward: (message: Message) => void;
  onCall: (number: string) => void;
}

export function MessageList({ filter, acts, none, chosen, onOpen, onForward, onCall }: MessageListProps) {
  const texts = useTexts().messages;
  const { locale } = useLanguage();
  const today = useToday();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const isLive = useDesk((view) => view.phase === 'live');
  const source = useMemo(() => messageSource(controls, filter), [controls, filter]);
  const list = useRecordList(source);
  const shown = list.entries.filter((message) => !isRemoved(message.id));

  if (list.state === 'failed') return <EmptyNote>{list.problem}</EmptyNote>;
  if (shown.length === 0) return <EmptyNote>{list.state === 'read' ? none : texts.reading}</EmptyNote>;
  return (
    <>
      <ul className="texts">
        {shown.map((message, index) => (
          <Fragment key={message.id}>
            {isOtherDay(message.timestamp, shown[index - 1]?.timestamp, today) && (
              <li className="list-day">{dayText(message.timestamp, locale)}</li>
            )}
            <MessageRow
              message={message}
              when={whenText(message.timestamp, today, locale)}
              acts={acts}
              isChosen={chosen === message.endpoint}
              onOpen={onOpen}
              onForward={onForward}
              onCall={onCall}
            />
          </Fragment>
        ))}
      </ul>
      {list.hasMore && (
        <Button
          className="list-more"
          disabled={!isLive}
          isPending={list.isReadingMore}
          onClick={list.readMore}
        >
          {texts.older}
        </Button>
      )}
    </>
  );
}
