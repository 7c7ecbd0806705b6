// The history: who called or was called, when, how long, how it ended, and the recordings. Kept up to date by the
// connection while the list is on the page. On its own screen, and narrow beside the strips.
import { Fragment, useMemo, useState } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useRecordActs } from '../../connection/use-record-acts.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { ListFrame } from '../../ui/list-frame.tsx';
import type { RecordFilter } from '../../ui/record-filters.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { dayText, isOtherDay, whenText } from '../../ui/when.ts';
import { CallEntry } from './call-entry.tsx';
import { callSource } from './call-source.ts';

interface CallListProps {
  filter: RecordFilter;
  /** What the list says when nothing fits. */
  none: string;
  onCallBack: (number: string) => void;
}

export function CallList({ filter, none, onCallBack }: CallListProps) {
  const texts = useTexts();
  const { locale } = useLanguage();
  const today = useToday();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const acts = useRecordActs('calls', texts.connection.none);
  const source = useMemo(() => callSource(controls, filter), [controls, filter]);
  const list = useRecordList(source);
  const [playing, setPlaying] = useState<string | null>(null);
  const calls = list.entries.filter((call) => !isRemoved(call.id));

  return (
    <ListFrame list={list} size={calls.length} none={none} problem={acts.problem}>
      <ul className="calls">
        {calls.map((call, index) => (
          <Fragment key={call.id}>
            {isOtherDay(call.timestamp, calls[index - 1]?.timestamp, today) && (
              <li className="list-day">{dayText(call.timestamp, locale)}</li>
            )}
            <CallEntry
              call={call}
              when={whenText(call.timestamp, today, locale)}
              acts={acts}
              isPlaying={playing === call.id}
              onPlay={() => setPlaying(playing === call.id ? null : call.id)}
              onCallBack={onCallBack}
            />
          </Fragment>
        ))}
      </ul>
    </ListFrame>
  );
}
