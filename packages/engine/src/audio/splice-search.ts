/**
 * Where a signal can be joined with itself a little further on or back without anybody hearing it: the lag at which one
 * frame is most like another (WSOLA, waveform similarity overlap-add), and the cross-fade between the two. Pitch is
 * kept, because whole periods are left out or said again. Used by broadcast-delay.ts on the media thread; allocates nothing.
 *
 *   every lag at 8 kHz (coarse) ─► full rate around the best one ─► lag, likeness
 */
import { FRAME_SAMPLES, FULL_RATE } from './bus.ts';

const FRAME = FRAME_SAMPLES[FULL_RATE];
/** 2.5 ms: a voice has no shorter period. */
const SHORTEST_LAG = 120;
/** 20 ms: two periods of the deepest voice fit in. */
export const LONGEST_LAG = FRAME;
const COARSE = 6;
const COARSE_FRAME = FRAME / COARSE;
/** A longer lag is taken for one that is so much more alike: fewer joins do the same. */
const WORTH = 0.01;

export class SpliceSearch {
  /** What find() has found. */
  lag = 0;
  /** 1: the same; below 0.5: nothing in common. Differing loudness counts as unlike. */
  likeness = 0;
  /** Mean squares of the two frames at that lag. */
  hereEnergy = 0;
  thereEnergy = 0;
  readonly #coarse = new Float32Array(2 * COARSE_FRAME);
  readonly #rise = Float32Array.from(
    { length: FRAME },
    (_, index) => Math.sin((Math.PI * (index + 1)) / (2 * FRAME)) ** 2,
  );

  /**
   * `signal` is two frames long. The one that is due begins at `here`, 0 or a frame; what it is compared with lies so many
   * samples behind it (`here` 0) or before it. Shorter lags than SHORTEST_LAG are not searched: `longest` is taken then.
   */
  find(signal: Float32Array, here: number, longest: number): void {
    const way = here === 0 ? 1 : -1;
    if (longest <= SHORTEST_LAG) {
      this.#measure(signal, here, here + way * longest);
      this.lag = longest;
      return;
    }
    const around = this.#findCoarse(signal, here, way, longest);
    const from = Math.max(SHORTEST_LAG, around - COARSE);
    const to = Math.min(longest, around + COARSE);
    let best = -2;
    let lag = from;
    for (let candidate = from; candidate <= to; candidate++) {
      this.#measure(signal, here, here + way * candidate);
      if (this.likeness <= best) continue;
      best = this.likeness;
      lag = candidate;
    }
    this.#measure(signal, here, here + way * lag);
    this.lag = lag;
  }

  /** To `out`: the frame that is due, fading over to the one that find() has found, at one loudness. */
  join(signal: Float32Array, here: number, out: Float32Array): void {
    const there = here === 0 ? this.lag : here - this.lag;
    const alike = this.likeness > 0 ? this.likeness : 0;
    for (let index = 0; index < FRAME; index++) {
      const rise = this.#rise[index]!;
      const fall = 1 - rise;
      const power = fall * fall + rise * rise + 2 * alike * fall * rise;
      out[index] = (signal[here + index]! * fall + signal[there + index]! * rise) / Math.sqrt(power);
    }
  }

  #findCoarse(signal: Float32Array, here: number, way: number, longest: number): number {
    const coarse = this.#coarse;
    for (let index = 0, at = 0; index < coarse.length; index++) {
      let sum = 0;
      for (let step = 0; step < COARSE; step++) sum += signal[at++]!;
      coarse[index] = sum;
    }
    const due = here / COARSE;
    let energy = 0;
    for (let index = 0; index < COARSE_FRAME; index++) energy += coarse[due + index]! ** 2;
    let best = -2;
    let found = SHORTEST_LAG / COARSE;
    for (let lag = Math.floor(longest / COARSE); lag >= SHORTEST_LAG / COARSE; lag--) {
      const from = due + way * lag;
      let product = 0;
      let other = 0;
      for (let index = 0; index < COARSE_FRAME; index++) {
        const sample = coarse[from + index]!;
        product += coarse[due + index]! * sample;
        other += sample * sample;
      }
      const likeness = likenessOf(product, energy, other);
      if (likeness <= best + WORTH) continue;
      best = likeness;
      found = lag;
    }
    return found * COARSE;
  }

  #measure(signal: Float32Array, here: number, there: number): void {
    let product = 0;
    let hereSum = 0;
    let thereSum = 0;
    for (let index = 0; index < FRAME; index++) {
      const one = signal[here + index]!;
      const other = signal[there + index]!;
      product += one * other;
      hereSum += one * one;
      thereSum += other * other;
    }
    this.likeness = likenessOf(product, hereSum, thereSum);
    this.hereEnergy = hereSum / FRAME;
    this.thereEnergy = thereSum / FRAME;
  }
}

function likenessOf(product: number, energy: number, other: number): number {
  const sum = energy + other;
  return sum === 0 ? 1 : (2 * product) / sum;
}
