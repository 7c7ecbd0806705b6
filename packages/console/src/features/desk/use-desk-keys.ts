// Listens to the keyboard for the whole desk and carries out what desk-keys makes of it.
import { useEffect, useRef } from 'react';
import { HOLD_MS } from '../../ui/press-and-hold.tsx';
import { deedOfKey, type KeyDeed } from './desk-keys.ts';
import type { Act } from './strip-view.ts';

interface DeskKeysOptions {
  actsOfChosen: readonly Act[] | null;
  onDeed: (deed: KeyDeed) => void;
  /** The key of a deed that lasts while it is held was let go. */
  onRelease: () => void;
}

export function useDeskKeys(options: DeskKeysOptions): void {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    let heldKey: string | null = null;
    let dumpTimer: ReturnType<typeof setTimeout> | undefined;
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.repeat) return;
      const press = {
        key: event.key,
        code: event.code,
        hasModifier: event.ctrlKey || event.altKey || event.metaKey,
        isTyping: isTypingIn(event.target, event.key),
      };
      const deed = deedOfKey(press, latest.current.actsOfChosen);
      if (!deed) return;
      if (deed.do !== 'leave') event.preventDefault();
      if (deed.do === 'act' && deed.act === 'whisper') heldKey = event.code;
      if (deed.do !== 'dump') return latest.current.onDeed(deed);
      heldKey = event.code;
      dumpTimer = setTimeout(() => latest.current.onDeed(deed), HOLD_MS);
    }
    function release() {
      clearTimeout(dumpTimer);
      if (heldKey === null) return;
      heldKey = null;
      latest.current.onRelease();
    }
    function onKeyUp(event: KeyboardEvent) {
      if (event.code === heldKey) release();
    }
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', release);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', release);
      release();
    };
  }, []);
}

/** Where letters are text, and where only the arrows mean something already. */
const TAKES_KEYS = 'input, textarea, select, audio, [role="menu"]';
const TAKES_ARROWS = '[role="radiogroup"], [role="tablist"]';

function isTypingIn(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest(key.startsWith('Arrow') ? `${TAKES_KEYS}, ${TAKES_ARROWS}` : TAKES_KEYS) !== null;
}
