/**
 * The one clock of the media thread: a tick every 20 ms on an absolute schedule, so that it never drifts. A timer sleeps
 * until just before the tick (sockets are served meanwhile), Atomics.wait takes the rest. A tick that comes more than
 * a period late is an overrun: the missed ticks are skipped and counted, `onTick` is told how many.
 */
import { ClockBlock } from './clock-block.ts';

const TICK_MS = 20;
/** How long before the tick the timer should fire; setTimeout is seldom later than this. */
const EARLY_MS = 2;

/** Time as the clock sees it; tests have their own. */
export interface ClockTime {
  nowMs(): number;
  /** Calls back after about so long, with the event loop running meanwhile. */
  schedule(callback: () => void, delayMs: number): void;
  /** Blocks the thread. */
  block(delayMs: number): void;
}

export class TickClock {
  readonly #time: ClockTime;
  readonly #block: ClockBlock;
  readonly #onTick: (skippedTicks: number) => void;
  readonly #wake = () => this.#run();
  #dueMs = 0;
  #isRunning = false;

  constructor(block: ClockBlock, onTick: (skippedTicks: number) => void, time: ClockTime = threadTime()) {
    this.#block = block;
    this.#onTick = onTick;
    this.#time = time;
  }

  start(): void {
    this.#isRunning = true;
    this.#dueMs = this.#time.nowMs() + TICK_MS;
    this.#sleep();
  }

  stop(): void {
    this.#isRunning = false;
  }

  #sleep(): void {
    const delayMs = this.#dueMs - EARLY_MS - this.#time.nowMs();
    this.#time.schedule(this.#wake, delayMs > 0 ? delayMs : 0);
  }

  #run(): void {
    if (!this.#isRunning) return;
    let nowMs = this.#time.nowMs();
    const remainingMs = this.#dueMs - nowMs;
    if (remainingMs > EARLY_MS + 1) {
      this.#sleep();
      return;
    }
    if (remainingMs > 0) {
      this.#time.block(remainingMs);
      nowMs = this.#time.nowMs();
    }
    const lateMs = Math.max(0, nowMs - this.#dueMs);
    const skipped = Math.floor(lateMs / TICK_MS);
    this.#dueMs += (skipped + 1) * TICK_MS;
    this.#onTick(skipped);
    this.#block.count(lateMs, this.#time.nowMs() - nowMs, skipped);
    this.#sleep();
  }
}

function threadTime(): ClockTime {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return {
    nowMs: () => performance.now(),
    // setTimeout truncates to whole milliseconds, so the rest to block stays below EARLY_MS + 1.
    schedule: (callback, delayMs) => void setTimeout(callback, Math.floor(delayMs)),
    block: (delayMs) => void Atomics.wait(never, 0, 0, delayMs),
  };
}
