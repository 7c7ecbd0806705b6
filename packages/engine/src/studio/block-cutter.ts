/**
 * Samples that come in pieces of any length, each with its place in time, cut to blocks of 10 ms: what is early waits, what
 * is twice there is taken once, and a block of which something is missing is left out, so that the media thread conceals
 * it. Used by the inputs of the studio (rtp-input.ts, device-input.ts), studio thread.
 */
const BLOCKS_A_SECOND = 100;
/** What is missing may come so much later. */
const WAITING_BLOCKS = 3;
const HELD_BLOCKS = 16;
/** A jump by more is a new beginning. */
const LONGEST_JUMP_BLOCKS = 50;

/** `number`: which block since the beginning; some may be left out. The samples are valid during the call only. */
export type BlockReceiver = (samples: Float32Array, number: number, arrivalMs: number) => void;

export class BlockCutter {
  readonly #blockSamples: number;
  readonly #held: Float32Array;
  readonly #isThere: Uint8Array;
  readonly #counts = new Uint32Array(HELD_BLOCKS);
  readonly #block: Float32Array;
  readonly #receive: BlockReceiver;
  /** The block that is due next. */
  #next = 0;
  /** How far it goes, in samples. */
  #end = 0;

  constructor(sampleRate: number, receive: BlockReceiver) {
    this.#blockSamples = sampleRate / BLOCKS_A_SECOND;
    this.#held = new Float32Array(this.#blockSamples * HELD_BLOCKS);
    this.#isThere = new Uint8Array(this.#held.length);
    this.#block = new Float32Array(this.#blockSamples);
    this.#receive = receive;
  }

  /** How many samples there have been, those that are missing included: where the next piece belongs if nothing is. */
  get end(): number {
    return this.#end;
  }

  /** `position` in samples since the beginning. False: it lies so far away that a new beginning is due; nothing was taken. */
  add(samples: Float32Array, count: number, position: number, arrivalMs: number): boolean {
    const size = this.#blockSamples;
    if (Math.abs(position - this.#end) > LONGEST_JUMP_BLOCKS * size) return false;
    for (let index = 0; index < count; index++) {
      const at = position + index;
      while (at >= (this.#next + HELD_BLOCKS) * size) this.#pass(arrivalMs);
      if (at >= this.#next * size) this.#put(at, samples[index]!);
    }
    this.#end = Math.max(this.#end, position + count);
    while (this.#isComplete() || this.#end >= (this.#next + 1 + WAITING_BLOCKS) * size) this.#pass(arrivalMs);
    return true;
  }

  /** What is held is dropped, and the next block is number 0. */
  restart(): void {
    this.#next = 0;
    this.#end = 0;
    this.#counts.fill(0);
    this.#isThere.fill(0);
  }

  #put(at: number, sample: number): void {
    const place = at % this.#held.length;
    if (this.#isThere[place] === 1) return;
    this.#isThere[place] = 1;
    this.#held[place] = sample;
    this.#counts[Math.floor(place / this.#blockSamples)]! += 1;
  }

  #isComplete(): boolean {
    return this.#counts[this.#next % HELD_BLOCKS] === this.#blockSamples;
  }

  /** Gives the block that is due, if it is complete, and goes on to the next. */
  #pass(arrivalMs: number): void {
    const slot = this.#next % HELD_BLOCKS;
    const from = slot * this.#blockSamples;
    const number = this.#next++;
    const isComplete = this.#counts[slot] === this.#blockSamples;
    if (isComplete) this.#block.set(this.#held.subarray(from, from + this.#blockSamples));
    this.#counts[slot] = 0;
    this.#isThere.fill(0, from, from + this.#blockSamples);
    if (isComplete) this.#receive(this.#block, number, arrivalMs);
  }
}
