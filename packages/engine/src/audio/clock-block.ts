/**
 * Lateness of the ticks as a histogram in shared memory: the media thread counts, the main thread reads what was added
 * since it last looked. No lock: a tick that is counted meanwhile shows up in the next report.
 */
import type { ClockReport } from '../control/contract.ts';

/** Width of a histogram step. */
const STEP_MS = 0.05;
/** The last step holds everything later. */
const STEPS = 800;
const TICKS = STEPS;
const OVERRUNS = STEPS + 1;
const BUSY_US = STEPS + 2;
const MAX_US = STEPS + 3;
const WORDS = STEPS + 4;

export class ClockBlock {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #reported = new Int32Array(WORDS);

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * 4);
  }

  /** Media thread, once a tick. */
  count(lateMs: number, busyMs: number, skippedTicks: number): void {
    const words = this.#words;
    const lateUs = Math.round(lateMs * 1000);
    Atomics.add(words, Math.min(STEPS - 1, Math.floor(lateMs / STEP_MS)), 1);
    Atomics.add(words, TICKS, 1);
    Atomics.add(words, OVERRUNS, skippedTicks);
    Atomics.add(words, BUSY_US, Math.round(busyMs * 1000));
    if (lateUs > Atomics.load(words, MAX_US)) Atomics.store(words, MAX_US, lateUs);
  }

  /** Main thread: what happened since the last report. */
  report(): ClockReport {
    const ticks = this.#since(TICKS);
    const overruns = this.#since(OVERRUNS);
    const busyUs = this.#since(BUSY_US);
    const lateMaxMs = Atomics.exchange(this.#words, MAX_US, 0) / 1000;
    let counted = 0;
    let lateP50Ms = 0;
    let lateP99Ms = 0;
    const lateCounts: ClockReport['lateCounts'] = [];
    for (let step = 0; step < STEPS; step++) {
      const before = counted;
      counted += this.#since(step);
      // Upper edge of the step, but never above the worst that was seen.
      const edgeMs = Math.min((step + 1) * STEP_MS, lateMaxMs);
      if (counted > before) lateCounts.push([Math.round((step + 1) * STEP_MS * 100) / 100, counted - before]);
      if (before < ticks * 0.5 && counted >= ticks * 0.5) lateP50Ms = edgeMs;
      if (before < ticks * 0.99 && counted >= ticks * 0.99) lateP99Ms = edgeMs;
    }
    return {
      lateP50Ms,
      lateP99Ms,
      lateMaxMs,
      lateCounts,
      ticks,
      overruns,
      busyMs: ticks === 0 ? 0 : busyUs / ticks / 1000,
    };
  }

  #since(word: number): number {
    const now = Atomics.load(this.#words, word);
    const added = (now - this.#reported[word]!) | 0;
    this.#reported[word] = now;
    return added;
  }
}
