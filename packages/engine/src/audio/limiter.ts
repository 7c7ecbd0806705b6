/**
 * Look-ahead peak limiter in front of every output: no sample above −1 dBFS, and what stays below passes bit for bit,
 * 1.5 ms late. Used by the mixer, one per output, media thread; allocates nothing after construction.
 *
 *   in ─┬──────────────── delay ─────────────────┬─ × ─► out
 *       └ needed gain ─ lowest ahead ─ release ─ mean ┘
 *
 * The lowest needed gain of the look-ahead is averaged over the same time, so the gain has fully come down, in a straight line,
 * when the peak arrives.
 */
const LOOK_AHEAD_MS = 1.5;
const RELEASE_MS = 80;
export const LIMITER_THRESHOLD_DB = -1;
const THRESHOLD = 10 ** (LIMITER_THRESHOLD_DB / 20);
/** A gain nearer to 1 than this (0.0001 dB) is 1. */
const RESTED = 1 - 1e-5;

/** Of one frame at work, for all limiters of a thread: needed gains behind those of the look-ahead before, and their lowest. */
const LONGEST_FRAME = 960;
const LONGEST_WINDOW = 72;
const needed = new Float64Array(LONGEST_WINDOW + LONGEST_FRAME);
const lowestBehind = new Float64Array(LONGEST_WINDOW + LONGEST_FRAME);

export class Limiter {
  readonly delaySamples: number;
  private readonly window: number;
  private readonly release: number;
  private readonly delayed: Float32Array;
  private readonly gains: Float64Array;
  /** Needed gains of the last `window` − 1 samples. */
  private readonly neededBefore: Float64Array;
  private at = 0;
  /** [envelope, sum of `gains`]; in an array, because a field that has held a whole number boxes every other. */
  private readonly levels: Float64Array;
  /** At least so many samples from now on are not at rest; 0: it only delays. */
  private busySamples = 0;

  constructor(sampleRate: number) {
    this.window = Math.max(2, Math.round((LOOK_AHEAD_MS * sampleRate) / 1000));
    if (this.window > LONGEST_WINDOW) throw new RangeError(`no limiter at ${sampleRate} Hz`);
    this.delaySamples = this.window - 1;
    this.release = 1 - Math.exp(-1000 / (RELEASE_MS * sampleRate));
    this.delayed = new Float32Array(this.window);
    this.gains = new Float64Array(this.window).fill(1);
    this.neededBefore = new Float64Array(this.window - 1).fill(1);
    this.levels = Float64Array.of(1, this.window);
  }

  /** In place; at most 960 samples. */
  process(frame: Float32Array, samples: number): void {
    if (isBelowThreshold(frame, samples)) {
      if (this.busySamples === 0) {
        this.delay(frame, samples);
        return;
      }
      this.busySamples = Math.max(0, this.busySamples - samples);
    } else this.busySamples = 2 * this.window;
    this.findLowest(frame, samples);
    this.limit(frame, samples);
    if (this.busySamples === 0) this.rest();
  }

  private delay(frame: Float32Array, samples: number): void {
    const { window, delayed } = this;
    let { at } = this;
    for (let i = 0; i < samples; i++) {
      delayed[at] = frame[i] as number;
      at = at + 1 < window ? at + 1 : 0;
      frame[i] = delayed[at] as number;
    }
    this.at = at;
  }

  /**
   * To `needed`, at each sample: the lowest needed gain of the last `window` samples. By blocks of that length (van Herk): the
   * lowest from a sample to the end of its block, and from the beginning of the next one on, without a branch.
   */
  private findLowest(frame: Float32Array, samples: number): void {
    const { window, neededBefore } = this;
    const before = window - 1;
    const length = before + samples;
    for (let i = 0; i < before; i++) needed[i] = neededBefore[i] as number;
    for (let i = 0; i < samples; i++) {
      const sample = frame[i] as number;
      const magnitude = sample < 0 ? -sample : sample;
      needed[before + i] = magnitude > THRESHOLD ? THRESHOLD / magnitude : 1;
    }
    for (let i = 0; i < before; i++) neededBefore[i] = needed[samples + i] as number;
    for (let start = 0; start < length; start += window) {
      const end = start + window < length ? start + window : length;
      let lowest = 1;
      for (let i = end - 1; i >= start; i--) {
        const each = needed[i] as number;
        lowest = each < lowest ? each : lowest;
        lowestBehind[i] = lowest;
      }
      lowest = 1;
      for (let i = start; i < end; i++) {
        const each = needed[i] as number;
        lowest = each < lowest ? each : lowest;
        needed[i] = lowest;
      }
    }
  }

  /** One loop, in local variables: what a method a sample returns would be an object each. */
  private limit(frame: Float32Array, samples: number): void {
    const { window, delayed, gains, release, levels } = this;
    const before = window - 1;
    let { at } = this;
    let envelope = levels[0] as number;
    let gainSum = levels[1] as number;
    for (let i = 0; i < samples; i++) {
      const behind = lowestBehind[i] as number;
      const ahead = needed[before + i] as number;
      const lowest = behind < ahead ? behind : ahead;
      const released = envelope + (1 - envelope) * release;
      const rested = released > RESTED ? 1 : released;
      envelope = lowest < rested ? lowest : rested;
      gainSum += envelope - (gains[at] as number);
      gains[at] = envelope;
      delayed[at] = frame[i] as number;
      at = at + 1 < window ? at + 1 : 0;
      const value = ((delayed[at] as number) * gainSum) / window;
      // The mean of gains is exact but for rounding in the last bit.
      frame[i] = value > THRESHOLD ? THRESHOLD : value < -THRESHOLD ? -THRESHOLD : value;
    }
    this.at = at;
    levels[0] = envelope;
    levels[1] = gainSum;
    if (envelope < 1) this.busySamples = 2 * window;
  }

  private rest(): void {
    this.gains.fill(1);
    this.neededBefore.fill(1);
    this.levels[1] = this.window;
  }
}

function isBelowThreshold(frame: Float32Array, samples: number): boolean {
  for (let i = 0; i < samples; i++) {
    const sample = frame[i] as number;
    if (sample > THRESHOLD || sample < -THRESHOLD) return false;
  }
  return true;
}
