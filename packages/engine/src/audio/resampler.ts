/**
 * Changes the sample rate of a stream by a whole-number ratio (8, 16, 44.1, 48 kHz): polyphase FIR, linear phase,
 * Kaiser window. Used by the mixer for sums of a rate and by the hold music; media thread, allocates nothing after
 * construction. For the lower rate r: ±0.1 dB to 0.425 r (3400 Hz of 8 kHz), at least 60 dB from 0.575 r; delay 14 / r.
 */
const HALF_TAPS_PER_LOW_SAMPLE = 14;
/** Kaiser β for 62 dB. */
const BETA = 5.8;

export class Resampler {
  readonly fromRate: number;
  readonly toRate: number;
  readonly delayMs: number;
  private readonly up: number;
  private readonly down: number;
  private readonly taps: number;
  /** Phase after phase, each reversed in time so that it runs along the input. */
  private readonly phases: Float32Array;
  /** `taps − 1` old samples, then the frame. */
  private readonly line: Float32Array;
  private phase = 0;
  private lineAt = 0;

  /** `maxSamples`: the longest input of one process(). */
  constructor(fromRate: number, toRate: number, maxSamples: number) {
    const divisor = greatestCommonDivisor(fromRate, toRate);
    this.fromRate = fromRate;
    this.toRate = toRate;
    this.up = toRate / divisor;
    this.down = fromRate / divisor;
    const isSame = fromRate === toRate;
    const lowRate = Math.min(fromRate, toRate);
    const half = HALF_TAPS_PER_LOW_SAMPLE * Math.max(this.up, this.down);
    this.delayMs = isSame ? 0 : (HALF_TAPS_PER_LOW_SAMPLE * 1000) / lowRate;
    this.taps = isSame ? 1 : Math.ceil((2 * half) / this.up);
    this.phases = isSame ? new Float32Array([1]) : phasesOf(half, this.up, this.down, this.taps);
    this.line = new Float32Array(this.taps - 1 + maxSamples);
  }

  /**
   * Writes the output of `samples` input samples to `output[0…]`; returns their number: exactly samples·to/from where
   * that is whole.
   */
  process(input: Float32Array, samples: number, output: Float32Array): number {
    const { line, phases, taps, up, down } = this;
    const old = taps - 1;
    for (let i = 0; i < samples; i++) line[old + i] = input[i] as number;
    let at = this.lineAt;
    let phase = this.phase;
    let written = 0;
    while (at < samples) {
      const first = phase * taps;
      let even = 0;
      let odd = 0;
      let k = 0;
      for (; k + 3 < taps; k += 4) {
        even += (phases[first + k] as number) * (line[at + k] as number);
        odd += (phases[first + k + 1] as number) * (line[at + k + 1] as number);
        even += (phases[first + k + 2] as number) * (line[at + k + 2] as number);
        odd += (phases[first + k + 3] as number) * (line[at + k + 3] as number);
      }
      for (; k < taps; k++) even += (phases[first + k] as number) * (line[at + k] as number);
      output[written++] = even + odd;
      phase += down;
      while (phase >= up) {
        phase -= up;
        at++;
      }
    }
    this.lineAt = at - samples;
    this.phase = phase;
    line.copyWithin(0, samples, samples + old);
    return written;
  }

  /** Forgets the past, for a stream that starts anew. */
  reset(): void {
    this.line.fill(0);
    this.phase = 0;
    this.lineAt = 0;
  }
}

/** Windowed sinc at the rate from·up, cut at half the lower rate, taken apart by phase; every phase sums to 1. */
function phasesOf(half: number, up: number, down: number, taps: number): Float32Array {
  const phases = new Float32Array(up * taps);
  // A little below half the lower rate: the stop band has less to spare than the pass band.
  const cutoff = 0.995 / Math.max(up, down);
  for (let phase = 0; phase < up; phase++) {
    const values = Array.from({ length: taps }, (_, k) => windowedSinc(phase + k * up - half, half, cutoff));
    const sum = values.reduce((total, value) => total + value, 0);
    for (const [k, value] of values.entries()) phases[phase * taps + taps - 1 - k] = value / sum;
  }
  return phases;
}

function windowedSinc(offset: number, half: number, cutoff: number): number {
  if (Math.abs(offset) >= half) return 0;
  const x = Math.PI * offset * cutoff;
  const sinc = offset === 0 ? 1 : Math.sin(x) / x;
  return sinc * bessel0(BETA * Math.sqrt(1 - (offset / half) ** 2));
}

/** Modified Bessel function of the first kind, order 0. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
