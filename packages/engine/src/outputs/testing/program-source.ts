/**
 * Stands in for the tick in tests of the outputs: a tone for before the delay and another one for after it, on the ring, frame by
 * frame in real time. Tests judge what comes out by its sound, never by when it came.
 */
import { SharedRing } from '../../audio/shared-ring.ts';
import { PROGRAM_FRAME_SAMPLES, ProgramTap } from '../program-tap.ts';

export const BEFORE_HZ = 700;
export const AFTER_HZ = 1_100;
const AMPLITUDE = 0.25;
const RATE = 48_000;

export class ProgramSource {
  readonly programAudio = SharedRing.allocate(1 << 20);
  readonly #tap = new ProgramTap(new SharedRing(this.programAudio));
  readonly #program = {
    programBefore: new Float32Array(PROGRAM_FRAME_SAMPLES),
    programAfter: new Float32Array(PROGRAM_FRAME_SAMPLES),
  };
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #frames = 0;
  /** While false, what flows is silence. */
  isOnAir = true;

  constructor() {
    this.#tap.want(true);
    this.#timer = setInterval(() => this.#catchUp(), 10);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #catchUp(): void {
    const due = Math.floor((performance.now() - this.#startedMs) / 20);
    for (; this.#frames < due; this.#frames++) {
      fill(this.#program.programBefore, BEFORE_HZ, this.#frames, this.isOnAir);
      fill(this.#program.programAfter, AFTER_HZ, this.#frames, this.isOnAir);
      this.#tap.capture(this.#program, 0);
    }
  }
}

function fill(out: Float32Array, hz: number, frame: number, isOn: boolean): void {
  for (let index = 0; index < out.length; index++) {
    const at = frame * PROGRAM_FRAME_SAMPLES + index;
    out[index] = isOn ? AMPLITUDE * Math.sin((2 * Math.PI * hz * at) / RATE) : 0;
  }
}
