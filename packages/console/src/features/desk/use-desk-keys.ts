// Listens to the keyboard for the whole desk and carries out what desk-keys makes of it.
import { useEffect, useRef } from 'react';
import { deedOfKey, type KeyDeed } from './desk-keys.ts';
import type { Act } from './strip-view.ts';

export function useDeskKeys(actsOfChosen: readonly Act[] | null, onDeed: (deed: KeyDeed) => void): void {
  const latest = useRef({ actsOfChosen, onDeed });
  useEffect(() => {
    latest.current = { actsOfChosen, onDeed };
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.repeat) return;
      const press = {
        key: event.key,
        hasModifier: event.ctrlKey || event.altKey || event.metaKey,
        isTyping: isTypingIn(event.target),
      };
      const deed = deedOfKey(press, latest.current.actsOfChosen);
      if (!deed) return;
      if (deed.do !== 'leave') event.preventDefault();
      latest.current.onDeed(deed);
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isTypingIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role="menu"]') !== null;
}
