/**
 * The outputs thread's side of program-tap.ts: every 20 ms of the program, once and in order; silence where the tick has
 * skipped or the ring was full. After seconds of that only the newest matters: the outputs would be late for ever.
 */
import type { SharedRing } from '../audio/shared-ring.ts';
import { PROGRAM_FRAME_SAMPLES, PROGRAM_HEADER_BYTES, PROGRAM_MESSAGE_BYTES } from './program-tap.ts';

const MOST_MISSING = 100;

export class ProgramReader {
  readonly #ring: SharedRing;
  readonly #onFrame: (before: Float32Array, after: Float32Array) => void;
  readonly #bytes: Uint8Array;
  readonly #header: Int32Array;
  readonly #before: Float32Array;
  readonly #after: Float32Array;
  readonly #silence = new Float32Array(PROGRAM_FRAME_SAMPLES);

  /** `onFrame`: before and after the broadcast delay; the frames are valid during the call only. */
  constructor(ring: SharedRing, onFrame: (before: Float32Array, after: Float32Array) => void) {
    this.#ring = ring;
    this.#onFrame = onFrame;
    const message = new ArrayBuffer(PROGRAM_MESSAGE_BYTES);
    this.#bytes = new Uint8Array(message);
    this.#header = new Int32Array(message, 0, 1);
    this.#before = new Float32Array(message, PROGRAM_HEADER_BYTES, PROGRAM_FRAME_SAMPLES);
    this.#after = new Float32Array(
      message,
      PROGRAM_HEADER_BYTES + PROGRAM_FRAME_SAMPLES * 4,
      PROGRAM_FRAME_SAMPLES,
    );
  }

  takeAll(): void {
    while (this.#ring.read(this.#bytes) >= 0) {
      const missing = Math.min(MOST_MISSING, this.#header[0]!);
      for (let frame = 0; frame < missing; frame++) this.#onFrame(this.#silence, this.#silence);
      this.#onFrame(this.#before, this.#after);
    }
  }
}
