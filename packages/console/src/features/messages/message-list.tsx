// A list of texts by a filter, newest first, with the day between those of different days. On the screen of texts and,
// narrow, in the inbox beside the strips.
import type { Message } from '@openline/protocol';
import { Fragment, useMemo } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage } from '../../i18n/texts.ts';
import { ListFrame } from '../../ui/list-frame.tsx';
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
  problem: string | null;
  chosen: string | null;
  onOpen: (message: Message) => void;
  onForward: (message: Message) => void;
  onCall: (number: string) => void;
}

export function MessageList({
  filter,
  acts,
  none,
  problem,
  chosen,
  onOpen,
  onForward,
  onCall,
}: MessageListProps) {
  const { locale } = useLanguage();
  const today = useToday();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const source = useMemo(() => messageSource(controls, filter), [controls, filter]);
  const list = useRecordList(source);
  const shown = list.entries.filter((message) => !isRemoved(message.id));

  return (
    <ListFrame list={list} size={shown.length} none={none} problem={problem}>
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
    </ListFrame>
  );
}
