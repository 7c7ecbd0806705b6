import { describe, expect, it } from 'vitest';
import { noise } from '../audio/testing/babble.ts';
import { largestClickDb, longestGapMs, peakDb, rmsDb, toneLevelDb } from '../audio/tone-analysis.ts';
import type { Codec, Encoder } from '../codecs/codec.ts';
import { pcmu } from '../codecs/g711.ts';
import { g722 } from '../codecs/g722.ts';
import { l16 } from '../codecs/l16.ts';
import { createRtpView } from '../rtp/packet.ts';
import { IncomingStream } from './incoming-stream.ts';

/** What is said at a time, ±1. */
type Sound = (seconds: number) => number;

const sine =
  (hz: number, level: number): Sound =>
  (seconds) =>
    level * Math.sin(2 * Math.PI * hz * seconds);

interface LineOptions {
  ptimeMs?: number;
  codec?: Codec;
  sound?: Sound;
  /** How much faster the sender's clock runs, parts per million. */
  driftPpm?: number;
  /** How long after a punctual packet the tick comes, ms; drift moves it. */
  tickPhaseMs?: number;
}

/** Packets of a sound into a stream whose clock ticks every 20 ms, all in simulated time; what it plays comes out. */
class Line {
  readonly stream: IncomingStream;
  readonly played: number[] = [];
  readonly #codec: Codec;
  readonly #encoder: Encoder;
  readonly #sound: Sound;
  readonly #ptimeMs: number;
  readonly #sendEveryMs: number;
  readonly #tickPhaseMs: number;
  readonly #view = createRtpView();
  #packet = 0;
  #nowMs = 0;

  constructor({
    ptimeMs = 20,
    codec = pcmu,
    sound = sine(400, 0.25),
    driftPpm = 0,
    tickPhaseMs = 5,
  }: LineOptions = {}) {
    this.#tickPhaseMs = tickPhaseMs;
    this.#ptimeMs = ptimeMs;
    this.#sendEveryMs = ptimeMs / (1 + driftPpm / 1e6);
    this.#codec = codec;
    this.#encoder = codec.createEncoder();
    this.#sound = sound;
    this.stream = new IncomingStream(codec, ptimeMs);
  }

