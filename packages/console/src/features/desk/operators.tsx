// The operators, in the top bar: myself with what I can do next, the others behind one button that says how many of
// them can be reached. For each a panel with levels and the less frequent acts.
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import type { DeskView } from '../../connection/desk-view.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { HeadsetControl } from '../headset/headset-control.tsx';
import { OperatorLevels } from './operator-levels.tsx';
import { modeOfOperatorAct, type OperatorAct, type OperatorView, viewOfOperator } from './operator-view.ts';
import { useSurroundings } from './surroundings.tsx';

const actTones: Record<OperatorAct, NonNullable<ButtonProps['tone']>> = {
  toAir: 'air',
  bothToAir: 'air',
  offAir: 'hold',
  endTalk: 'hold',
};

export function Operators() {
  const texts = useTexts().operatorRow;
  const { me, userNames } = useSurroundings();
  const others = Object.keys(userNames).filter((id) => id !== me.id);
  const reachable = useDesk((view) => others.filter((id) => isReachable(view, id)).length);
  return (
    <section className="operators" aria-label={texts.title}>
      {me.id in userNames && <Me id={me.id} />}
      {me.id in userNames && <HeadsetControl />}
      {others.length > 0 && (
        <Popover.Root>
          <Popover.Trigger asChild>
            <Button icon="users" className="others" aria-label={texts.others(reachable, others.length)}>
              {`${reachable}/${others.length}`}
            </Button>
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Content
              className="panel-pop"
              sideOffset={6}
              collisionPadding={8}
              align="end"
              aria-label={texts.title}
            >
              <h2>{texts.title}</h2>
              <ul>
                {others.map((id) => (
                  <Other key={id} id={id} />
                ))}
              </ul>
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
      )}
    </section>
  );
}

function isReachable({ desk }: DeskView, id: string): boolean {
  return (desk?.mixer.channels[id]?.mode ?? 'defunct') !== 'defunct';
}

function Me({ id }: { id: string }) {
  const texts = useTexts().operatorRow;
  const view = useOperatorView(id);
  return (
    <div className="operator" data-tone={view.tone} data-user={id} data-me>
      <Popover.Root>
        <Popover.Trigger asChild>
          <button type="button" className="operator-face">
            <Face id={id} view={view} name={texts.you} />
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="panel-pop"
            sideOffset={8}
            collisionPadding={8}
            align="end"
            aria-label={texts.you}
          >
            <h2>{texts.you}</h2>
            <OperatorLevels id={id} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <Acts id={id} view={view} />
    </div>
  );
}

function Other({ id }: { id: string }) {
  const { userNames } = useSurroundings();
  const view = useOperatorView(id);
  const [isOpen, setOpen] = useState(false);
  const name = userNames[id] ?? id;
  return (
    <li className="operator operator-row" data-tone={view.tone} data-user={id}>
      <button type="button" className="operator-face" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Face id={id} view={view} name={name} />
        <Icon name="chevron" size={16} />
      </button>
      <Acts id={id} view={view} />
      {isOpen && <OperatorLevels id={id} />}
    </li>
  );
}

function useOperatorView(id: string): OperatorView {
  const { me, isOnAir } = useSurroundings();
  const mode = useDesk((view) => view.desk?.mixer.channels[id]?.mode);
  const label = useDesk((view) => (mode ? view.desk?.mixer.channels[mode]?.label : undefined)) ?? null;
  return viewOfOperator(mode, { channelLabel: label, isOnAir, role: me.role });
}

function Face({ id, view, name }: { id: string; view: OperatorView; name: string }) {
  const texts = useTexts();
  const refusal = useDesk((one) => one.refusals.get(id));
  const isMuted = useDesk((one) => one.desk?.mixer.channels[id]?.muted === true);
  const word =
    view.channelLabel === null
      ? texts.operators[view.word]
      : texts.operatorRow.withChannel(view.channelLabel);
  return (
    <>
      <span className="operator-badge">
        <Icon name={isMuted ? 'muted' : view.icon} />
      </span>
      <span className="operator-who">
        <strong>{name}</strong>
        <span>{refusal ?? word}</span>
      </span>
      <span className="unseen">{texts.operatorRow.details}</span>
    </>
  );
}

function Acts({ id, view }: { id: string; view: OperatorView }) {
  const texts = useTexts().operatorRow;
  const controls = useControls();
  const isLive = useDesk((one) => one.phase === 'live');
  const pending = useDesk((one) => one.pending.get(id));
  return view.acts.map((act) => (
    <Button
      key={act}
      tone={actTones[act]}
      isPending={pending?.has(act) === true}
      disabled={!isLive}
      data-act={act}
      onClick={() => controls.set(id, act, 'channelMode', { [id]: modeOfOperatorAct(act) })}
    >
      {texts[act]}
    </Button>
  ));
}
