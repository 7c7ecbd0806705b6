/**
 * Sound on its way from a thread that reads files to the one that mixes: mono, 48 kHz, 16-bit, in shared memory made once.
 * One writes, one reads, nobody locks or waits; the reader allocates nothing.
 *
 *   int32[0] samples ever written │ int32[1] samples ever read │ int32[2] 1: nothing follows │ samples…
 */
const HEADER_BYTES = 16;
const WRITTEN = 0;
const READ = 1;
const ENDED = 2;

export class PcmRing {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #samples: Int16Array<SharedArrayBuffer>;
  readonly #mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 4);
    this.#samples = new Int16Array(memory, HEADER_BYTES);
    this.#mask = this.#samples.length - 1;
  }

  /** `capacity` in samples, a power of two. */
  static allocate(capacity: number): SharedArrayBuffer {
    if (capacity < 2 || (capacity & (capacity - 1)) !== 0) {
      throw new RangeError(`ring of ${capacity} samples: not a power of two`);
    }
    return new SharedArrayBuffer(HEADER_BYTES + 2 * capacity);
  }

  /** While nobody reads: empty again. */
  reset(): void {
    Atomics.store(this.#counters, READ, 0);
    Atomics.store(this.#counters, WRITTEN, 0);
    Atomics.store(this.#counters, ENDED, 0);
  }

  /** Writer's side: how many samples fit. */
  get room(): number {
    const used = (Atomics.load(this.#counters, WRITTEN) - Atomics.load(this.#counters, READ)) >>> 0;
    return this.#samples.length - used;
  }

  /** Writer's side. As many of them as fit; ±1 is full scale, what is louder is clipped. Returns how many. */
  write(sound: Float32Array, from: number, count: number): number {
    const taken = Math.min(count, this.room);
    const written = Atomics.load(this.#counters, WRITTEN);
    for (let index = 0; index < taken; index++) {
      const value = Math.round(sound[from + index]! * 32768);
      this.#samples[(written + index) & this.#mask] = Math.max(-32768, Math.min(32767, value));
    }
    Atomics.store(this.#counters, WRITTEN, (written + taken) | 0);
    return taken;
  }

  /** Writer's side: nothing follows. */
  end(): void {
    Atomics.store(this.#counters, ENDED, 1);
  }

  /** Reader's side. Fills `out` from its beginning, silence behind what there is; returns how many samples there were. */
  read(out: Float32Array): number {
    const read = Atomics.load(this.#counters, READ);
    const there = (Atomics.load(this.#counters, WRITTEN) - read) >>> 0;
    const taken = Math.min(out.length, there);
    for (let index = 0; index < taken; index++)
      out[index] = this.#samples[(read + index) & this.#mask]! / 32768;
    for (let index = taken; index < out.length; index++) out[index] = 0;
    Atomics.store(this.#counters, READ, (read + taken) | 0);
    return taken;
  }

  /** Reader's side: everything has been read, and nothing follows. */
  get isOver(): boolean {
    // The end is looked at first: what was written before it is seen then.
    const hasEnded = Atomics.load(this.#counters, ENDED) === 1;
    return hasEnded && Atomics.load(this.#counters, READ) === Atomics.load(this.#counters, WRITTEN);
  }
}
