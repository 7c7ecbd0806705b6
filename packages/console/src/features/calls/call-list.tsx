// The history: who called or was called, when, how long, how it ended, and the recordings. Kept up to date by the
// connection while the list is on the page.
import type { Call } from '@openline/protocol';
import { useEffect, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';

export function CallList({ onCallBack }: { onCallBack: (number: string) => void }) {
  const texts = useTexts().calls;
  const controls = useControls();
  const history = useDesk((view) => view.history);
  const isLive = useDesk((view) => view.phase === 'live');
  const [playing, setPlaying] = useState<string | null>(null);

  useEffect(() => {
    if (isLive) controls.fetchCalls(null);
  }, [isLive, controls]);

  if (history.calls.length === 0) {
    return <p className="calls-none">{history.isRead ? texts.none : texts.loading}</p>;
  }
  return (
    <div className="calls">
      <ul>
        {history.calls.map((call) => (
          <CallEntry
            key={call.id}
            call={call}
            isPlaying={playing === call.id}
            onPlay={() => setPlaying(playing === call.id ? null : call.id)}
            onCallBack={onCallBack}
          />
        ))}
      </ul>
      {history.cursor !== null && (
        <Button disabled={!isLive} onClick={() => controls.fetchCalls(history.cursor)}>
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
