/** What the tests ask of sound, on top of the tone analysis that the engine's own tests use. */
import type { Hearing } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { waitFor } from './wait-for.ts';

/** Level of a tone in the last `ms` milliseconds heard, dBFS. */
export function heardDb(hearing: Hearing, hz: number, ms = 500): number {
  const { samples, sampleRate } = hearing.last(ms);
  return samples.length === 0 ? -120 : toneLevelDb(samples, sampleRate, hz);
}

/** Waits until a tone is heard (above −40 dBFS unless told). */
export async function untilHeard(what: string, hearing: Hearing, hz: number, aboveDb = -40): Promise<void> {
  await waitFor(`${what}: ${hz} Hz to be heard`, () => heardDb(hearing, hz, 300) > aboveDb);
}

/** Waits until a tone is no longer heard (below −60 dBFS unless told) while packets go on coming. */
export async function untilNotHeard(
  what: string,
  hearing: Hearing,
  hz: number,
  belowDb = -60,
): Promise<void> {
  await waitFor(`${what}: ${hz} Hz to be gone`, () => heardDb(hearing, hz, 300) < belowDb);
}

const LOOK_MS = 100;

/** Waits until a tone has been heard since `fromMs` (performance.now()), if only for a moment: a late look misses nothing. */
export async function untilHeardSince(
  what: string,
  hearing: Hearing,
  hz: number,
  fromMs: number,
  aboveDb = -40,
): Promise<void> {
  let looked = 0;
  await waitFor(`${what}: ${hz} Hz to be heard`, () => {
    const { samples, sampleRate } = hearing.between(fromMs);
    const width = (sampleRate * LOOK_MS) / 1000;
    for (; looked + width <= samples.length; looked += width / 2) {
      if (toneLevelDb(samples.subarray(looked, looked + width), sampleRate, hz) > aboveDb) return true;
    }
    return false;
  });
}

/**
 * Level of a tone in the half second that has least of it. For what must never be there: a leak is in every half second, and
 * what a late machine makes of other tones (concealed and lost packets sound in all frequencies) is not.
 */
export function leastDb(samples: Float32Array, sampleRate: number, hz: number): number {
  return Math.min(...halfSecondsDb(samples, sampleRate, hz));
}

/** Level of a tone in half of all half seconds: for what goes on, on a machine that may be late now and then. */
export function usualDb(samples: Float32Array, sampleRate: number, hz: number): number {
  const levels = halfSecondsDb(samples, sampleRate, hz).toSorted((a, b) => a - b);
  return levels[Math.floor(levels.length / 2)] ?? -120;
}

function halfSecondsDb(samples: Float32Array, sampleRate: number, hz: number): number[] {
  const width = Math.min(samples.length, sampleRate / 2);
  if (width === 0) throw new Error('there is no sound to look at');
  const levels: number[] = [];
  for (let at = 0; at + width <= samples.length; at += width / 2)
    levels.push(toneLevelDb(samples.subarray(at, at + width), sampleRate, hz));
  return levels;
}
