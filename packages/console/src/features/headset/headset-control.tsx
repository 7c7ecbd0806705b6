// The headset in the top bar: one click connects it; then it says how it stands, and opens what can be set. What goes wrong
// opens by itself, with what to do.
import { mayDo } from '@openline/protocol';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useHeadset, useHeadsetView } from './headset-context.tsx';
import './headset.css';
import { HeadsetPanel } from './headset-panel.tsx';
import type { HeadsetPhase } from './headset.ts';

const tones = {
  off: 'go',
  asking: 'plain',
  connecting: 'plain',
  connected: 'plain',
  reconnecting: 'hold',
} as const;

export function HeadsetControl() {
  const texts = useTexts().headset;
  const headset = useHeadset();
  const { phase, as, trouble } = useHeadsetView();
  const isLive = useDesk((view) => view.phase === 'live');
  const mayConnect = useDesk(({ desk }) => desk !== null && mayDo(desk.you.role, 'headset:connect'));
  const [isAsked, setAsked] = useState(false);
  const isOff = phase === 'off';
  const isOpen = isAsked || (isOff && trouble !== null);
  const setOpen = (open: boolean) => {
    setAsked(open);
    if (!open) headset.forgive();
  };
  if (!mayConnect) return null;
  const name = phase === 'connected' ? texts.connectedAs[as] : isOff ? texts.connect : texts.phases[phase];
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Anchor asChild>
        <div className="headset" data-headset={phase} data-trouble={trouble ?? undefined}>
          <Button
            className="headset-main"
            icon={trouble === 'unplugged' ? 'muted' : 'headset'}
            tone={tones[phase]}
            isPending={isBusy(phase)}
            disabled={isOff && !isLive}
            aria-label={name}
            data-act="headset"
            onClick={() => (isOff ? void headset.connect('user') : setOpen(!isOpen))}
          >
            {isOff
              ? texts.connectShort
              : phase === 'connected'
                ? texts.connectedShort[as]
                : texts.short[phase]}
          </Button>
          <Popover.Trigger asChild>
            <Button className="headset-more" icon="chevron" aria-label={texts.settings} />
          </Popover.Trigger>
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className="panel-pop headset-pop"
          sideOffset={8}
          collisionPadding={8}
          align="end"
          aria-label={texts.title}
        >
          <h2>{texts.title}</h2>
          <HeadsetPanel />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function isBusy(phase: HeadsetPhase): boolean {
  return phase === 'asking' || phase === 'connecting' || phase === 'reconnecting';
}
