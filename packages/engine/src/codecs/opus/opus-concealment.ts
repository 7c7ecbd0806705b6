/**
 * Lost frames by the codec's own concealment, which is asked for more than it is made for: faded out by 60 ms, and into
 * the first good frame again without a step. Used by opus.ts for implementations that conceal.
 */
import type { RawOpusDecoder } from './implementation.ts';
import { LONGEST_OPUS_SAMPLES, OPUS_RATE } from './implementation.ts';

const FULL_SAMPLES = OPUS_RATE / 100;
const SILENT_SAMPLES = (OPUS_RATE * 60) / 1000;
const RETURN_SAMPLES = OPUS_RATE / 200;
/** The codec conceals by pieces of 2.5 ms. */
const STEP = OPUS_RATE / 400;

export class OpusConcealment {
  readonly #raw: RawOpusDecoder;
  #lostSamples = 0;
  /** What the codec has concealed beyond what was asked for: the end of `#kept`. */
  readonly #kept = new Float32Array(STEP);
  #keptSamples = 0;

  constructor(raw: RawOpusDecoder) {
    this.#raw = raw;
  }

  good(pcm: Float32Array, at: number, samples: number): void {
    if (this.#lostSamples > FULL_SAMPLES) {
      const left = (SILENT_SAMPLES - this.#lostSamples) / (SILENT_SAMPLES - FULL_SAMPLES);
      const from = left > 0 ? left : 0;
      const length = Math.min(samples, RETURN_SAMPLES);
      for (let i = 0; i < length; i++) {
        pcm[at + i] = (pcm[at + i] as number) * (from + ((1 - from) * i) / length);
      }
    }
    this.#lostSamples = 0;
    this.#keptSamples = 0;
  }

  lost(pcm: Float32Array, at: number, samples: number): void {
    for (let done = 0; done < samples; ) done += this.#piece(pcm, at + done, samples - done);
    const lost = this.#lostSamples;
    // A straight line; no method is called for a sample, which would box the number that it returns.
    for (let i = 0; i < samples; i++) {
      const left = (SILENT_SAMPLES - lost - i) / (SILENT_SAMPLES - FULL_SAMPLES);
      const value = pcm[at + i] as number;
      pcm[at + i] = left >= 1 ? value : left <= 0 ? 0 : value * left;
    }
    this.#lostSamples += samples;
  }

  /** Returns samples written. */
  #piece(pcm: Float32Array, at: number, wanted: number): number {
    if (this.#keptSamples > 0) {
      const count = Math.min(wanted, this.#keptSamples);
      const from = STEP - this.#keptSamples;
      for (let i = 0; i < count; i++) pcm[at + i] = this.#kept[from + i] as number;
      this.#keptSamples -= count;
      return count;
    }
    const whole = Math.min(wanted - (wanted % STEP), LONGEST_OPUS_SAMPLES);
    if (whole > 0) {
      this.#concealTo(pcm, at, whole);
      return whole;
    }
    this.#concealTo(this.#kept, 0, STEP);
    this.#keptSamples = STEP;
    return 0;
  }

  #concealTo(pcm: Float32Array, at: number, samples: number): void {
    const concealed = this.#raw.conceal(samples);
    const source = this.#raw.pcm;
    for (let i = 0; i < samples; i++) {
      const value = i < concealed ? (source[i] as number) : 0;
      pcm[at + i] = value > 1 ? 1 : value < -1 ? -1 : value;
    }
  }
}
