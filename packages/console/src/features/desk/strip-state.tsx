// The band of a strip that says its state: icon, word, running timer, and what is beside it: where it is on its way to,
// with whom it is, how far the screening is, that it is locked.
import type { ChannelState } from '@openline/protocol';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { RunningTime } from './running-time.tsx';
import { isInQueue, type StripView } from './strip-view.ts';

interface StripStateProps {
  id: string;
  channel: ChannelState;
  strip: StripView;
}

export function StripState({ id, channel, strip }: StripStateProps) {
  const texts = useTexts();
  const word = texts.modes[strip.word];
  return (
    <div className="strip-state" title={word}>
      <Icon name={strip.icon} size={22} />
      <strong className="strip-word">{word}</strong>
      {strip.hasCall && <RunningTime since={channel.timestamp} />}
      <Beside id={id} channel={channel} strip={strip} />
    </div>
  );
}

function Beside({ id, channel, strip }: StripStateProps) {
  const texts = useTexts();
  const place = useDesk((view) => (isInQueue(channel) ? view.desk?.queue.order.indexOf(id) : -1)) ?? -1;
  if (strip.pendingWord !== null) {
    return <span className="strip-with">{texts.strip.pending(texts.modes[strip.pendingWord])}</span>;
  }
  if (strip.word === 'withUser') return <span className="strip-with">{strip.userName}</span>;
  if (channel.locked) {
    return (
      <span className="strip-with">
        <Icon name="lock" size={16} />
        <span className="unseen">{texts.strip.locked}</span>
      </span>
    );
  }
  if (strip.screening === null) return null;
  const said = texts.screening[strip.screening];
  return (
    <span className="strip-screening" data-screening={strip.screening} title={said}>
      {place >= 0 && <b>{place + 1}</b>}
      <span>{said}</span>
    </span>
  );
}
