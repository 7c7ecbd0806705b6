// The day that it is, for lists that show times of today without their date: they are drawn again at midnight.
import { useSyncExternalStore } from 'react';

const LOOK_EVERY_MS = 30_000;

function watch(onLook: () => void): () => void {
  const timer = setInterval(onLook, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** When today began, epoch ms in this browser's time zone. */
export function useToday(): number {
  return useSyncExternalStore(watch, () => new Date().setHours(0, 0, 0, 0));
}
