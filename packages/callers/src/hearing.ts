/**
 * What one simulated telephone hears: decoded frames laid on a time line by their RTP timestamps, each with the time it
 * came. A lost packet leaves a hole of silence on the line, so that a gap in the sound is a gap in the samples.
 */
export interface Heard {
  /** ±1 full scale, at `sampleRate`. */
  samples: Float32Array;
  sampleRate: number;
}

interface Frame {
  /** Position on the time line, samples. */
  at: number;
  arrivedAtMs: number;
  pcm: Float32Array;
}

export class Hearing {
  readonly sampleRate: number;
  readonly #frames: Frame[] = [];
  #firstTimestamp: number | null = null;
  #lastTimestamp = 0;
  #unwrapped = 0;
  readonly #keepMs: number;

  readonly #samplesPerTick: number;

  /** `clockRate`: of the RTP timestamps (G.722 counts at half its sample rate). `keepMs`: how much is remembered, the newest. */
  constructor(sampleRate: number, clockRate: number, keepMs: number) {
    this.sampleRate = sampleRate;
    this.#samplesPerTick = sampleRate / clockRate;
    this.#keepMs = keepMs;
  }

  /** `timestamp` in RTP units; `pcm` is kept as it is. */
  add(timestamp: number, pcm: Float32Array, arrivedAtMs: number): void {
    if (this.#firstTimestamp === null) {
      this.#firstTimestamp = timestamp;
      this.#lastTimestamp = timestamp;
    }
    this.#unwrapped += ((timestamp - this.#lastTimestamp) | 0) * this.#samplesPerTick;
    this.#lastTimestamp = timestamp;
    this.#frames.push({ at: this.#unwrapped, arrivedAtMs, pcm });
    const oldest = this.#frames[0];
    if (oldest && arrivedAtMs - oldest.arrivedAtMs > this.#keepMs + 1000)
      while ((this.#frames[0]?.arrivedAtMs ?? Infinity) < arrivedAtMs - this.#keepMs) this.#frames.shift();
  }

  /** What came between two moments of performance.now(), as one piece; holes are silent. */
  between(fromMs: number, toMs = Infinity): Heard {
    const frames = this.#frames.filter((frame) => frame.arrivedAtMs >= fromMs && frame.arrivedAtMs < toMs);
    const start = frames.reduce((least, frame) => Math.min(least, frame.at), Infinity);
    const end = frames.reduce((most, frame) => Math.max(most, frame.at + frame.pcm.length), -Infinity);
    const samples = new Float32Array(frames.length === 0 ? 0 : end - start);
    for (const frame of frames) samples.set(frame.pcm, frame.at - start);
    return { samples, sampleRate: this.sampleRate };
  }

  /** The last `ms` milliseconds that came. */
  last(ms: number): Heard {
    const newest = this.#frames.at(-1)?.arrivedAtMs ?? 0;
    return this.between(newest - ms);
  }

  /** Arrival times since `fromMs`, performance.now(). */
  arrivals(fromMs = -Infinity): number[] {
    return this.#frames.map((frame) => frame.arrivedAtMs).filter((at) => at >= fromMs);
  }

  get frameCount(): number {
    return this.#frames.length;
  }
}
