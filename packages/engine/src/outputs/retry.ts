/**
 * When an output that failed is tried again: soon at first, then seldom; after a time in which it ran well, soon
 * again. For the Icecast server that restarts, the sound program that crashed, the line to the transmitter that dropped.
 */
const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** It ran for so long: what happened before does not count any more. */
const WELL_MS = 10_000;

export class Retry {
  readonly #now: () => number;
  #waitMs = FIRST_MS;
  #runningSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  noteRunning(): void {
    this.#runningSince = this.#now();
  }

  /** Calls `attempt` after a pause; the former plan is dropped. */
  plan(attempt: () => void): void {
    if (this.#runningSince !== null && this.#now() - this.#runningSince >= WELL_MS) this.#waitMs = FIRST_MS;
    this.#runningSince = null;
    this.stop();
    this.#timer = setTimeout(attempt, this.#waitMs);
    this.#waitMs = Math.min(LONGEST_MS, this.#waitMs * 2);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
