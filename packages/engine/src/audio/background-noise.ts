/**
 * How loud it is at the far end when nobody speaks, and noise of that level for the time in which nothing comes: a line
 * that falls silent between two words sounds dead. One an incoming stream; media thread, allocates nothing after
 * construction.
 */
import { ComfortNoise } from './comfort-noise.ts';
import { gainOfDb } from './gain-ramp.ts';

/** What is louder is somebody who speaks. */
const LOUDEST = gainOfDb(-50);
const AT_FIRST = gainOfDb(-70);
/** Falls at once, rises by so much a second. */
const RISE_PER_S = 1.4;
/** From one level to the next within 20 ms. */
const FADE_MS = 20;

export class BackgroundNoise {
  #level = AT_FIRST;
  /** What the far end has said last of its pauses; NaN: nothing. */
  #told = Number.NaN;
  #gain = 0;
  readonly #sampleRate: number;
  readonly #noise: ComfortNoise;
  readonly #fade: number;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#noise = new ComfortNoise(sampleRate, 0, 0x2545f491);
    this.#fade = 1 - Math.exp(-5000 / (FADE_MS * sampleRate));
  }

  /** What was heard; noise that fill() makes begins at nothing behind it. */
  follow(pcm: Float32Array, at: number, samples: number): void {
    // Every second sum by itself: each addition waits for the one before.
    let energy = 0;
    let others = 0;
    const end = at + samples - 1;
    for (let index = at; index < end; index += 2) {
      const value = pcm[index]!;
      const next = pcm[index + 1]!;
      energy += value * value;
      others += next * next;
    }
    energy += others;
    const level = Math.sqrt(energy / samples);
    const risen = this.#level * (1 + ((RISE_PER_S - 1) * samples) / this.#sampleRate) + 1e-7;
    this.#level = Math.min(level, risen, LOUDEST);
    this.#gain = 0;
  }

  /** What the far end says of it (RFC 3389), dBFS. */
  setLevel(db: number): void {
    this.#told = Math.min(gainOfDb(db), LOUDEST);
  }

  fill(pcm: Float32Array, at: number, samples: number): void {
    this.#noise.fill(pcm, samples, at);
    const level = Number.isNaN(this.#told) ? this.#level : this.#told;
    let gain = this.#gain;
    for (let index = at; index < at + samples; index++) {
      gain += (level - gain) * this.#fade;
      pcm[index] = pcm[index]! * gain;
    }
    this.#gain = gain;
  }
}
