/** The engine's own figures of its tick, straight from its control channel. */
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

/**
 * Measures sound only where the machine let the engine keep its time: a tick that a busy machine made late is a hole in the
 * sound and says nothing of the engine. Measured again then, at most `attempts` times; the last one counts.
 */
export async function whileTheClockKept<T>(
  product: Product,
  measure: () => Promise<T>,
  attempts = 4,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const clock = await watchClock(product);
    const measured = await measure();
    const { overruns, lateMaxMs } = await clock.stop();
    if ((overruns === 0 && lateMaxMs < 10) || attempt === attempts) return measured;
  }
}
