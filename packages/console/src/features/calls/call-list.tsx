// The history: who called or was called, when, how long, how it ended, and the recordings. Kept up to date by the
// connection while the list is on the page.
import type { Call } from '@openline/protocol';
import { useMemo, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { type CallFilter, callSource } from './call-source.ts';

interface CallListProps {
  filter: CallFilter;
  onCallBack: (number: string) => void;
}

export function CallList({ filter, onCallBack }: CallListProps) {
  const texts = useTexts().calls;
  const controls = useControls();
  const { isRemoved } = useUndo();
  const source = useMemo(() => callSource(controls, filter), [controls, filter]);
  const list = useRecordList(source);
  const isLive = useDesk((view) => view.phase === 'live');
  const [playing, setPlaying] = useState<string | null>(null);
  const calls = list.entries.filter((call) => !isRemoved(call.id));

  if (list.state === 'failed') return <EmptyNote>{list.problem}</EmptyNote>;
  if (calls.length === 0) return <EmptyNote>{list.state === 'read' ? texts.none : texts.loading}</EmptyNote>;
  return (
    <div className="calls">
      <ul>
        {calls.map((call) => (
          <CallEntry
            key={call.id}
            call={call}
            isPlaying={playing === call.id}
            onPlay={() => setPlaying(playing === call.id ? null : call.id)}
            onCallBack={onCallBack}
          />
        ))}
      </ul>
      {list.hasMore && (
        <Button disabled={!isLive} isPending={list.isReadingMore} onClick={list.readMore}>
          {texts.more}
        </Button>
      )}
    </div>
  );
}

interface CallEntryProps {
  call: Call;
  isPlaying: boolean;
  onPlay: () => void;
  onCallBack: (number: string) => void;
}

function CallEntry({ call, isPlaying, onPlay, onCallBack }: CallEntryProps) {
  const texts = useTexts();
  const { code } = useLanguage();
  const who = call.type === 'program' ? texts.calls.program : (call.name ?? call.number);
  const when = new Intl.DateTimeFormat(code, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    call.timestamp,
  );
  const isMissed = call.type === 'call' && !call.answered && call.hangup_cause !== null;
  return (
    <li className="call" data-missed={isMissed || undefined} data-call={call.id}>
      <span
        className="call-way"
        title={call.direction === 'out' ? texts.calls.outgoing : texts.calls.incoming}
      >
        <Icon name={call.type === 'program' ? 'air' : call.direction === 'out' ? 'outgoing' : 'incoming'} />
      </span>
      <span className="call-who">
        <strong>{who === '' ? texts.strip.unknownNumber : who}</strong>
        <small>{[when, ...storyOf(call, texts)].join(' · ')}</small>
      </span>
      {call.recordings.length > 0 && (
        <Button
          tone="bare"
          icon="play"
          isLit={isPlaying}
          aria-label={`${texts.calls.play}: ${who}`}
          onClick={onPlay}
        />
      )}
      {call.number !== '' && call.type === 'call' && (
        <Button
          tone="bare"
          icon="outgoing"
          aria-label={texts.calls.callBack(who)}
          onClick={() => onCallBack(call.number)}
        />
      )}
      {isPlaying &&
        call.recordings.map((recording) => (
          <audio key={recording.audio_url} controls preload="metadata" src={recording.audio_url}>
            <track kind="captions" />
          </audio>
        ))}
    </li>
  );
}

function storyOf(call: Call, texts: ReturnType<typeof useTexts>): string[] {
  const story: string[] = call.hangup_cause === null ? [texts.calls.underWay] : [];
  if (call.duration_ms > 0) story.push(durationText(call.duration_ms));
  if (call.on_air_ms > 0 && call.type === 'call')
    story.push(texts.calls.onAirFor(durationText(call.on_air_ms)));
  if (call.hangup_cause !== null && call.hangup_cause !== 'normal') {
    story.push(texts.causes[call.hangup_cause] ?? call.hangup_cause);
  }
  return story;
}
