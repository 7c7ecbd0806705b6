// What is played from files, on strips of its own along the bottom of every screen: what, to whom, how long it still goes,
// how loud; stopped by one press. Nothing is there while nothing is played.
import { mayDo, type PlayerState } from '@openline/protocol';
import { useEffect } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { useSecond } from '../../ui/second-ticker.ts';
import { LevelBlock } from '../desk/level-block.tsx';
import { useSurroundings } from '../desk/surroundings.tsx';
import './media.css';

/** On the desk of a wide screen it stands in the side column, where it takes no room from the strips. */
export function Played({ isDesk }: { isDesk: boolean }) {
  const texts = useTexts().media;
  const players = useDesk((view) => view.desk?.mixer.players);
  const shown = Object.entries(players ?? {});
  if (shown.length === 0) return null;
  return (
    <section className="played" aria-label={texts.title} data-on-desk={isDesk || undefined}>
      {shown.map(([id, player]) => (
        <PlayedStrip key={id} id={id} player={player} />
      ))}
    </section>
  );
}

function PlayedStrip({ id, player }: { id: string; player: PlayerState }) {
  const texts = useTexts().media;
  const controls = useControls();
  const { me, userNames } = useSurroundings();
  const isLive = useDesk((view) => view.phase === 'live');
  const isStopping = useDesk((view) => view.pending.get(id)?.has('stop') === true);
  const refusal = useDesk((view) => view.refusals.get(id));
  useEffect(() => controls.watchMeters(), [controls]);
  const isToAir = player.to === 'air';
  const isDisabled = !isLive || !mayDo(me.role, 'media:stop', isToAir);
  const to = isToAir ? texts.toAir : texts.toEar(userNames[player.to] ?? player.to);
  return (
    <div
      className="played-strip"
      data-player={id}
      data-to={isToAir ? 'air' : 'ear'}
      role="group"
      aria-label={player.title}
    >
      <span className="played-to">
        <Icon name={isToAir ? 'air' : 'headset'} />
        <span>{to}</span>
      </span>
      <strong className="played-title" title={player.title}>
        {player.title}
      </strong>
      <Left player={player} />
      <LevelBlock
        source={`player/${id}`}
        level={player.level}
        label={texts.level(player.title)}
        meterLabel={texts.loudness(player.title)}
        isHorizontal
        isDisabled={isDisabled}
        onLevel={(level) => controls.slidePlayer(id, level)}
      />
      <Button
        icon="close"
        tone="drop"
        data-act="stop-played"
        isPending={isStopping}
        disabled={isDisabled}
        aria-label={texts.stop(player.title)}
        onClick={() => controls.set(id, 'stop', 'media:stop', [id])}
      >
        {texts.stopShort}
      </Button>
      {refusal && <span className="section-refusal">{refusal}</span>}
    </div>
  );
}

function Left({ player }: { player: PlayerState }) {
  const texts = useTexts().media;
  const offsetMs = useDesk((view) => view.clockOffsetMs);
  const second = useSecond();
  const playedMs = second * 1000 + offsetMs - player.started + player.from_ms;
  const leftMs = Math.max(0, player.duration_ms - Math.max(0, playedMs));
  return (
    <span className="running-time" role="timer" aria-live="off" aria-label={texts.left}>
      {`−${durationText(leftMs)}`}
    </span>
  );
}
