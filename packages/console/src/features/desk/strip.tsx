// One channel of the desk: state, caller, what can be done next, level. Draws what strip-view decides.
import { memo } from 'react';
import type { ChannelState } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Autoanswer } from './autoanswer.tsx';
import { CallerCard } from './caller-card.tsx';
import { LineQuality } from './line-quality.tsx';
import { LevellerControl } from './leveller-control.tsx';
import { LevelBlock } from './level-block.tsx';
import { StripActs } from './strip-acts.tsx';
import { StripState } from './strip-state.tsx';
import { type StripView, viewOfStrip } from './strip-view.ts';
import { useSurroundings } from './surroundings.tsx';
import type { DoAct } from './use-acts.ts';

interface StripProps {
  id: string;
  /** What the keyboard selects it by. */
  keyName: string;
  isSelected: boolean;
  onSelect: (id: string) => void;
  onAct: DoAct;
}

export const Strip = memo(function Strip({ id, keyName, isSelected, onSelect, onAct }: StripProps) {
  const texts = useTexts();
  const around = useSurroundings();
  const channel = useDesk((view) => view.desk?.mixer.channels[id]);
  if (!channel) return null;
  const strip = viewOfStrip(channel, around);
  const name = texts.strip.name(keyName, channel.label);
  return (
    <article
      className="strip"
      aria-label={name}
      data-channel={id}
      data-mode={channel.mode}
      data-tone={strip.tone}
      data-screening={channel.screening ?? undefined}
      data-locked={channel.locked || undefined}
      data-selected={isSelected || undefined}
      data-pending={channel.pending !== null || undefined}
      onPointerDown={() => onSelect(id)}
      onFocus={() => onSelect(id)}
    >
      <div className="strip-inside">
        <header className="strip-head">
          <kbd>{keyName}</kbd>
          <span className="strip-label">{channel.label}</span>
          {channel.held_by_remote && <span className="strip-flag">{texts.strip.heldByRemote}</span>}
          {strip.hasCall && channel.quality && <LineQuality quality={channel.quality} />}
          {!strip.hasCall && channel.contact && <span className="strip-left">{texts.strip.lastCaller}</span>}
          {channel.leveller && (
            <LevellerControl
              id={id}
              name={name}
              leveller={channel.leveller}
              mayChange={strip.canSetLeveller}
            />
          )}
        </header>
        <StripState id={id} channel={channel} strip={strip} />
        <CallerCard id={id} channel={channel} strip={strip} name={name} />
        <StripActs id={id} name={name} channel={channel} strip={strip} onAct={onAct} />
        <StripDesk id={id} name={name} channel={channel} strip={strip} />
      </div>
    </article>
  );
});

interface StripDeskProps {
  id: string;
  name: string;
  channel: ChannelState;
  strip: StripView;
}

/** What is on every strip in the same place: meter, fader, mute, record, how the next call is answered. */
function StripDesk({ id, name, channel, strip }: StripDeskProps) {
  const texts = useTexts().strip;
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const pending = useDesk((view) => view.pending.get(id));
  const isArmed = channel.recording && !strip.hasCall;
  return (
    <div className="strip-desk">
      <LevelBlock
        source={id}
        level={channel.level}
        label={texts.level(name)}
        meterLabel={texts.meter(name)}
        isDisabled={!isLive || !strip.canLevel}
        onLevel={(level) => controls.slideChannel(id, level)}
      />
      <div className="strip-latches">
        <Button
          icon="muted"
          tone="drop"
          isLit={channel.muted}
          isPending={pending?.has('mute') === true}
          disabled={!isLive || !strip.canMute}
          aria-label={texts.muteInFull(name)}
          onClick={() => controls.set(id, 'mute', 'channelMuted', { [id]: !channel.muted })}
        >
          {texts.mute}
        </Button>
        <Button
          icon="record"
          tone="air"
          isLit={channel.recording}
          isPending={pending?.has('record') === true}
          disabled={!isLive || !strip.canRecord}
          data-armed={isArmed || undefined}
          aria-label={isArmed ? texts.armedInFull(name) : texts.recordInFull(name)}
          onClick={() => controls.set(id, 'record', 'channelRecording', { [id]: !channel.recording })}
        >
          {isArmed ? texts.armed : texts.record}
        </Button>
        <Autoanswer
          name={name}
          value={channel.autoanswer}
          isDisabled={!isLive || !strip.canAutoanswer}
          onChoose={(to) => controls.set(id, 'autoanswer', 'channelAutoAnswer', { [id]: to })}
        />
      </div>
    </div>
  );
}
