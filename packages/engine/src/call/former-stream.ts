/**
 * The sound of a leg in its former codec, which goes on after a change until the new one is heard: the far end sends the
 * old one until it has our answer, and what is in the jitter buffer is to be played. Made by leg-stream.ts when the codec
 * changes, on the media thread.
 *
 *   former ─► old rate ─► resample ─┐
 *                                   ├─ cross-fade when the new one begins ─► frame
 *   incoming ───────────────────────┘
 */
import { addWithGain, applyGain } from '../audio/gain-ramp.ts';
import { Resampler } from '../audio/resampler.ts';
import type { IncomingStream } from './incoming-stream.ts';

export class FormerStream {
  readonly incoming: IncomingStream;
  readonly payloadType: number;
  readonly #frame: Float32Array;
  readonly #resampled: Float32Array;
  readonly #resampler: Resampler | null;

  /** `payloadType` of its packets; `toRate`: of the codec that follows it. */
  constructor(incoming: IncomingStream, payloadType: number, toRate: number) {
    this.incoming = incoming;
    this.payloadType = payloadType;
    const { sampleRate } = incoming.codec;
    this.#frame = new Float32Array(sampleRate / 50);
    this.#resampled = sampleRate === toRate ? this.#frame : new Float32Array(toRate / 50);
    this.#resampler = sampleRate === toRate ? null : new Resampler(sampleRate, toRate, this.#frame.length);
  }

  /** Instead of `frame`, or fading into it when the new codec `hasBegun`. */
  crossOver(frame: Float32Array, samples: number, hasBegun: boolean, nowMs: number): void {
    this.incoming.pull(this.#frame, this.#frame.length, nowMs);
    this.#resampler?.process(this.#frame, this.#frame.length, this.#resampled);
    if (!hasBegun) {
      frame.set(this.#resampled);
      return;
    }
    applyGain(frame, samples, 0, 1);
    addWithGain(frame, this.#resampled, samples, 1, 0);
  }
}
