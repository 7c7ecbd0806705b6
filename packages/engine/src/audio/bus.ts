/**
 * Sums that are heard at three rates. Resampling is linear, so it is paid per group and not per leg: legs of one native
 * rate are summed, each group sum is resampled once to each other rate. Used by mixer.ts on the media thread.
 *
 *   8 kHz legs ─sum─┬────────────────► bus at 8 kHz   (+ 16→8, 48→8)
 *  16 kHz legs ─sum─┼─resample each──► bus at 16 kHz  (+ 8→16, 48→16)
 *  48 kHz legs ─sum─┘ to the others ─► bus at 48 kHz  (+ 8→48, 16→48)
 */
import { Resampler } from './resampler.ts';

/** Native rates of the codecs; a rate is named by its index here. */
export const RATES = [8000, 16000, 48000] as const;
/** Samples of a 20 ms frame at each rate. */
export const FRAME_SAMPLES = [160, 320, 960] as const;
export const FULL_RATE = 2;
/** Frames that a resampler goes on after its input fell silent, until its filter is empty. */
const TAIL_FRAMES = 2;

export function rateIndexOf(sampleRate: number): number {
  const index = RATES.findIndex((rate) => rate === sampleRate);
  if (index < 0) throw new RangeError(`no bus at ${sampleRate} Hz`);
  return index;
}

export function framesAtRates(): Float32Array[] {
  return FRAME_SAMPLES.map((samples) => new Float32Array(samples));
}

export class Bus {
  /** What the listeners of each rate get; valid after spread(). */
  readonly atRate: readonly Float32Array[] = framesAtRates();
  readonly #groups: readonly Float32Array[] = framesAtRates();
  readonly #framesLeft = [0, 0, 0];
  readonly #resamplers: readonly (readonly Resampler[])[];
  readonly #scratch = new Float32Array(FRAME_SAMPLES[FULL_RATE]);

  constructor() {
    this.#resamplers = RATES.map((from, index) =>
      RATES.map((to) => new Resampler(from, to, FRAME_SAMPLES[index]!)),
    );
  }

  clear(): void {
    for (let rate = 0; rate < RATES.length; rate++) {
      if (this.#framesLeft[rate]! > 0) this.#groups[rate]!.fill(0);
    }
  }

  add(rate: number, frame: Float32Array): void {
    const group = this.#groups[rate]!;
    const samples = group.length;
    for (let index = 0; index < samples; index++) group[index]! += frame[index]!;
    this.#framesLeft[rate] = TAIL_FRAMES + 1;
  }

  /** Brings the sums to the rates that somebody listens at. */
  spread(isHeard: readonly boolean[]): void {
    for (let to = 0; to < RATES.length; to++) {
      if (isHeard[to]) this.#spreadTo(to);
    }
    for (let rate = 0; rate < RATES.length; rate++) {
      if (this.#framesLeft[rate]! > 0) this.#framesLeft[rate]!--;
    }
  }

  #spreadTo(to: number): void {
    const out = this.atRate[to]!;
    const samples = out.length;
    out.set(this.#groups[to]!);
    for (let from = 0; from < RATES.length; from++) {
      if (from === to || this.#framesLeft[from] === 0) continue;
      const group = this.#groups[from]!;
      this.#resamplers[from]![to]!.process(group, group.length, this.#scratch);
      for (let index = 0; index < samples; index++) out[index]! += this.#scratch[index]!;
    }
  }
}

/** One 48 kHz signal (air, music) for listeners of every rate. */
export class Spread {
  readonly atRate: readonly Float32Array[] = framesAtRates();
  readonly #resamplers = RATES.map((to) => new Resampler(RATES[FULL_RATE], to, FRAME_SAMPLES[FULL_RATE]));

  get full(): Float32Array {
    return this.atRate[FULL_RATE]!;
  }

  /** Brings `full` to the lower rates that somebody listens at. */
  spread(isHeard: readonly boolean[]): void {
    for (let to = 0; to < FULL_RATE; to++) {
      if (isHeard[to]) this.#resamplers[to]!.process(this.full, this.full.length, this.atRate[to]!);
    }
  }
}
