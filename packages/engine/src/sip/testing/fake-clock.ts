/**
 * A clock that moves when a test says so. Timers fire in order of time, those of the same time in order of setting.
 */
import type { Clock, Timer } from '../clock.ts';

export interface FakeClock extends Clock {
  /** Moves on, firing what falls due on the way; promises settle in between. */
  advance(byMs: number): Promise<void>;
  readonly pending: number;
  cancelAll(): void;
}

interface Pending {
  atMs: number;
  fire(): void;
}

export function createFakeClock(): FakeClock {
  let nowMs = 0;
  let timers: Pending[] = [];

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };

  const firstUntil = (untilMs: number): Pending | null => {
    let first: Pending | null = null;
    for (const each of timers)
      if (each.atMs <= untilMs && (first === null || each.atMs < first.atMs)) first = each;
    return first;
  };

  return {
    nowMs: () => nowMs,
    after(delayMs, fire): Timer {
      const pending = { atMs: nowMs + delayMs, fire };
      timers.push(pending);
      return {
        cancel() {
          timers = timers.filter((each) => each !== pending);
        },
      };
    },
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      await settle();
      for (let next = firstUntil(untilMs); next !== null; next = firstUntil(untilMs)) {
        const due = next;
        timers = timers.filter((each) => each !== due);
        nowMs = Math.max(nowMs, due.atMs);
        due.fire();
        await settle();
      }
      nowMs = untilMs;
    },
    get pending() {
      return timers.length;
    },
    cancelAll() {
      timers = [];
    },
  };
}
