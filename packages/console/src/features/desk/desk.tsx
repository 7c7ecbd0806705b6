// The desk: strips, the queue under them, master, and beside them texts, dial pad and history. Everything a show needs
// is on it at once; on narrow screens the side panel opens over it.
import { type CSSProperties, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import type { DeskView } from '../../connection/desk-view.ts';
import { useTexts } from '../../i18n/texts.ts';
import { useOpenScreen } from '../../ui/use-open-screen.ts';
import { useDialRequest } from '../dial/dial-request.tsx';
import { QueuePanel } from '../queue/queue-panel.tsx';
import { useNextToAir } from '../queue/use-next-to-air.ts';
import { Announcer } from './announcer.tsx';
import { type DigitPress, type KeyDeed, stripOfDigits } from './desk-keys.ts';
import { KeyMap } from './key-map.tsx';
import { MasterSection } from './master-section.tsx';
import { SidePanel } from './side-panel.tsx';
import { Strip } from './strip.tsx';
import { openActs, viewOfStrip } from './strip-view.ts';
import { useSurroundings } from './surroundings.tsx';
import { useActs, useEndWhisper } from './use-acts.ts';
import { useDump } from './use-dump.ts';
import { useDeskKeys } from './use-desk-keys.ts';

interface DeskProps {
  isKeyMapOpen: boolean;
  onKeyMap: (isOpen: boolean) => void;
}

export function Desk({ isKeyMapOpen, onKeyMap }: DeskProps) {
  const texts = useTexts();
  const controls = useControls();
  const ids = useStripIds();
  const onAct = useActs();
  const main = useOpenScreen(texts.screens.desk);
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => controls.watchMeters(), [controls]);
  useKeys({ ids, chosen, onChoose: setChosen, isKeyMapOpen, onKeyMap });

  const show = useCallback((id: string) => {
    setChosen(id);
    document.querySelector(`[data-channel="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, []);

  return (
    <main
      ref={main}
      className="desk"
      aria-label={texts.screens.desk}
      data-screen="desk"
      style={{ '--columns': columnsFor(ids.length) } as CSSProperties}
    >
      <h1 className="unseen">{texts.screens.desk}</h1>
      <section
        className="strips"
        data-rows={ids.length <= MOST_IN_ROW ? 1 : 2}
        aria-label={texts.strip.callers}
      >
        {ids.map((id, index) => (
          <Strip
            key={id}
            id={id}
            keyName={String(index + 1)}
            isSelected={chosen === id}
            onSelect={setChosen}
            onAct={onAct}
          />
        ))}
        {ids.length === 0 && <p className="strips-none">{texts.strip.none}</p>}
      </section>
      <QueuePanel onSelect={show} />
      <MasterSection />
      <SidePanel />
      <KeyMap isOpen={isKeyMapOpen} onOpen={onKeyMap} />
      <Announcer />
    </main>
  );
}

const MOST_IN_ROW = 8;

/** One row of strips up to eight, then two, as far as the screen is wide enough for it. */
function columnsFor(strips: number): number {
  return strips <= MOST_IN_ROW ? Math.max(1, strips) : Math.ceil(strips / 2);
}

/** The channels of the lines, the same array while they are the same. */
function useStripIds(): readonly string[] {
  const text = useDesk(stripIdsAsText);
  return useMemo(() => JSON.parse(text) as string[], [text]);
}

function stripIdsAsText({ desk }: DeskView): string {
  const channels = desk?.mixer.channels ?? {};
  return JSON.stringify(Object.keys(channels).filter((id) => channels[id]?.line_id !== null));
}

interface KeysOptions extends DeskProps {
  ids: readonly string[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

function useKeys({ ids, chosen, onChoose, isKeyMapOpen, onKeyMap }: KeysOptions): void {
  const controls = useControls();
  const around = useSurroundings();
  const onAct = useActs();
  const endWhisper = useEndWhisper();
  const next = useNextToAir();
  const dump = useDump();
  const { setPanelOpen } = useDialRequest();
  const channel = useDesk((view) => (chosen === null ? undefined : view.desk?.mixer.channels[chosen]));
  const isLive = useDesk((view) => view.phase === 'live');
  const lastDigit = useRef<DigitPress | null>(null);
  const whispered = useRef<string | null>(null);
  const strip = channel ? viewOfStrip(channel, around) : null;

  function onDeed(deed: KeyDeed) {
    switch (deed.do) {
      case 'digit':
        return chooseByDigit(deed.digit);
      case 'step':
        return onChoose(neighbour(ids, chosen, deed.by));
      case 'map':
        return onKeyMap(!isKeyMapOpen);
      case 'leave':
        return leave();
      default:
        return isLive ? work(deed) : undefined;
    }
  }

  function chooseByDigit(digit: number) {
    const now = { digit, atMs: performance.now() };
    const index = stripOfDigits(lastDigit.current, now, ids.length);
    lastDigit.current = now;
    if (index !== null) onChoose(ids[index] ?? null);
  }

  function leave() {
    onChoose(null);
    setPanelOpen(false);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  function work(deed: KeyDeed) {
    lastDigit.current = null;
    if (deed.do === 'next' && next.mayTake) next.take();
    if (deed.do === 'dump' && dump.canDump) dump.dump();
    if (chosen === null || !channel || !strip) return;
    if (deed.do === 'act') {
      if (deed.act === 'whisper') whispered.current = chosen;
      onAct(chosen, channel, deed.act);
    }
    if (deed.do === 'mute' && strip.canMute)
      controls.set(chosen, 'mute', 'channelMuted', { [chosen]: !channel.muted });
    if (deed.do === 'record' && strip.canRecord)
      controls.set(chosen, 'record', 'channelRecording', { [chosen]: !channel.recording });
    if (deed.do === 'leveller') openLeveller(chosen);
    if (deed.do === 'card') writeCard(chosen);
  }

  function onRelease() {
    if (whispered.current !== null) endWhisper(whispered.current);
    whispered.current = null;
  }

  useDeskKeys({ actsOfChosen: strip && openActs(strip), onDeed, onRelease });
}

function neighbour(ids: readonly string[], chosen: string | null, by: 1 | -1): string | null {
  const from = chosen === null ? (by === 1 ? -1 : ids.length) : ids.indexOf(chosen);
  return ids[(from + by + ids.length) % ids.length] ?? null;
}

function openLeveller(id: string): void {
  const sign = document.querySelector(`[data-channel="${CSS.escape(id)}"] [data-act="leveller"]`);
  if (sign instanceof HTMLElement) sign.click();
}

function writeCard(id: string): void {
  const field = document.querySelector(`[data-channel="${CSS.escape(id)}"] [data-field="name"]`);
  if (field instanceof HTMLElement) field.focus();
}