  /** `isLost` says which packets do not arrive. */
  run(ms: number, isLost: (packet: number) => boolean = () => false): void {
    const samples = this.#codec.sampleRate / 50;
    const frame = new Float32Array(samples);
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; this.#nowMs += 20) {
      const tickMs = this.#nowMs + this.#tickPhaseMs;
      while (this.#packet * this.#sendEveryMs <= tickMs) {
        if (!isLost(this.#packet)) this.#send();
        this.#packet++;
      }
      this.stream.pull(frame, samples, tickMs);
      for (const value of frame) this.played.push(value);
    }
  }

  /** Of all that was played from then on. */
  clickDb(fromMs: number, knownTonesHz: readonly number[]): number {
    const from = (fromMs * this.#codec.sampleRate) / 1000;
    return largestClickDb(Float32Array.from(this.played.slice(from)), this.#codec.sampleRate, knownTonesHz);
  }

  #send(): void {
    const { sampleRate, clockRate } = this.#codec;
    const samples = (this.#ptimeMs * sampleRate) / 1000;
    const first = this.#packet * samples;
    const pcm = Float32Array.from({ length: samples }, (_, index) =>
      this.#sound((first + index) / sampleRate),
    );
    const bytes = new Uint8Array(this.#codec.maxBytes(samples));
    this.#view.payloadLength = this.#encoder.encode(pcm, samples, bytes, 0);
    this.#view.sequence = this.#packet & 0xffff;
    this.#view.timestamp = (first * clockRate) / sampleRate;
    this.stream.receive(bytes, this.#view, false, this.#packet * this.#sendEveryMs);
  }
}

describe('an incoming stream', () => {
  for (const ptimeMs of [10, 20, 30, 40, 60]) {
    it(`plays packets of ${ptimeMs} ms as one whole tone`, () => {
      const line = new Line({ ptimeMs });
      line.run(1200);
      const tone = Float32Array.from(line.played.slice(-4000));
      expect(toneLevelDb(tone, 8000, 400)).toBeCloseTo(-12, 0);
      expect(line.stream.framesConcealed).toBe(0);
      expect(line.stream.hasDecoded).toBe(true);
    });
  }

  it('conceals what is lost', () => {
    const line = new Line();
    line.run(2000, (packet) => packet > 10 && packet % 20 === 0);
    expect(line.stream.framesConcealed).toBeGreaterThanOrEqual(3);
    expect(line.stream.buffer.lost).toBeGreaterThanOrEqual(3);
    const tone = Float32Array.from(line.played.slice(-8000));
    expect(toneLevelDb(tone, 8000, 400)).toBeGreaterThan(-13);
  });

  it('falls silent when nothing comes any more, and before anything came', () => {
    const line = new Line();
    line.run(200, () => true);
    expect(peakDb(Float32Array.from(line.played))).toBeLessThan(-100);
    line.run(600);
    line.run(1000, () => true);
    expect(peakDb(Float32Array.from(line.played.slice(-1600)))).toBeLessThan(-60);
  });

  it('goes on as loud as the background when nothing comes any more', () => {
    const room = noise(8000, -58);
    const line = new Line({ sound: (seconds) => room[Math.round(seconds * 8000) % room.length]! });
    line.run(3000);
    line.run(2000, () => true);
    const rest = Float32Array.from(line.played.slice(-8000));
    expect(Math.abs(rmsDb(rest) + 58)).toBeLessThan(2);
    expect(longestGapMs(Float32Array.from(line.played.slice(-20_000)), 8000, -75)).toBeLessThan(5);
  });

  it('fades from a voice that breaks off into that background within 60 ms', () => {
    const room = noise(8000, -65);
    const voice = sine(160, 0.25);
    const line = new Line({
      sound: (seconds) => (seconds % 1 < 0.5 ? voice(seconds) : 0) + room[Math.round(seconds * 8000) % 8000]!,
    });
    line.run(3400);
    line.run(600, () => true);
    const broken = Float32Array.from(line.played.slice(-4800));
    expect(rmsDb(broken.subarray(100 * 8))).toBeLessThan(-55);
    expect(rmsDb(broken.subarray(300 * 8))).toBeGreaterThan(-72);
  });

  it('is as loud in a pause as the sender says (RFC 3389)', () => {
    const line = new Line({ sound: () => 0 });
    line.run(1000);
    line.stream.comfortNoise(-62);
    line.run(1000, () => true);
    expect(Math.abs(rmsDb(Float32Array.from(line.played.slice(-4000))) + 62)).toBeLessThan(2);
  });

  it('counts a payload that is too long, and plays on', () => {
    const line = new Line();
    line.run(400);
    const view = { ...createRtpView(), payloadLength: 1400, sequence: 5, timestamp: 800 };
    line.stream.receive(new Uint8Array(1400), view, false, 400);
    line.run(400);
    expect(line.stream.undecodable).toBe(1);
    expect(toneLevelDb(Float32Array.from(line.played.slice(-1600)), 8000, 400)).toBeCloseTo(-12, 0);
  });
});

describe('an incoming stream whose packets say what the one before them was', () => {
  /** Every packet is the number of its first sample; its redundancy is the same for the packet before. */
  const telling: Codec = {
    ...pcmu,
    createDecoder: () => ({
      ...pcmu.createDecoder(),
      decode: (bytes, offset, length, pcm, at) => {
        pcm.fill((bytes[offset] as number) / 256, at, at + length);
        return length;
      },
      recover: (bytes, offset, _length, pcm, at, samples) => {
        pcm.fill(((bytes[offset] as number) - 1) / 256, at, at + samples);
        return samples;
      },
      conceal: (pcm, at, samples) => void pcm.fill(-1, at, at + samples),
    }),
  };

  function play(isLost: (packet: number) => boolean): number[] {
    const stream = new IncomingStream(telling, 20);
    const frame = new Float32Array(160);
    const played: number[] = [];
    for (let packet = 0; packet < 60; packet++) {
      const view = { ...createRtpView(), payloadLength: 160, sequence: packet, timestamp: packet * 160 };
      const bytes = new Uint8Array(160).fill(packet);
      if (!isLost(packet)) stream.receive(bytes, view, false, packet * 20);
      stream.pull(frame, 160, packet * 20 + 5);
      played.push(Math.round(frame[80]! * 256));
    }
    return played.filter((value) => value !== 0);
  }

  it('plays all of them where single ones are lost', () => {
    const played = play((packet) => packet % 7 === 4);
    expect(played.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });
});

const CHORD_HZ = [601, 709, 823, 1103, 1289, 1471, 1709];
const chord: Sound = (seconds) => CHORD_HZ.reduce((sum, hz) => sum + sine(hz, 0.025)(seconds), 0);

/** Sound that never pauses, and what is known to be in it; the rest is noise of the codec, or a click. */
const MUSIC: [string, Codec, Sound, number[]][] = [
  ['a tone in G.711', pcmu, sine(601, 0.1), [601]],
  ['seven tones in G.711', pcmu, chord, CHORD_HZ],
  ['a tone in G.722', g722, sine(601, 0.1), [601]],
  ['seven tones in L16', l16, chord, CHORD_HZ],
];

describe.each(MUSIC)('in sound that never pauses, %s,', (_name, codec, sound, tonesHz) => {
  it('the delay of the start is worked off within a quarter of a minute, and nobody hears it', () => {
    const line = new Line({ codec, sound, tickPhaseMs: 8 });
    line.run(1000);
    expect(line.stream.buffer.depthMs).toBeGreaterThanOrEqual(48);
    line.run(14_000);
    expect(line.stream.buffer.depthMs).toBeLessThan(40);
    line.run(15_000);
    expect(line.stream.buffer.depthMs).toBeLessThan(31);
    expect(line.stream.framesConcealed).toBe(0);
    expect(line.clickDb(200, tonesHz)).toBeLessThan(-55);
  });
});

describe.each(MUSIC.slice(0, 2))('in sound that never pauses, %s,', (_name, codec, sound, tonesHz) => {
  it.each([
    ['fast', 200],
    ['slow', -200],
  ])('a sender whose clock is %s by 200 ppm is followed, and nobody hears it', (_, driftPpm) => {
    const line = new Line({ codec, sound, driftPpm, tickPhaseMs: 1 });
    let deepestMs = 0;
    for (let seconds = 0; seconds < 140; seconds++) {
      line.run(1000);
      deepestMs = Math.max(deepestMs, line.stream.buffer.depthMs);
    }
    expect(deepestMs).toBeLessThan(50);
    expect(line.stream.framesConcealed).toBe(0);
    expect(line.stream.buffer).toMatchObject({ lost: 0, late: 0, skipped: 0, inserted: 0 });
    expect(line.clickDb(200, tonesHz)).toBeLessThan(-55);
  });
});
