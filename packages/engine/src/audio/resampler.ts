/**
 * Changes the sample rate of a stream by a whole-number ratio (8, 16, 44.1, 48 kHz): polyphase FIR, linear phase,
 * Kaiser window. Used by the mixer for sums of a rate and by the hold music; media thread, allocates nothing after
 * construction. For the lower rate r: ±0.05 dB to 0.425 r (3400 Hz of 8 kHz), at least 65 dB from 0.575 r; delay 14 / r.
 */
const HALF_TAPS_PER_LOW_SAMPLE = 14;
/** Kaiser β for 68 dB. */
const BETA = 6.6;

export class Resampler {
  readonly fromRate: number;
  readonly toRate: number;
  readonly delayMs: number;
  private readonly up: number;
  private readonly down: number;
  private readonly taps: number;
  /** Phase after phase, each reversed in time so that it runs along the input. */
  private readonly phases: Float64Array;
  /** `taps − 1` old samples, then the frame. */
  private readonly line: Float64Array;

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
    this.phases = isSame ? new Float64Array([1]) : phasesOf(half, this.up, this.down, this.taps);
    this.line = new Float64Array(this.taps - 1 + maxSamples);
  }

  /**
   * Writes the output of `samples` input samples to `output[0…]`; returns their number, samples·to/from. That must be
   * whole (every frame of 20 ms is): a frame begins and ends with the first phase.
   */
  process(input: Float32Array, samples: number, output: Float32Array): number {
    const { line, taps, up, down } = this;
    const cycles = samples / down;
    if (!Number.isInteger(cycles)) throw new RangeError(`${samples} samples are not whole at the other rate`);
    for (let i = 0; i < samples; i++) line[taps - 1 + i] = input[i] as number;
    for (let place = 0; place < up; place++) {
      const position = place * down;
      this.runPhase(position % up, Math.floor(position / up), cycles, output, place);
    }
    line.copyWithin(0, samples, samples + taps - 1);
    return cycles * up;
  }

  /** All outputs of the frame that one phase makes. Four at a time, because they share its coefficients. */
  private runPhase(phase: number, start: number, cycles: number, output: Float32Array, place: number): void {
    const { line, phases, taps, up, down } = this;
    const first = phase * taps;
    let at = start;
    let to = place;
    let cycle = 0;
    for (; cycle + 3 < cycles; cycle += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let k = 0; k < taps; k++) {
        const coefficient = phases[first + k] as number;
        a += coefficient * (line[at + k] as number);
        b += coefficient * (line[at + k + down] as number);
        c += coefficient * (line[at + k + 2 * down] as number);
        d += coefficient * (line[at + k + 3 * down] as number);
      }
      output[to] = a;
      output[to + up] = b;
      output[to + 2 * up] = c;
      output[to + 3 * up] = d;
      at += 4 * down;
      to += 4 * up;
    }
    for (; cycle < cycles; cycle++) {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += (phases[first + k] as number) * (line[at + k] as number);
      output[to] = sum;
      at += down;
      to += up;
    }
  }

  /** Forgets the past, for a stream that starts anew. */
  reset(): void {
    this.line.fill(0);
  }
}

/** Windowed sinc at the rate from·up, cut at half the lower rate, taken apart by phase; every phase sums to 1. */
function phasesOf(half: number, up: number, down: number, taps: number): Float64Array {
  const phases = new Float64Array(up * taps);
  const cutoff = 1 / Math.max(up, down);
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
