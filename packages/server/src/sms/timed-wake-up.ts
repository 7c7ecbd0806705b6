/** The wake-up port on the machine's clock. Constructed by main.ts. */
import type { WakeUp } from '../desk/ports/wake-up.ts';

/** Timers count to 2^31 ms; a day is enough, who is woken too early looks and sleeps again. */
const LONGEST_MS = 86_400_000;

export function createTimedWakeUp(now: () => number, wake: () => void): WakeUp {
  let timer: NodeJS.Timeout | null = null;
  return {
    set(at) {
      if (timer) clearTimeout(timer);
      timer = at === null ? null : setTimeout(wake, Math.min(Math.max(at - now(), 0), LONGEST_MS));
    },
  };
}
