/**
 * Makes a line of sound a little shorter or longer where nobody hears it: looks for the lag after which the sound
 * repeats itself best, and cross-fades from the one place to the other. Used by call/incoming-stream.ts on the media
 * thread to change the delay within continuous sound; allocates nothing after construction.
 *
 *   shorten, at the beginning      lengthen, at the end
 *   line  a b c d e f g h          line  a b c d e f g h
 *         └fade─► into                           └fade─► into
 *             c d                          (lag)     e f
 *   out   A B e f g h              out   a b c d e f E F g h
 *
 * The lag is searched at 8 kHz and then made exact, which takes some 10 µs at any rate.
 */
import { gainOfDb } from './gain-ramp.ts';

const FADE_MS = 10;
const SHORTEST_LAG_MS = 2.5;
/** A period of the deepest voices. */
const LONGEST_LAG_MS = 12.5;
const SEARCH_RATE = 8000;
/** Below it any lag will do. */
const SILENCE = gainOfDb(-60);
/** Of two lags that match nearly as well, the longer one: fewer splices. */
const LONGER_BONUS = 0.01;

export class Splice {
  readonly shortestLag: number;
  readonly longestLag: number;
  readonly #fade: Float32Array;
  readonly #decimation: number;
  readonly #coarse: Float32Array;
  /** How alike the places are that findLag() found, up to 1. */
  #match = 0;

  constructor(sampleRate: number) {
    this.shortestLag = (SHORTEST_LAG_MS * sampleRate) / 1000;
    this.longestLag = (LONGEST_LAG_MS * sampleRate) / 1000;
    const fadeSamples = (FADE_MS * sampleRate) / 1000;
    // Starts and ends without a bend, so that even places that do not match leave nothing far from the sound's own frequencies.
    this.#fade = Float32Array.from({ length: fadeSamples }, (_, index) => {
      const share = (index + 0.5) / fadeSamples;
      return share - Math.sin(2 * Math.PI * share) / (2 * Math.PI);
    });
    this.#decimation = sampleRate / SEARCH_RATE;
    this.#coarse = new Float32Array((fadeSamples + this.longestLag) / this.#decimation);
  }

  /**
   * Takes up to `most` samples out of the `held` ones of `line`, at their beginning. Returns how many: 0 when no two
   * places are as alike as `leastMatch` (1: the same; 0: not at all) or when too little is held.
   */
  shorten(line: Float32Array, held: number, most: number, leastMatch: number): number {
    const fade = this.#fade;
    const lag = this.#findLag(line, 0, Math.min(most, held - fade.length), 1);
    if (lag === 0 || this.#match < leastMatch) return 0;
    for (let index = 0; index < fade.length; index++) {
      const from = line[index]!;
      line[index] = from + (line[index + lag]! - from) * fade[index]!;
    }
    line.copyWithin(fade.length, fade.length + lag, held);
    return lag;
  }

  /** Puts up to `most` samples in, at the end of the `held` ones. Returns how many, like shorten(). */
  lengthen(line: Float32Array, held: number, most: number, leastMatch: number): number {
    const fade = this.#fade;
    const fadeAt = held - fade.length;
    const lag = this.#findLag(line, fadeAt, Math.min(most, fadeAt, line.length - held), -1);
    if (lag === 0 || this.#match < leastMatch) return 0;
    line.copyWithin(held, held - lag, held);
    for (let index = fade.length - 1; index >= 0; index--) {
      const from = line[fadeAt + index]!;
      line[fadeAt + index] = from + (line[fadeAt + index - lag]! - from) * fade[index]!;
    }
    return lag;
  }

  /** The best lag between what is at `at` and what is after it (`direction` 1) or before (−1); 0: none is short enough. */
  #findLag(line: Float32Array, at: number, most: number, direction: 1 | -1): number {
    const decimation = this.#decimation;
    const coarseLongest = Math.floor(Math.min(most, this.longestLag) / decimation);
    const coarseShortest = this.shortestLag / decimation;
    if (coarseLongest < coarseShortest) return 0;
    const longest = coarseLongest * decimation;
    const from = direction === 1 ? at : at - longest;
    const coarse = this.#coarse;
    const matched = this.#fade.length / decimation;
    for (let index = 0; index < matched + coarseLongest; index++) {
      let sum = 0;
      for (let k = 0; k < decimation; k++) sum += line[from + index * decimation + k]!;
      coarse[index] = sum;
    }
    const coarseAt = direction === 1 ? 0 : coarseLongest;
    const lag = this.#bestLag(coarse, coarseAt, matched, coarseShortest, coarseLongest, direction);
    if (decimation === 1) return lag;
    const first = Math.max(this.shortestLag, (lag - 1) * decimation);
    const last = Math.min(longest, (lag + 1) * decimation);
    return this.#bestLag(line, at, this.#fade.length, first, last, direction);
  }

  #bestLag(
    signal: Float32Array,
    at: number,
    matched: number,
    first: number,
    last: number,
    direction: number,
  ): number {
    let energyHere = 0;
    for (let index = at; index < at + matched; index++) energyHere += signal[index]! ** 2;
    const silence = matched * SILENCE ** 2;
    let bestLag = first;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let lag = first; lag <= last; lag++) {
      const shift = lag * direction;
      let product = 0;
      let energyThere = 0;
      for (let index = at; index < at + matched; index++) {
        const there = signal[index + shift]!;
        product += signal[index]! * there;
        energyThere += there * there;
      }
      // Of the louder of the two: places of one shape but of different level do not match either.
      const energy = Math.max(energyHere, energyThere);
      const match = energy < silence ? 1 : product / energy;
      const score = match + (LONGER_BONUS * lag) / last;
      if (score <= bestScore) continue;
      bestScore = score;
      bestLag = lag;
      this.#match = match;
    }
    return bestLag;
  }
}
