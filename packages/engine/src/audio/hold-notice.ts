/**
 * A spoken notice for those on hold, every so often: the program or the music goes down, the notice is heard over it, and
 * it comes back. One for all of them at once, so that it costs one resampler and not one a caller; who is put on hold
 * while it is spoken does not hear its end. Used by mixer.ts on the media thread; allocates nothing in a frame.
 *
 *   somebody on hold ─► 10 s ─► notice ─► every so often ─► notice ─► …
 */
import { FRAME_SAMPLES, FULL_RATE, RATES, Spread } from './bus.ts';
import { applyGain } from './gain-ramp.ts';
import type { MixerPort } from './mixer-port.ts';
import { Resampler } from './resampler.ts';
import type { Sound } from './sound.ts';

const FRAMES_A_SECOND = 50;
/** The first one comes so soon after somebody is on hold. */
const FIRST_FRAMES = 10 * FRAMES_A_SECOND;
/** What is heard meanwhile is 14 dB lower. */
const UNDER = 0.2;
/** The resampler's delay. */
const TAIL_FRAMES = 1;

interface Spoken {
  readonly samples: Int16Array;
  readonly chunk: Float32Array;
  readonly resampler: Resampler;
  readonly frames: number;
}

export class HoldNotice {
  readonly #spread = new Spread();
  #spoken: Spoken | null = null;
  #everyFrames = 0;
  /** Frames until the next begins, counted from the beginning of the last. */
  #left = FIRST_FRAMES;
  /** Of the notice that is heard, the frame of this tick; −1: none is. */
  #frame = -1;
  #isWaited = false;
  /** Counts the notices: who was on hold at its beginning has its number. */
  #number = 0;

  /** null: none. */
  set(sound: Sound | null, everyMs: number): void {
    this.#everyFrames = Math.round((everyMs * FRAMES_A_SECOND) / 1000);
    this.#frame = -1;
    this.#left = Math.min(FIRST_FRAMES, this.#everyFrames);
    this.#spoken = sound === null ? null : spoken(sound);
  }

  /** Once a tick, before the ports are served. */
  mix(isAnybodyOnHold: boolean, isRateUsed: readonly boolean[]): void {
    if (this.#spoken === null) return;
    // Whoever comes to an empty hold waits for the first one.
    if (isAnybodyOnHold && !this.#isWaited && this.#frame < 0)
      this.#left = Math.min(FIRST_FRAMES, this.#everyFrames);
    this.#isWaited = isAnybodyOnHold;
    if (isAnybodyOnHold || this.#frame >= 0) this.#left--;
    if (this.#frame >= 0) this.#frame++;
    else if (isAnybodyOnHold && this.#left <= 0) this.#begin();
    if (this.#frame >= this.#spoken.frames) this.#frame = -1;
    if (this.#frame < 0) return;
    const { samples, chunk, resampler } = this.#spoken;
    const start = this.#frame * chunk.length;
    for (let i = 0; i < chunk.length; i++) chunk[i] = (samples[start + i] ?? 0) / 32768;
    resampler.process(chunk, chunk.length, this.#spread.full);
    this.#spread.spread(isRateUsed);
  }

  /** `out` is what the port hears on hold: goes down under the notice, or comes back. */
  addTo(port: MixerPort, isOnHold: boolean, out: Float32Array): void {
    if (isOnHold && this.#frame === 0) port.notice = this.#number;
    const isHeard = isOnHold && this.#frame >= 0 && port.notice === this.#number;
    const from = port.underNotice;
    port.underNotice = isHeard ? UNDER : 1;
    if (from !== 1 || isHeard) applyGain(out, port.samples, from, port.underNotice);
    if (!isHeard) return;
    const frame = this.#spread.atRate[port.rate]!;
    for (let index = 0; index < port.samples; index++) out[index]! += frame[index]!;
  }

  #begin(): void {
    this.#frame = 0;
    this.#number++;
    this.#left = this.#everyFrames;
  }
}

function spoken({ samples, sampleRate }: Sound): Spoken {
  const chunk = new Float32Array(sampleRate / FRAMES_A_SECOND);
  return {
    samples,
    chunk,
    resampler: new Resampler(sampleRate, RATES[FULL_RATE], FRAME_SAMPLES[FULL_RATE]),
    frames: Math.ceil(samples.length / chunk.length) + TAIL_FRAMES,
  };
}
