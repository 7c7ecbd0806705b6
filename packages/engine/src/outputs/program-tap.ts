/**
 * The media thread's side of the outputs: after each mix() the program as it is transmitted goes to the ring of the outputs
 * thread, before and after the broadcast delay, if any output is there. Never waits: a full ring drops the frame, and
 * the next one that fits says how many are missing, so that the outputs keep their time.
 *
 *   message: int32 missing frames │ float32[960] before the delay │ float32[960] after it
 */
import type { SharedRing } from '../audio/shared-ring.ts';

export const PROGRAM_FRAME_SAMPLES = 960;
export const PROGRAM_HEADER_BYTES = 4;
export const PROGRAM_MESSAGE_BYTES = PROGRAM_HEADER_BYTES + 2 * PROGRAM_FRAME_SAMPLES * 4;

/** What is tapped: 960 samples at 48 kHz, behind the on-air gate and a limiter. */
export interface TappedProgram {
  readonly programBefore: Float32Array;
  readonly programAfter: Float32Array;
}

export class ProgramTap {
  readonly #ring: SharedRing;
  readonly #header = new Int32Array(1);
  readonly #headerBytes = new Uint8Array(this.#header.buffer);
  readonly #samples = new Float32Array(2 * PROGRAM_FRAME_SAMPLES);
  readonly #sampleBytes = new Uint8Array(this.#samples.buffer);
  #isWanted = false;
  #missingFrames = 0;

  constructor(ring: SharedRing) {
    this.#ring = ring;
  }

  /** Whether any output is there. */
  want(isWanted: boolean): void {
    if (!this.#isWanted) this.#missingFrames = 0;
    this.#isWanted = isWanted;
  }

  /** Once a tick, behind mix(). Ticks that the clock skipped are missing frames. */
  capture(program: TappedProgram, skippedTicks: number): void {
    if (!this.#isWanted) return;
    this.#missingFrames += skippedTicks;
    this.#samples.set(program.programBefore);
    this.#samples.set(program.programAfter, PROGRAM_FRAME_SAMPLES);
    this.#header[0] = this.#missingFrames;
    const { byteLength } = this.#samples;
    if (this.#ring.write(this.#headerBytes, PROGRAM_HEADER_BYTES, this.#sampleBytes, byteLength)) {
      this.#missingFrames = 0;
    } else {
      this.#missingFrames++;
    }
    this.#ring.wake();
  }
}
