/**
 * Plays a prompt once to one leg, then the beep where a recording follows. Filled by the mixer, media thread; allocates
 * nothing after give().
 *
 *   300 ms silence ─► (wait for the sound) ─► sound ─► 200 ms silence ─► beep ─► over
 */
import { Resampler } from './resampler.ts';
import type { Sound } from './sound.ts';
import { Tone } from './tones.ts';

const FRAMES_A_SECOND = 50;
/** A far end that has just answered does not hear the first moment. */
const LEAD_FRAMES = 15;
const GAP_FRAMES = 10;
const BEEP_FRAMES = 15;
/** The resampler's delay. */
const TAIL_FRAMES = 1;

export class PromptPlayer {
  /** Which sound it waits for. */
  readonly key: string;
  readonly #sampleRate: number;
  readonly #beep: Tone | null;
  #sound: Sound | null = null;
  #resampler: Resampler | null = null;
  #chunk = new Float32Array(0);
  #soundFrames = 0;
  /** Frames since the beginning; stands still at LEAD_FRAMES until the sound is there. */
  #frame = 0;
  #isTold = false;

  constructor(key: string, sampleRate: number, hasBeep: boolean) {
    this.key = key;
    this.#sampleRate = sampleRate;
    this.#beep = hasBeep ? new Tone('beep', sampleRate) : null;
  }

  give(sound: Sound): void {
    if (this.#sound !== null) return;
    const chunk = sound.sampleRate / FRAMES_A_SECOND;
    this.#sound = sound;
    this.#chunk = new Float32Array(chunk);
    this.#resampler = new Resampler(sound.sampleRate, this.#sampleRate, chunk);
    this.#soundFrames = Math.ceil(sound.samples.length / chunk) + TAIL_FRAMES;
  }

  get isOver(): boolean {
    return this.#sound !== null && this.#frame >= this.#beepAt + (this.#beep === null ? 0 : BEEP_FRAMES);
  }

  /** True once, when it is over. */
  takeOver(): boolean {
    if (this.#isTold || !this.isOver) return false;
    this.#isTold = true;
    return true;
  }

  /** Overwrites the frame of 20 ms. */
  fill(frame: Float32Array, samples: number): void {
    const at = this.#frame;
    if (at < LEAD_FRAMES || this.#sound === null) frame.fill(0, 0, samples);
    else if (at < LEAD_FRAMES + this.#soundFrames) this.#fillSound(frame, at - LEAD_FRAMES);
    else if (at < this.#beepAt || this.#beep === null) frame.fill(0, 0, samples);
    else this.#beep.fill(frame, samples);
    if (at < LEAD_FRAMES || this.#sound !== null) this.#frame++;
  }

  get #beepAt(): number {
    return LEAD_FRAMES + this.#soundFrames + GAP_FRAMES;
  }

  #fillSound(frame: Float32Array, index: number): void {
    const chunk = this.#chunk;
    const samples = this.#sound?.samples;
    const start = index * chunk.length;
    for (let i = 0; i < chunk.length; i++) chunk[i] = (samples?.[start + i] ?? 0) / 32768;
    this.#resampler?.process(chunk, chunk.length, frame);
  }
}
