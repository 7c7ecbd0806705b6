/** The engine's own figures of its tick, straight from its control channel. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectControl, controlSocketPath } from '@openline/engine';
import type { Product } from './product.ts';
import { waitFor } from './wait-for.ts';

export interface ClockWatch {
  /** The worst of what was reported since the watch began, the last report included. */
  stop(): Promise<{ lateMaxMs: number; ticks: number; overruns: number }>;
}

export async function watchClock(product: Product): Promise<ClockWatch> {
  let lateMaxMs = 0;
  let ticks = 0;
  let overruns = 0;
  const control = await connectControl({
    path: controlSocketPath(product.dataFolder),
    onEvent(line) {
      if (line.event !== 'clock') return;
      lateMaxMs = Math.max(lateMaxMs, line.data.lateMaxMs);
      ticks += line.data.ticks;
      overruns += line.data.overruns;
    },
  });
  await control.request('subscribe', { meters: true });
  return {
    async stop() {
      const seen = ticks;
      await waitFor('a last report of the clock', () => ticks > seen);
      control.close();
      return { lateMaxMs, ticks, overruns };
    },
  };
}

/** A frame that is later than this at either end is concealed or skipped. */
const LATE_MS = 10;
const HELD_UP_MS = 25;
const TICK_MS = 20;

/**
 * Measures sound only where the machine let the engine and the telephones of this process keep their time: what a busy machine
 * made late is a hole in the sound and says nothing of the engine. Measured again then, at most `attempts` times; the last one
 * counts. The shorter what is measured, the sooner a busy machine leaves room for it.
 */
export async function whileTheClockKept<T>(
  product: Product,
  measure: () => Promise<T>,
  attempts = 12,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const { measured, lateMs } = await withLateness(product, measure);
    if (lateMs === 0 || attempt === attempts) return measured;
  }
}

/** For what cannot be done again: how long a hole in the sound the machine itself may have made meanwhile, 0 when it was calm. */
export async function withLateness<T>(
  product: Product,
  measure: () => Promise<T>,
): Promise<{ measured: T; lateMs: number }> {
  const clock = await watchClock(product);
  const here = monitorEventLoopDelay({ resolution: 5 });
  here.enable();
  const measured = await measure();
  here.disable();
  // Of this process, whose telephones speak.
  const heldUpMs = here.max / 1e6;
  const { overruns, lateMaxMs } = await clock.stop();
  const isCalm = overruns === 0 && lateMaxMs < LATE_MS && heldUpMs < HELD_UP_MS;
  return { measured, lateMs: isCalm ? 0 : overruns * TICK_MS + lateMaxMs + heldUpMs };
}
