// One channel of the desk: state, caller, what can be done next, level. Draws what strip-view decides.
import { memo } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Autoanswer } from './autoanswer.tsx';
import { CallerCard } from './caller-card.tsx';
import { LineQuality } from './line-quality.tsx';
import { LevelBlock } from './level-block.tsx';
import { RunningTime } from './running-time.tsx';
import { type Act, isUnderWay, viewOfStrip } from './strip-view.ts';
import { useSurroundings } from './surroundings.ts';

interface StripProps {
  id: string;
  /** What the keyboard selects it by; '' beyond the ninth. */
  keyName: string;
  isSelected: boolean;
  onSelect: (id: string) => void;
  onAct: (id: string, act: Act) => void;
}

export const Strip = memo(function Strip({ id, keyName, isSelected, onSelect, onAct }: StripProps) {
  const texts = useTexts();
  const controls = useControls();
  const around = useSurroundings();
  const channel = useDesk((view) => view.desk?.mixer.channels[id]);
  const refusal = useDesk((view) => view.refusals.get(id));
  const isLive = useDesk((view) => view.phase === 'live');
  const pendingHere = useDesk((view) => view.pending.get(id));
  if (!channel) return null;

  const strip = viewOfStrip(channel, around);
  const name = texts.strip.name(keyName, channel.label);
  const isPending = (act: Act) => pendingHere?.has(act) === true || isUnderWay(act, channel, around.me.id);
  const word = texts.modes[strip.word];

  return (
    <article
      className="strip"
      aria-label={name}
      data-channel={id}
      data-mode={channel.mode}
      data-tone={strip.tone}
      data-selected={isSelected || undefined}
      data-pending={channel.pending !== null || undefined}
      onPointerDown={() => onSelect(id)}
      onFocus={() => onSelect(id)}
    >
      <header className="strip-head">
        <kbd>{keyName}</kbd>
        <span className="strip-label">{channel.label}</span>
        {channel.held_by_remote && <span className="strip-flag">{texts.strip.heldByRemote}</span>}
        {strip.hasCall && channel.quality && <LineQuality quality={channel.quality} />}
        {!strip.hasCall && channel.contact && <span className="strip-left">{texts.strip.lastCaller}</span>}
      </header>

      <div className="strip-state" title={word}>
        <Icon name={strip.icon} size={22} />
        <strong className="strip-word">{word}</strong>
        {strip.hasCall && <RunningTime since={channel.timestamp} />}
        {strip.pendingWord !== null && (
          <span className="strip-with">{texts.strip.pending(texts.modes[strip.pendingWord])}</span>
        )}
        {strip.pendingWord === null && strip.word === 'withUser' && (
          <span className="strip-with">{strip.userName}</span>
        )}
      </div>

      <CallerCard id={id} channel={channel} strip={strip} name={name} />

      <div
        className="strip-acts"
        role="group"
        aria-label={texts.strip.actsTitle(name)}
        data-count={strip.acts.length}
      >
        {strip.acts.map((act, index) => (
          <Button
            key={act}
            icon={actIcons[act]}
            tone={actTones[act]}
            isLarge={index === 0 && act !== 'dial'}
            isPending={isPending(act)}
            disabled={!isLive}
            aria-label={texts.actsInFull[act](name)}
            title={texts.actsInFull[act](name)}
            data-act={act}
            // The second click of a double-click decides nothing: what stands there may be another button by now.
            onClick={(event) => event.detail <= 1 && onAct(id, act)}
          >
            {texts.acts[act]}
          </Button>
        ))}
        {refusal && (
          <p className="strip-refusal">
            <span>{refusal}</span>
            <Button
              tone="bare"
              icon="close"
              aria-label={texts.strip.dismiss}
              onClick={() => controls.dismiss(id)}
            />
          </p>
        )}
      </div>

      <div className="strip-desk">
        <LevelBlock
          source={id}
          level={channel.level}
          label={texts.strip.level(name)}
          meterLabel={texts.strip.meter(name)}
          isDisabled={!isLive || !strip.canLevel}
          onLevel={(level) => controls.slideChannel(id, level)}
        />
        <div className="strip-latches">
          <Button
            icon="muted"
            tone="drop"
            isLit={channel.muted}
            isPending={pendingHere?.has('mute') === true}
            disabled={!isLive || !strip.canMute}
            aria-label={texts.strip.muteInFull(name)}
            onClick={() => controls.set(id, 'mute', 'channelMuted', { [id]: !channel.muted })}
          >
            {texts.strip.mute}
          </Button>
          <Button
            icon="record"
            tone="air"
            isLit={channel.recording}
            isPending={pendingHere?.has('record') === true}
            disabled={!isLive || !strip.canRecord}
            aria-label={texts.strip.recordInFull(name)}
            onClick={() => controls.set(id, 'record', 'channelRecording', { [id]: !channel.recording })}
          >
            {texts.strip.record}
          </Button>
          <Autoanswer
            name={name}
            value={channel.autoanswer}
            isDisabled={!isLive || !strip.canAutoanswer}
            onChoose={(to) => controls.set(id, 'autoanswer', 'channelAutoAnswer', { [id]: to })}
          />
        </div>
      </div>
    </article>
  );
});

const actIcons: Record<Act, IconName> = {
  air: 'air',
  airBoth: 'users',
  hold: 'pause',
  screen: 'headset',
  ivr: 'keypad',
  drop: 'hangUp',
  reject: 'hangUp',
  cancel: 'hangUp',
  dial: 'outgoing',
};

const actTones: Record<Act, NonNullable<ButtonProps['tone']>> = {
  air: 'air',
  airBoth: 'air',
  hold: 'hold',
  screen: 'private',
  ivr: 'ivr',
  drop: 'drop',
  reject: 'drop',
  cancel: 'drop',
  dial: 'plain',
};
