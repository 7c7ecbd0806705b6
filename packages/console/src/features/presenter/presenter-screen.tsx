// The presenter's view, to be read from two metres: who is on air and for how long, who is next, and the picked texts as
// a prompter. Who may also takes the next to air and drops from here; both by press and hold, as hands lie on the desk.
import type { ChannelState } from '@openline/protocol';
import { mayDo } from '@openline/protocol';
import type { ReactNode } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { PressAndHold } from '../../ui/press-and-hold.tsx';
import { useOpenScreen } from '../../ui/use-open-screen.ts';
import { RunningTime } from '../desk/running-time.tsx';
import { useSurroundings } from '../desk/surroundings.tsx';
import { useDump } from '../desk/use-dump.ts';
import { HostHeadset } from '../headset/host-headset.tsx';
import { callersOnAir, whoIs } from '../queue/queue-names.ts';
import { useNextToAir } from '../queue/use-next-to-air.ts';
import { Prompter } from './prompter.tsx';
import './presenter.css';
import { useStaysAwake } from './stays-awake.ts';

export default function PresenterScreen() {
  const texts = useTexts();
  const { isOnAir } = useSurroundings();
  const onAir = useDesk((view) => callersOnAir(view.desk?.mixer.channels ?? {}).join(' '));
  const ids = onAir === '' ? [] : onAir.split(' ');
  const main = useOpenScreen(texts.screens.presenter);
  useStaysAwake();
  return (
    <main
      ref={main}
      className="presenter"
      data-screen="presenter"
      data-on-air={isOnAir || undefined}
      aria-label={texts.screens.presenter}
    >
      <h1 className="unseen">{texts.screens.presenter}</h1>
      <div className="presenter-air">
        <p role="status">
          <Icon name={isOnAir ? 'air' : 'air-off'} size={36} />
          <strong>{isOnAir ? texts.master.onAir : texts.master.offAir}</strong>
          <LinesBusy />
        </p>
        <HostHeadset />
      </div>
      <section className="presenter-now" aria-label={texts.presenter.now} data-count={ids.length}>
        {ids.length === 0 && <p className="presenter-nobody">{texts.queue.nobodyOnAir}</p>}
        {ids.map((id) => (
          <OnAir key={id} id={id} />
        ))}
      </section>
      <Next />
      <Dump />
      <Prompter />
    </main>
  );
}

function LinesBusy() {
  const texts = useTexts().master;
  const areBusy = useDesk((view) => view.desk?.queue.lines_busy === true);
  return areBusy && <span className="presenter-busy">{texts.linesBusy}</span>;
}

function OnAir({ id }: { id: string }) {
  const texts = useTexts();
  const controls = useControls();
  const { me } = useSurroundings();
  const channel = useDesk((view) => view.desk?.mixer.channels[id]);
  const isLive = useDesk((view) => view.phase === 'live');
  const isPending = useDesk((view) => view.pending.get(id)?.has('drop') === true);
  if (!channel) return null;
  const who = whoIs(channel) ?? texts.strip.unknownNumber;
  return (
    <article className="presenter-caller" data-presented={id}>
      <Person channel={channel} who={who} />
      <div className="presenter-side">
        <RunningTime since={channel.timestamp} />
        {channel.locked && (
          <span className="presenter-locked">
            <Icon name="lock" size={22} />
            {texts.lockedAct.short}
          </span>
        )}
        {mayDo(me.role, 'channelMode', true) && !channel.locked && (
          <HoldButton
            act="drop"
            label={texts.presenter.dropInFull(who)}
            isDisabled={!isLive}
            isPending={isPending || channel.pending === 'free'}
            onHeld={() => controls.set(id, 'drop', 'channelMode', { [id]: 'free' })}
          >
            <Icon name="hangUp" size={24} />
            <strong>{texts.acts.drop}</strong>
          </HoldButton>
        )}
      </div>
      <Refusal place={id} />
    </article>
  );
}

function Next() {
  const texts = useTexts();
  const next = useNextToAir();
  const channel = useDesk((view) => (next.id ? view.desk?.mixer.channels[next.id] : undefined));
  const waiting = useDesk((view) => view.desk?.queue.order.length) ?? 0;
  const isLive = useDesk((view) => view.phase === 'live');
  const who = whoIs(channel) ?? texts.strip.unknownNumber;
  return (
    <section className="presenter-next" aria-label={texts.queue.next} data-next={next.id ?? undefined}>
      <h2>
        {texts.queue.next}
        {waiting > 1 && <small>{texts.presenter.further(waiting - 1)}</small>}
      </h2>
      {channel ? (
        <Person channel={channel} who={who} />
      ) : (
        <p className="presenter-nobody">{texts.queue.nobody}</p>
      )}
      {channel && (
        <div className="presenter-side">
          <RunningTime since={channel.timestamp} />
          {next.mayTake && (
            <HoldButton
              act="next"
              label={texts.presenter.takeInFull(who)}
              isDisabled={!isLive}
              isPending={next.isPending}
              onHeld={next.take}
            >
              <Icon name="next" size={24} />
              <strong>{texts.presenter.take}</strong>
            </HoldButton>
          )}
        </div>
      )}
      <Refusal place="queue" />
    </section>
  );
}

/** Only while something is held back. */
function Dump() {
  const texts = useTexts().delay;
  const dump = useDump();
  return (
    dump.canDump && (
      <section className="presenter-dump" aria-label={texts.title}>
        <HoldButton
          act="dump"
          label={texts.dumpInFull}
          isDisabled={false}
          isPending={dump.isPending}
          onHeld={dump.dump}
        >
          <Icon name="cut" size={24} />
          <strong>{texts.dump}</strong>
        </HoldButton>
        <Refusal place="master" />
      </section>
    )
  );
}

function Person({ channel, who }: { channel: ChannelState; who: string }) {
  const { contact } = channel;
  return (
    <div className="presenter-person">
      <strong>{who}</strong>
      {contact?.location && <span>{contact.location}</span>}
      {contact?.point && <p>{contact.point}</p>}
    </div>
  );
}

interface HoldButtonProps {
  act: 'drop' | 'next' | 'dump';
  label: string;
  isDisabled: boolean;
  isPending: boolean;
  onHeld: () => void;
  children: ReactNode;
}

function HoldButton({ act, label, isDisabled, isPending, onHeld, children }: HoldButtonProps) {
  const texts = useTexts().presenter;
  return (
    <PressAndHold
      className="presenter-hold"
      act={act}
      isDisabled={isDisabled}
      isPending={isPending}
      onHeld={onHeld}
    >
      {children}
      <small>{texts.hold}</small>
      <span className="unseen">{label}</span>
    </PressAndHold>
  );
}

function Refusal({ place }: { place: string }) {
  const refusal = useDesk((view) => view.refusals.get(place));
  return refusal ? (
    <p className="section-refusal" role="status">
      {refusal}
    </p>
  ) : null;
}
