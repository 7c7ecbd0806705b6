/**
 * How deep the broadcast delay is, in shared memory: the media thread writes it every tick and after a dump, the main
 * thread reads it when it reports. Two whole numbers, never torn.
 */
import { RATES, FULL_RATE } from './bus.ts';
import { type DelayState, delayStateOf } from './broadcast-delay.ts';

const SAMPLES_A_MS = RATES[FULL_RATE] / 1000;

export class DelayBlock {
  readonly #values: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Int32Array(memory);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(8);
  }

  write(depthSamples: number, targetSamples: number): void {
    this.#values[0] = depthSamples;
    this.#values[1] = targetSamples;
  }

  read(): { state: DelayState; depthMs: number; targetMs: number } {
    const [depth = 0, target = 0] = this.#values;
    return {
      state: delayStateOf(depth, target),
      depthMs: depth / SAMPLES_A_MS,
      targetMs: target / SAMPLES_A_MS,
    };
  }
}
