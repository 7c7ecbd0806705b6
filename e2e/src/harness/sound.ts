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
