import { describe, expect, it } from 'vitest';
import { peakDb, toneLevelDb } from '../audio/tone-analysis.ts';
import { pcmu } from '../codecs/g711.ts';
import { createRtpView } from '../rtp/packet.ts';
import { IncomingStream } from './incoming-stream.ts';

/** Packets of a 400 Hz tone into a stream whose clock ticks every 20 ms; what it plays comes out. */
class Line {
  readonly stream: IncomingStream;
  readonly played: number[] = [];
  readonly #encoder = pcmu.createEncoder();
  readonly #ptimeMs: number;
  readonly #view = createRtpView();
  #packet = 0;
  #nowMs = 0;

  constructor(ptimeMs: number) {
    this.#ptimeMs = ptimeMs;
    this.stream = new IncomingStream(pcmu, ptimeMs);
  }

  /** `isLost` says which packets do not arrive. */
  run(ms: number, isLost: (packet: number) => boolean = () => false): void {
    const frame = new Float32Array(160);
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; this.#nowMs += 20) {
      while (this.#packet * this.#ptimeMs <= this.#nowMs) {
        if (!isLost(this.#packet)) this.#send();
        this.#packet++;
      }
      this.stream.pull(frame, 160, this.#nowMs + 5);
      this.played.push(...frame);
    }
  }

  #send(): void {
    const samples = this.#ptimeMs * 8;
    const first = this.#packet * samples;
    const pcm = Float32Array.from(
      { length: samples },
      (_, index) => 0.25 * Math.sin((2 * Math.PI * 400 * (first + index)) / 8000),
    );
    const bytes = new Uint8Array(samples);
    this.#encoder.encode(pcm, samples, bytes, 0);
    this.#view.payloadLength = samples;
    this.#view.sequence = this.#packet & 0xffff;
    this.#view.timestamp = first;
    this.stream.receive(bytes, this.#view, false, this.#packet * this.#ptimeMs);
  }
}

describe('an incoming stream', () => {
  for (const ptimeMs of [10, 20, 30, 40, 60]) {
    it(`plays packets of ${ptimeMs} ms as one whole tone`, () => {
      const line = new Line(ptimeMs);
      line.run(1200);
      const tone = Float32Array.from(line.played.slice(-4000));
      expect(toneLevelDb(tone, 8000, 400)).toBeCloseTo(-12, 0);
      expect(line.stream.framesConcealed).toBe(0);
      expect(line.stream.hasDecoded).toBe(true);
    });
  }

  it('conceals what is lost', () => {
    const line = new Line(20);
    line.run(2000, (packet) => packet > 10 && packet % 20 === 0);
    expect(line.stream.framesConcealed).toBeGreaterThanOrEqual(3);
    expect(line.stream.buffer.lost).toBeGreaterThanOrEqual(3);
    const tone = Float32Array.from(line.played.slice(-8000));
    expect(toneLevelDb(tone, 8000, 400)).toBeGreaterThan(-13);
  });

  it('falls silent when nothing comes any more, and before anything came', () => {
    const line = new Line(20);
    line.run(200, () => true);
    expect(peakDb(Float32Array.from(line.played))).toBeLessThan(-100);
    line.run(600);
    line.run(1000, () => true);
    expect(peakDb(Float32Array.from(line.played.slice(-1600)))).toBeLessThan(-60);
  });

  it('counts a payload that is too long, and plays on', () => {
    const line = new Line(20);
    line.run(400);
    const view = { ...createRtpView(), payloadLength: 1400, sequence: 5, timestamp: 800 };
    line.stream.receive(new Uint8Array(1400), view, false, 400);
    line.run(400);
    expect(line.stream.undecodable).toBe(1);
    expect(toneLevelDb(Float32Array.from(line.played.slice(-1600)), 8000, 400)).toBeCloseTo(-12, 0);
  });
});
