/**
 * Tones that a leg hears while it waits: ring-back and busy (ITU-T E.180: 425 Hz, 1 s on 4 s off; 0.5 s on 0.5 s off)
 * and the beep before a recorded question. One per listener, filled by the mixer, media thread; allocates nothing after
 * construction. Edges are raised cosines of 5 ms: no click.
 */
export type ToneName = 'ringback' | 'busy' | 'beep';

interface Cadence {
  hz: number;
  /** dBFS of the sine's amplitude. */
  levelDb: number;
  onMs: number;
  /** Infinity: once. */
  offMs: number;
}

const CADENCES: { readonly [name in ToneName]: Cadence } = {
  ringback: { hz: 425, levelDb: -18, onMs: 1000, offMs: 4000 },
  busy: { hz: 425, levelDb: -18, onMs: 500, offMs: 500 },
  beep: { hz: 1000, levelDb: -18, onMs: 300, offMs: Number.POSITIVE_INFINITY },
};

const EDGE_MS = 5;

export class Tone {
  private readonly onSamples: number;
  private readonly cycleSamples: number;
  private readonly amplitude: number;
  private readonly coefficient: number;
  /** sin of the sample before the first and the one before that. */
  private readonly start1: number;
  private readonly start2: number;
  private readonly edge: Float32Array;
  private at = 0;
  private last1 = 0;
  private last2 = 0;

  constructor(name: ToneName, sampleRate: number) {
    const cadence = CADENCES[name];
    const step = (2 * Math.PI * cadence.hz) / sampleRate;
    this.onSamples = Math.round((cadence.onMs * sampleRate) / 1000);
    this.cycleSamples = this.onSamples + Math.round((cadence.offMs * sampleRate) / 1000);
    this.amplitude = 10 ** (cadence.levelDb / 20);
    this.coefficient = 2 * Math.cos(step);
    this.start1 = Math.sin(-step);
    this.start2 = Math.sin(-2 * step);
    const edgeSamples = Math.round((EDGE_MS * sampleRate) / 1000);
    this.edge = Float32Array.from(
      { length: edgeSamples },
      (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / edgeSamples),
    );
  }

  /** Overwrites the frame. */
  fill(frame: Float32Array, samples: number): void {
    for (let i = 0; i < samples; i++) {
      frame[i] = this.at < this.onSamples ? this.sine() * this.shape() : 0;
      this.at++;
      if (this.at === this.cycleSamples) this.at = 0;
    }
  }

  /** From the beginning of the cadence. */
  restart(): void {
    this.at = 0;
  }

  /** sin(n·step) by recurrence, started afresh at each burst so that no error builds up. */
  private sine(): number {
    if (this.at === 0) {
      this.last1 = this.start1;
      this.last2 = this.start2;
    }
    const value = this.coefficient * this.last1 - this.last2;
    this.last2 = this.last1;
    this.last1 = value;
    return value * this.amplitude;
  }

  private shape(): number {
    const left = this.onSamples - 1 - this.at;
    const fromEdge = this.at < left ? this.at : left;
    return fromEdge < this.edge.length ? (this.edge[fromEdge] as number) : 1;
  }
}
