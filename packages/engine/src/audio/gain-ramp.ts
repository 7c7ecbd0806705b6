/**
 * Gains that move without a click: a change is spread in a straight line over one frame. Used by the mixer for every
 * level, mute, route and gate; media thread, allocates nothing.
 */

/** −Infinity gives exactly 0. */
export function gainOfDb(db: number): number {
  return 10 ** (db / 20);
}

/** In place. The last sample of the frame has exactly `toGain`, so that the next frame goes on from there. */
export function applyGain(frame: Float32Array, samples: number, fromGain: number, toGain: number): void {
  if (fromGain === toGain) {
    if (toGain === 1) return;
    for (let i = 0; i < samples; i++) frame[i] = (frame[i] as number) * toGain;
    return;
  }
  const slope = (toGain - fromGain) / samples;
  for (let i = 0; i < samples; i++) frame[i] = (frame[i] as number) * (fromGain + slope * (i + 1));
}

/** Adds `source`, with its gain moving, to `target`. */
export function addWithGain(
  target: Float32Array,
  source: Float32Array,
  samples: number,
  fromGain: number,
  toGain: number,
): void {
  if (fromGain === 0 && toGain === 0) return;
  const slope = (toGain - fromGain) / samples;
  for (let i = 0; i < samples; i++) {
    target[i] = (target[i] as number) + (source[i] as number) * (fromGain + slope * (i + 1));
  }
}

const PRESENT = 0;
const TARGET = 1;

/** One gain with its memory: set() at any time, the next frame ramps there. */
export class GainRamp {
  /** In an array, because a field that has held a whole number boxes every other. */
  private readonly gains: Float64Array;

  constructor(gain = 1) {
    this.gains = Float64Array.of(gain, gain);
  }

  get gain(): number {
    return this.gains[PRESENT] as number;
  }

  /** True when this and the following frames are silent. */
  get isSilent(): boolean {
    return this.gains[PRESENT] === 0 && this.gains[TARGET] === 0;
  }

  set(gain: number): void {
    this.gains[TARGET] = gain;
  }

  /** Without a ramp; for a port that starts. */
  jump(gain: number): void {
    this.gains.fill(gain);
  }

  /** One frame, in place. */
  apply(frame: Float32Array, samples: number): void {
    const { gains } = this;
    applyGain(frame, samples, gains[PRESENT] as number, gains[TARGET] as number);
    gains[PRESENT] = gains[TARGET] as number;
  }

  /** One frame of `source`, added to `target`. */
  add(target: Float32Array, source: Float32Array, samples: number): void {
    const { gains } = this;
    addWithGain(target, source, samples, gains[PRESENT] as number, gains[TARGET] as number);
    gains[PRESENT] = gains[TARGET] as number;
  }
}
