/**
 * Meter of one leg or bus, fed by the mixer with every 20 ms frame; media thread. Peak: sample peak, rises at once, falls
 * 20 dB in 1.7 s as a type I meter does (IEC 60268-10). RMS: over the last 300 ms. Both in dBFS where 0 is the
 * amplitude 1 (a sine of amplitude 1 reads peak 0, RMS −3); −100 is silence.
 */
const FALL_DB_PER_S = 20 / 1.7;
const RMS_FRAMES = 15;
const FRAME_MS = 20;
const FLOOR_DB = -100;
const FLOOR = 1e-5;

export class Meter {
  private readonly fallPerFrame = 10 ** ((-FALL_DB_PER_S * FRAME_MS) / 1000 / 20);
  /** Of the last frames; behind them the peak, which as a field of its own would be a new object a frame. */
  private readonly powers = new Float64Array(RMS_FRAMES + 1);
  private at = 0;

  /** One 20 ms frame. */
  process(frame: Float32Array, samples: number): void {
    // Every second sum by itself: each addition waits for the one before.
    let highest = 0;
    let energy = 0;
    let others = 0;
    for (let i = 0; i < samples; i += 2) {
      const value = frame[i] as number;
      const next = frame[i + 1] as number;
      energy += value * value;
      others += next * next;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > highest) highest = magnitude;
      const nextMagnitude = next < 0 ? -next : next;
      if (nextMagnitude > highest) highest = nextMagnitude;
    }
    energy += others;
    const { powers } = this;
    const fallen = (powers[RMS_FRAMES] as number) * this.fallPerFrame;
    powers[RMS_FRAMES] = Math.max(highest, fallen < FLOOR ? 0 : fallen);
    powers[this.at] = energy / samples;
    this.at = (this.at + 1) % RMS_FRAMES;
  }

  /** Both figures, in place: what a getter returns would be an object each. */
  writeTo(values: Float32Array, at: number): void {
    const peak = this.powers[RMS_FRAMES] as number;
    values[at] = peak > FLOOR ? 20 * Math.log10(peak) : FLOOR_DB;
    let sum = 0;
    for (let i = 0; i < RMS_FRAMES; i++) sum += this.powers[i] as number;
    const rms = Math.sqrt(sum / RMS_FRAMES);
    values[at + 1] = rms > FLOOR ? 20 * Math.log10(rms) : FLOOR_DB;
  }
}
