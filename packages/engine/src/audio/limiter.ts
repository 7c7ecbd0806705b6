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
  private envelope = 1;
  private gainSum: number;
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
    this.gainSum = this.window;
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

  private limit(frame: Float32Array, samples: number): void {
    for (let i = 0; i < samples; i++) {
      const sample = frame[i] as number;
      const gain = this.nextGain(sample);
      this.delayed[this.at] = sample;
      this.at = this.at + 1 < this.window ? this.at + 1 : 0;
      const late = this.delayed[this.at] as number;
      frame[i] = gain === 1 ? late : clamp(late * gain);
    }
  }

  private nextGain(sample: number): number {
    const magnitude = sample < 0 ? -sample : sample;
    if (magnitude > THRESHOLD) this.busySamples = 2 * this.window;
    else if (this.busySamples === 0) return 1;
    const needed = magnitude > THRESHOLD ? THRESHOLD / magnitude : 1;
    const lowest = this.lowestAhead(needed);
    const released = this.envelope + (1 - this.envelope) * this.release;
    this.envelope = lowest < released ? lowest : released > RESTED ? 1 : released;
    this.gainSum += this.envelope - (this.gains[this.at] as number);
    this.gains[this.at] = this.envelope;
    if (this.envelope < 1) this.busySamples = 2 * this.window;
    else if (--this.busySamples === 0) this.rest();
    return this.busySamples === 0 ? 1 : this.gainSum / this.window;
  }

  /** Lowest of the last `window` needed gains, in O(1) on average. */
  private lowestAhead(needed: number): number {
    const { queueGain, queueAt, window } = this;
    this.clock = (this.clock + 1) & 0x7fffffff;
    if (this.queueLength > 0 && ((this.clock - (queueAt[this.queueHead] as number)) & 0x7fffffff) >= window) {
      this.queueHead = (this.queueHead + 1) % window;
      this.queueLength--;
    }
    while (this.queueLength > 0) {
      const last = (this.queueHead + this.queueLength - 1) % window;
      if ((queueGain[last] as number) < needed) break;
      this.queueLength--;
    }
    const slot = (this.queueHead + this.queueLength) % window;
    queueGain[slot] = needed;
    queueAt[slot] = this.clock;
    this.queueLength++;
    return queueGain[this.queueHead] as number;
  }

  private rest(): void {
    this.gains.fill(1);
    this.gainSum = this.window;
    this.queueLength = 0;
  }
}

function isBelowThreshold(frame: Float32Array, samples: number): boolean {
  for (let i = 0; i < samples; i++) {
    const sample = frame[i] as number;
    if (sample > THRESHOLD || sample < -THRESHOLD) return false;
  }
  return true;
}

/** The mean of gains is exact but for rounding in the last bit. */
function clamp(value: number): number {
  return value > THRESHOLD ? THRESHOLD : value < -THRESHOLD ? -THRESHOLD : value;
}
