/**
 * Quiet noise that says that the line is alive: white noise through two low passes, about 6 dB down at 1.5 kHz, so it
 * sounds like a room and not like a waterfall. Seeded: the same seed gives the same noise. Media thread, allocates nothing.
 */
const CORNER_HZ = 1500;

export class ComfortNoise {
  private readonly pole: number;
  private readonly scale: number;
  private state: number;
  private first = 0;
  private second = 0;

  /** `levelDb`: RMS, dBFS. */
  constructor(sampleRate: number, levelDb: number, seed = 1) {
    this.state = seed | 0 || 1;
    const pole = Math.exp((-2 * Math.PI * CORNER_HZ) / sampleRate);
    this.pole = pole;
    // Uniform noise in ±1 has the power 1/3; two poles leave (1−p)⁴(1+p²)/(1−p²)³ of it.
    const power = ((1 - pole) ** 4 * (1 + pole ** 2)) / (1 - pole ** 2) ** 3 / 3;
    this.scale = 10 ** (levelDb / 20) / Math.sqrt(power);
  }

  /** Overwrites `samples` samples of the frame, from `at` on. */
  fill(frame: Float32Array, samples: number, at = 0): void {
    let { state, first, second } = this;
    for (let i = at; i < at + samples; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      first = state / 0x80000000 + (first - state / 0x80000000) * this.pole;
      second = first + (second - first) * this.pole;
      frame[i] = second * this.scale;
    }
    this.state = state;
    this.first = first;
    this.second = second;
  }
}
