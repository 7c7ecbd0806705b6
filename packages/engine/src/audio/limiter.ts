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

export class Limiter {
  readonly delaySamples: number;
  private readonly window: number;
  private readonly release: number;
  private readonly delayed: Float32Array;
  private readonly gains: Float64Array;
  /** Falling queue of needed gains, for the lowest in the window; positions are sample counts modulo 2³¹. */
  private readonly queueGain: Float64Array;
  private readonly queueAt: Int32Array;
  private queueHead = 0;
  private queueLength = 0;
  private at = 0;
  private clock = 0;
  /** [envelope, sum of `gains`, that sum at rest]; in an array, because a field that has held a whole number boxes every other. */
  private readonly levels: Float64Array;
  /** Samples until the limiter is at rest; 0: it only delays. */
  private busySamples = 0;

  constructor(sampleRate: number) {
    this.window = Math.max(2, Math.round((LOOK_AHEAD_MS * sampleRate) / 1000));
    this.delaySamples = this.window - 1;
    this.release = 1 - Math.exp(-1000 / (RELEASE_MS * sampleRate));
    this.delayed = new Float32Array(this.window);
    this.gains = new Float64Array(this.window).fill(1);
    this.queueGain = new Float64Array(this.window);
    this.queueAt = new Int32Array(this.window);
    this.levels = Float64Array.of(1, this.window, this.window);
  }

  /** In place. */
  process(frame: Float32Array, samples: number): void {
    if (this.busySamples === 0 && isBelowThreshold(frame, samples)) this.delay(frame, samples);
    else this.limit(frame, samples);
  }

  private delay(frame: Float32Array, samples: number): void {
    for (let i = 0; i < samples; i++) {
      this.delayed[this.at] = frame[i] as number;
      this.at = this.at + 1 < this.window ? this.at + 1 : 0;
      frame[i] = this.delayed[this.at] as number;
    }
  }

  /** One loop, in local variables: what a method a sample returns would be an object each. */
  private limit(frame: Float32Array, samples: number): void {
    const { window, delayed, gains, queueGain, queueAt, release, levels } = this;
    let { at, clock, queueHead, queueLength, busySamples } = this;
    let envelope = levels[0] as number;
    let gainSum = levels[1] as number;
    for (let i = 0; i < samples; i++) {
      const sample = frame[i] as number;
      const magnitude = sample < 0 ? -sample : sample;
      const isLoud = magnitude > THRESHOLD;
      if (isLoud) busySamples = 2 * window;
      if (busySamples > 0) {
        // The lowest of the last `window` needed gains, in O(1) on average: a queue in which they rise.
        const needed = isLoud ? THRESHOLD / magnitude : 1;
        clock = (clock + 1) & 0x7fffffff;
        if (queueLength > 0 && ((clock - (queueAt[queueHead] as number)) & 0x7fffffff) >= window) {
          queueHead = queueHead + 1 < window ? queueHead + 1 : 0;
          queueLength--;
        }
        // Behind the last one in the queue; wrapped without a division, which is slow.
        let slot = queueHead + queueLength;
        if (slot >= window) slot -= window;
        while (queueLength > 0) {
          const last = slot > 0 ? slot - 1 : window - 1;
          if ((queueGain[last] as number) < needed) break;
          slot = last;
          queueLength--;
        }
        queueGain[slot] = needed;
        queueAt[slot] = clock;
        queueLength++;
        const lowest = queueGain[queueHead] as number;
        const released = envelope + (1 - envelope) * release;
        envelope = Math.min(lowest, released > RESTED ? 1 : released);
        gainSum += envelope - (gains[at] as number);
        gains[at] = envelope;
        busySamples = envelope < 1 ? 2 * window : busySamples - 1;
        if (busySamples === 0) {
          gains.fill(1);
          gainSum = levels[2] as number;
          queueLength = 0;
        }
      }
      delayed[at] = sample;
      at = at + 1 < window ? at + 1 : 0;
      const late = delayed[at] as number;
      // The mean of gains is exact but for rounding in the last bit.
      frame[i] = Math.max(-THRESHOLD, Math.min(THRESHOLD, (late * gainSum) / window));
    }
    this.at = at;
    this.clock = clock;
    this.queueHead = queueHead;
    this.queueLength = queueLength;
    levels[0] = envelope;
    levels[1] = gainSum;
    this.busySamples = busySamples;
  }
}

function isBelowThreshold(frame: Float32Array, samples: number): boolean {
  for (let i = 0; i < samples; i++) {
    const sample = frame[i] as number;
    if (sample > THRESHOLD || sample < -THRESHOLD) return false;
  }
  return true;
}
