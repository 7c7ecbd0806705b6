// Keeps the screen of a tablet or telephone on while the view is there, where the browser can; it lets go by itself when
// the page is hidden, so it is asked for again when it is back.
import { useEffect } from 'react';

export function useStaysAwake(): void {
  useEffect(() => {
    if (!('wakeLock' in navigator)) return undefined;
    let held: WakeLockSentinel | null = null;
    let isOver = false;
    const ask = () => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock.request('screen').then(
        (sentinel) => {
          if (isOver) void sentinel.release();
          else held = sentinel;
        },
        // Refused when the battery is low: the screen may then go dark, and nothing else changes.
        () => undefined,
      );
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', ask);
      void held?.release();
    };
  }, []);
}
