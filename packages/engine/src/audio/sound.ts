/**
 * A sound that is held whole in memory to be played: hold music, a prompt. Made or read by a thread that has time for
 * it; `samples` may lie in shared memory.
 */
export interface Sound {
  /** Mono, 16-bit. */
  samples: Int16Array;
  sampleRate: number;
}

/** Rates of which a frame of 20 ms is whole samples. */
export const PLAYABLE_RATES: readonly number[] = [8000, 16000, 22050, 24000, 32000, 44100, 48000];
