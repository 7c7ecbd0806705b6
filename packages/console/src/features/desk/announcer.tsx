// Says politely, to those who listen to the page, what changed on the desk: modes of channels, on air, refusals.
import type { ChannelState } from '@openline/protocol';
import { useEffect, useRef, useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { isInQueue, type Surroundings, viewOfStrip } from './strip-view.ts';
import { useSurroundings } from './surroundings.tsx';

export function Announcer() {
  const texts = useTexts();
  const around = useSurroundings();
  const channels = useDesk((view) => view.desk?.mixer.channels);
  const refusals = useDesk((view) => view.refusals);
  const isOnAir = around.isOnAir;
  const before = useRef({ channels, refusals, isOnAir });
  const [said, setSaid] = useState('');

  useEffect(() => {
    const was = before.current;
    before.current = { channels, refusals, isOnAir };
    const news = [
      ...(was.isOnAir === isOnAir ? [] : [isOnAir ? texts.announce.onAir : texts.announce.offAir]),
      ...changedChannels(was.channels, channels).map((id) => {
        const channel = channels?.[id];
        if (!channel) return '';
        const word = texts.modes[viewOfStrip(channel, around).word];
        return texts.announce.mode(channel.label, word, whoIsAt(channel, around));
      }),
      ...newInQueue(was.channels, channels).map((id) => {
        const channel = channels?.[id];
        return channel?.screening
          ? texts.announce.screening(channel.label, texts.screening[channel.screening])
          : '';
      }),
      ...[...refusals].filter(([place, why]) => was.refusals.get(place) !== why).map(([, why]) => why),
    ];
    if (news.length > 0) setSaid(news.join('. '));
  }, [channels, refusals, isOnAir, around, texts]);

  return (
    <p className="unseen" role="status" aria-live="polite">
      {said}
    </p>
  );
}

type Channels = Readonly<Record<string, ChannelState>>;

function changedChannels(was: Channels | undefined, now: Channels | undefined): string[] {
  if (!was || !now) return [];
  return Object.keys(now).filter((id) => now[id]?.line_id !== null && was[id]?.mode !== now[id]?.mode);
}

/** Who has just become ready, or the next. */
function newInQueue(was: Channels | undefined, now: Channels | undefined): string[] {
  if (!was || !now) return [];
  return Object.entries(now)
    .filter(([id, channel]) => isInQueue(channel) && was[id]?.screening !== channel.screening)
    .map(([id]) => id);
}

function whoIsAt(channel: ChannelState, around: Surroundings): string {
  if (channel.mode === 'free' || channel.mode === 'defunct') return '';
  const who = channel.contact?.name ?? channel.contact?.number ?? '';
  const operator = around.userNames[channel.mode];
  return operator ? `${operator}, ${who}` : who;
}
