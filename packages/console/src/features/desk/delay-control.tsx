// The broadcast delay at the master: how long it is to be, how far it is, whether one dump fits in, and the dump itself, by
// press and hold. What is shown is what the exchange says; a length that was asked for is shown beside it.
import { mayDo } from '@openline/protocol';
import { DropdownMenu } from 'radix-ui';
import type { CSSProperties } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PressAndHold } from '../../ui/press-and-hold.tsx';
import { useSurroundings } from './surroundings.tsx';
import { useDump } from './use-dump.ts';
import './delay-control.css';

/** Seconds that are offered; the one that is set, too. */
const OFFERED: readonly number[] = [0, 3, 5, 8, 10, 15, 20, 30, 60];

export function DelayControl() {
  const texts = useTexts().delay;
  const { locale } = useLanguage();
  const { me } = useSurroundings();
  const controls = useControls();
  const targetS = useDesk((view) => view.desk?.mixer.master.delay) ?? 0;
  const state = useDesk((view) => view.desk?.mixer.master.delay_state.state) ?? 'bypass';
  const depthMs = useDesk((view) => view.desk?.mixer.master.delay_state.depth_ms) ?? 0;
  const isSafe = useDesk((view) => view.desk?.mixer.master.delay_state.safe) ?? false;
  const isLive = useDesk((view) => view.phase === 'live');
  const isPending = useDesk((view) => view.pending.get('master')?.has('delay') === true);
  const dump = useDump();
  const number = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits: 1,
  });
  const target = targetS === 0 ? texts.none : number.format(targetS);
  const depth = number.format(depthMs / 1000);
  const isMoving = state === 'building' || state === 'draining';
  const share = targetS > 0 ? Math.min(1, depthMs / (targetS * 1000)) : depthMs > 0 ? 1 : 0;
  const offered = [...new Set([...OFFERED, targetS])].toSorted((a, b) => a - b);
  const said = state === 'bypass' ? texts.states.bypass : `${depth}. ${texts.states[state]}`;
  const safety = isSafe ? texts.safe : texts.notSafe;
  return (
    <div className="delay-control" role="group" aria-label={texts.title} data-state={state}>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild disabled={!isLive || !mayDo(me.role, 'masterDelay')}>
          <Button
            className="delay-target"
            icon={isSafe ? 'check' : 'clock'}
            isPending={isPending}
            data-act="delay"
            data-safe={isSafe || undefined}
            title={state === 'bypass' ? said : `${said}, ${safety}`}
            aria-label={texts.inFull(target, state === 'bypass' ? said : `${said}, ${safety}`)}
            style={{ '--share': share } as CSSProperties}
          >
            <strong>{state === 'bypass' ? target : depth}</strong>
            {isMoving && <small>{`→ ${targetS === 0 ? number.format(0) : target}`}</small>}
          </Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            className="menu"
            side="left"
            sideOffset={6}
            collisionPadding={8}
            align="center"
          >
            <DropdownMenu.Label className="menu-label">{texts.title}</DropdownMenu.Label>
            <DropdownMenu.RadioGroup
              value={String(targetS)}
              onValueChange={(to) => controls.set('master', 'delay', 'masterDelay', Number(to))}
            >
              {offered.map((seconds) => (
                <DropdownMenu.RadioItem key={seconds} className="menu-item" value={String(seconds)}>
                  <span className="menu-check">
                    <DropdownMenu.ItemIndicator>
                      <Icon name="check" size={18} />
                    </DropdownMenu.ItemIndicator>
                  </span>
                  {seconds === 0 ? texts.none : number.format(seconds)}
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <PressAndHold
        className="dump"
        act="dump"
        label={texts.dumpInFull}
        isDisabled={!dump.canDump}
        isPending={dump.isPending}
        onHeld={dump.dump}
      >
        <Icon name="cut" size={18} />
        <strong>{texts.dump}</strong>
      </PressAndHold>
    </div>
  );
}
