// One heartbeat for every running timer of the page, so that all of them turn in the same moment and only they are
// drawn again.
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
const TICK_MS = 250;
let timer: ReturnType<typeof setInterval> | null = null;
let second = Math.floor(Date.now() / 1000);

function tick(): void {
  const now = Math.floor(Date.now() / 1000);
  if (now === second) return;
  second = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Epoch seconds of this browser; draws its component again each second. */
export function useSecond(): number {
  return useSyncExternalStore(subscribe, () => second);
}
