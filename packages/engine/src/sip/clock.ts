/**
 * Time as the SIP layers see it: monotonic milliseconds and one-shot timers. The system's here; a fake one for
 * tests in testing/. Every timer of RFC 3261 17 goes through this port.
 */
export interface Timer {
  /** Idempotent. */
  cancel(): void;
}

export interface Clock {
  nowMs(): number;
  after(delayMs: number, fire: () => void): Timer;
}

/** The longest time that the event loop can wait; beyond it would fire at once, and far ends name such times. */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers of the event loop. `cancelAll` leaves none behind when the agent stops. */
export function createSystemClock(): Clock & { cancelAll(): void } {
  const pending = new Set<NodeJS.Timeout>();
  return {
    nowMs: () => performance.now(),
    after(delayMs, fire) {
      const handle = setTimeout(
        () => {
          pending.delete(handle);
          fire();
        },
        Math.min(delayMs, LONGEST_MS),
      );
      pending.add(handle);
      return {
        cancel() {
          pending.delete(handle);
          clearTimeout(handle);
        },
      };
    },
    cancelAll() {
      for (const handle of pending) clearTimeout(handle);
      pending.clear();
    },
  };
}
