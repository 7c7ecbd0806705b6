// The desk: strips, operators, master, and beside them the dial pad and the history. Everything a show needs is on
// it at once; on narrow screens the side panel opens over it.
import { Tabs } from 'radix-ui';
import { type CSSProperties, useCallback, useEffect, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CallList } from '../calls/call-list.tsx';
import { DialPad } from '../dial/dial-pad.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { Inbox } from '../messages/inbox.tsx';
import { Announcer } from './announcer.tsx';
import { type KeyDeed, longestOnHold } from './desk-keys.ts';
import { KeyMap } from './key-map.tsx';
import { MasterSection } from './master-section.tsx';
import { Operators } from './operators.tsx';
import { Strip } from './strip.tsx';
import { type Act, modeOfAct, viewOfStrip } from './strip-view.ts';
import { SurroundingsProvider, useSurroundingsOfDesk } from './surroundings.ts';
import { useDeskKeys } from './use-desk-keys.ts';

interface DeskProps {
  isKeyMapOpen: boolean;
  onKeyMap: (isOpen: boolean) => void;
}

export function Desk({ isKeyMapOpen, onKeyMap }: DeskProps) {
  const texts = useTexts();
  const controls = useControls();
  const around = useSurroundingsOfDesk();
  const channels = useDesk((view) => view.desk?.mixer.channels) ?? {};
  const isLive = useDesk((view) => view.phase === 'live');
  const [chosen, setChosen] = useState<string | null>(null);
  const { tab, setTab, isPanelOpen, setPanelOpen, prepare } = useDialRequest();
  const ids = Object.keys(channels).filter((id) => channels[id]?.line_id !== null);
  const chosenChannel = chosen === null ? undefined : channels[chosen];
  const chosenView = chosenChannel && around ? viewOfStrip(chosenChannel, around) : null;

  useEffect(() => controls.watchMeters(), [controls]);

  const myId = around?.me.id ?? '';
  const onAct = useCallback(
    (id: string, act: Act) => {
      if (act === 'dial') return prepare(null, id);
      // Both at once is asked of the operator's own channel; it is shown as pending where it was pressed.
      const channel = act === 'airBoth' ? myId : id;
      controls.set(id, act, 'channelMode', { [channel]: modeOfAct(act, myId) });
      return undefined;
    },
    [controls, myId, prepare],
  );

  function onDeed(deed: KeyDeed) {
    if (deed.do === 'choose') return setChosen(ids[deed.index] ?? null);
    if (deed.do === 'map') return onKeyMap(!isKeyMapOpen);
    if (deed.do === 'leave') return leave();
    return isLive ? work(deed) : undefined;
  }

  function leave() {
    setChosen(null);
    setPanelOpen(false);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  function work(deed: KeyDeed) {
    if (deed.do === 'next') {
      const next = longestOnHold(channels);
      if (next !== null && around && mayAir(next)) onAct(next, 'air');
    }
    if (chosen === null || !chosenChannel || !chosenView) return;
    if (deed.do === 'act') onAct(chosen, deed.act);
    if (deed.do === 'mute' && chosenView.canMute)
      controls.set(chosen, 'mute', 'channelMuted', { [chosen]: !chosenChannel.muted });
    if (deed.do === 'record' && chosenView.canRecord)
      controls.set(chosen, 'record', 'channelRecording', { [chosen]: !chosenChannel.recording });
  }

  function mayAir(id: string): boolean {
    const channel = channels[id];
    return channel !== undefined && around !== null && viewOfStrip(channel, around).acts.includes('air');
  }

  useDeskKeys(chosenView?.acts ?? null, onDeed);

  if (!around) return null;
  return (
    <SurroundingsProvider value={around}>
      <main className="desk" style={{ '--columns': columnsFor(ids.length) } as CSSProperties}>
        <section
          className="strips"
          data-rows={ids.length <= MOST_IN_ROW ? 1 : 2}
          aria-label={texts.strip.callers}
        >
          {ids.map((id, index) => (
            <Strip
              key={id}
              id={id}
              keyName={index < 9 ? String(index + 1) : ''}
              isSelected={chosen === id}
              onSelect={setChosen}
              onAct={onAct}
            />
          ))}
          {ids.length === 0 && <p className="strips-none">{texts.strip.none}</p>}
        </section>
        <Operators />
        <MasterSection />
        <Tabs.Root
          className="side"
          value={tab}
          onValueChange={setTab}
          data-open={isPanelOpen || undefined}
          activationMode="manual"
        >
          <Tabs.List className="side-tabs" aria-label={texts.topBar.panel}>
            <Tabs.Trigger value="inbox">{texts.messages.inbox}</Tabs.Trigger>
            <Tabs.Trigger value="dial">{texts.dial.title}</Tabs.Trigger>
            <Tabs.Trigger value="calls">{texts.calls.title}</Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="inbox" tabIndex={-1}>
            <Inbox />
          </Tabs.Content>
          <Tabs.Content value="dial" tabIndex={-1}>
            <DialPad />
          </Tabs.Content>
          <Tabs.Content value="calls" tabIndex={-1}>
            <CallList filter={EVERY_CALL} none={texts.calls.none} onCallBack={prepare} />
          </Tabs.Content>
        </Tabs.Root>
      </main>
      <KeyMap isOpen={isKeyMapOpen} onOpen={onKeyMap} />
      <Announcer />
    </SurroundingsProvider>
  );
}

const EVERY_CALL = { search: '', tags: [], from: null, to: null };
const MOST_IN_ROW = 9;

/** One row of strips up to nine, then two, as far as the screen is wide enough for it. */
function columnsFor(strips: number): number {
  return strips <= MOST_IN_ROW ? Math.max(1, strips) : Math.ceil(strips / 2);
}
