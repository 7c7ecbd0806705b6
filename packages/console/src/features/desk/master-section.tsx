// The program: on air or not (press and hold), its level, mute and recording, what goes to air and how late, and the
// studio desk's own feed beside it. Under it what belongs to the show: whether new callers hear busy, and where texts go.
import { mayDo } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Meter } from '../../ui/meter.tsx';
import { useIsNarrow } from '../../ui/narrow-screen.ts';
import { PressAndHold } from '../../ui/press-and-hold.tsx';
import { Jingles } from '../media/jingles.tsx';
import { DelayControl } from './delay-control.tsx';
import { LevelBlock } from './level-block.tsx';
import { OutputLights } from './output-lights.tsx';
import { useSurroundings } from './surroundings.tsx';

export function MasterSection() {
  const texts = useTexts().master;
  const controls = useControls();
  const { me } = useSurroundings();
  const isNarrow = useIsNarrow();
  const master = useDesk((view) => view.desk?.mixer.master);
  const isLive = useDesk((view) => view.phase === 'live');
  const pending = useDesk((view) => view.pending.get('master'));
  const refusal = useDesk((view) => view.refusals.get('master') ?? view.refusals.get('host'));
  if (!master) return null;
  const mayWork = mayDo(me.role, 'masterOnAir');
  const isDisabled = !isLive || !mayWork;
  const word = master.on_air ? texts.onAir : texts.offAir;
  const hint = master.on_air ? texts.holdToLeave : texts.holdToGo;

  return (
    <section className="master" aria-label={texts.title} data-on-air={master.on_air || undefined}>
      <PressAndHold
        className="on-air"
        isPressed={master.on_air}
        isDisabled={isDisabled}
        isPending={pending?.has('onAir') === true}
        onHeld={() => controls.set('master', 'onAir', 'masterOnAir', !master.on_air)}
      >
        <Icon name={master.on_air ? 'air' : 'air-off'} size={28} />
        <span className="on-air-words">
          <strong>{word} </strong>
          {mayWork && <small>{hint}</small>}
        </span>
      </PressAndHold>

      <div className="master-desk">
        <div className="bus" role="group" aria-label={texts.program}>
          <h2>{texts.program}</h2>
          <LevelBlock
            source="program"
            level={master.level}
            label={texts.level}
            meterLabel={texts.programInFull}
            isHorizontal={isNarrow}
            isDisabled={isDisabled}
            onLevel={(level) => controls.slideMaster(level)}
          />
          <div className="bus-latches">
            <Button
              icon="muted"
              tone="drop"
              isLit={master.muted}
              isPending={pending?.has('mute') === true}
              disabled={isDisabled}
              aria-label={texts.muteInFull}
              onClick={() => controls.set('master', 'mute', 'masterMuted', !master.muted)}
            >
              {texts.mute}
            </Button>
            <Button
              icon="record"
              tone="air"
              isLit={master.recording}
              isPending={pending?.has('record') === true}
              disabled={isDisabled}
              aria-label={texts.recordInFull}
              onClick={() => controls.set('master', 'record', 'masterRecording', !master.recording)}
            >
              {texts.record}
            </Button>
          </div>
        </div>
        <div className="air-meter">
          <h2>{texts.air}</h2>
          <Meter source="air" label={texts.airInFull} />
        </div>
        <Host isDisabled={isDisabled} isNarrow={isNarrow} />
      </div>
      <DelayControl />
      <div className="master-show">
        <LinesBusy />
        <CurrentBucket />
        <Jingles />
      </div>
      <OutputLights />
      {refusal && <p className="section-refusal">{refusal}</p>}
    </section>
  );
}

function Host({ isDisabled, isNarrow }: { isDisabled: boolean; isNarrow: boolean }) {
  const texts = useTexts().master;
  const controls = useControls();
  const host = useDesk((view) => view.desk?.mixer.host);
  const pending = useDesk((view) => view.pending.get('host'));
  if (!host) return null;
  return (
    <div
      className="bus host"
      role="group"
      aria-label={texts.host}
      data-connected={host.connected || undefined}
    >
      <h2>{host.connected ? texts.host : texts.hostAway}</h2>
      <LevelBlock
        source="host"
        level={host.level}
        label={texts.hostLevel}
        meterLabel={texts.hostMeter}
        isHorizontal={isNarrow}
        isDisabled={isDisabled}
        onLevel={(level) => controls.slideHost(level)}
      />
      <div className="bus-latches">
        <Button
          icon="muted"
          tone="drop"
          isLit={host.muted}
          isPending={pending?.has('mute') === true}
          disabled={isDisabled}
          aria-label={texts.hostMute}
          onClick={() => controls.set('host', 'mute', 'hostMuted', !host.muted)}
        >
          {texts.mute}
        </Button>
      </div>
    </div>
  );
}

function LinesBusy() {
  const texts = useTexts().master;
  const controls = useControls();
  const { me } = useSurroundings();
  const areBusy = useDesk((view) => view.desk?.queue.lines_busy === true);
  const isPending = useDesk((view) => view.pending.get('master')?.has('linesBusy') === true);
  const isLive = useDesk((view) => view.phase === 'live');
  return (
    <Button
      icon={areBusy ? 'block' : 'incoming'}
      tone="drop"
      isLit={areBusy}
      isPending={isPending}
      disabled={!isLive || !mayDo(me.role, 'linesBusy')}
      aria-label={texts.linesBusyInFull}
      data-act="linesBusy"
      onClick={() => controls.set('master', 'linesBusy', 'linesBusy', !areBusy)}
    >
      {areBusy ? texts.linesBusy : texts.linesOpen}
    </Button>
  );
}

function CurrentBucket() {
  const texts = useTexts().master;
  const controls = useControls();
  const { me } = useSurroundings();
  const buckets = useDesk((view) => view.desk?.buckets) ?? {};
  const current = useDesk((view) => view.desk?.current_bucket) ?? '';
  const isLive = useDesk((view) => view.phase === 'live');
  return (
    <select
      className="choice"
      aria-label={texts.bucket}
      title={texts.bucket}
      value={current}
      disabled={!isLive || !mayDo(me.role, 'currentBucketUpdate')}
      onChange={(event) => controls.set('master', 'bucket', 'currentBucketUpdate', event.target.value)}
    >
      {current === '' && <option value="" />}
      {Object.entries(buckets).map(([id, bucket]) => (
        <option key={id} value={id}>
          {bucket.name}
        </option>
      ))}
    </select>
  );
}
