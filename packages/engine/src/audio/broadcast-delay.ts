/**
 * The broadcast delay: a line between the on-air gate and the outputs behind it, whose depth grows and shrinks without
 * anybody hearing it, and whose newest part can be thrown away before it is heard. One frame in, one frame out, a tick;
 * made by the mixer, media thread. Allocates nothing in process(); the ring is brought from outside when it is first needed.
 *
 *   bypass ──target>0──► building ──depth=target──► full ──dump──► building
 *     ▲                     │ less wanted             │ less wanted
 *     └───── draining ◄─────┴─────────────────────────┘          (draining ends in full where something is still wanted)
 *
 *   ring:   … on air already │ depth: what is not heard yet      │ what was dumped, until it is saved …
 *                            └ the outputs read here             └ the program is written here
 *
 * Building says a few milliseconds again, draining leaves some out: at places where the signal is like itself (a period
 * of a voice, a pause), at most 8 % of the time. The longer no such place has come, the less alike is good enough.
 */
import { FRAME_SAMPLES, FULL_RATE, RATES } from './bus.ts';
import { LONGEST_LAG, SpliceSearch } from './splice-search.ts';

const LONGEST_DELAY_MS = 60_000;
/** A power of two: 87 s, so that a dump of 60 s can be saved beside what comes after it. */
const RING_SAMPLES = 1 << 22;
const MASK = RING_SAMPLES - 1;
const FRAME = FRAME_SAMPLES[FULL_RATE];
const SAMPLES_A_MS = RATES[FULL_RATE] / 1000;
/** What lies before a dump fades over to what comes after it. */
export const JOIN_SAMPLES = 10 * SAMPLES_A_MS;
/** Of the time that passes. */
const FASTEST = 0.08;
const CREDIT_A_FRAME = FASTEST * FRAME;
const MOST_CREDIT = 1.25 * LONGEST_LAG;
/** Before, only short periods could be used. */
const ENOUGH_CREDIT = LONGEST_LAG / 2;
/** How alike the two sides of a join must be, after so many frames without a place for it. */
const PATIENCE: readonly { frames: number; likeness: number }[] = [
  { frames: 125, likeness: -1 },
  { frames: 75, likeness: 0.7 },
  { frames: 30, likeness: 0.85 },
  { frames: 12, likeness: 0.92 },
  { frames: 0, likeness: 0.97 },
];
/** A pause: so far below the loudest of the last seconds, or below −66 dBFS. */
const PAUSE_RATIO = 10 ** (-30 / 10);
const PAUSE_ENERGY = 10 ** (-66 / 10);
/** Of the energy of the loudest, a frame: half of it is forgotten in 2 s. */
const FORGETTING = 0.5 ** (1 / 100);

export type DelayState = 'bypass' | 'building' | 'full' | 'draining';

/** Of a dump that is still to be saved. */
interface DumpedPart {
  readonly slot: number;
  at: number;
  left: number;
  /** Overwritten before they were taken. */
  missing: number;
}

export class BroadcastDelay {
  #ring: Float32Array | null = null;
  /** Where the next sample is written. */
  #write = 0;
  /** Samples before #write that no output has had. */
  #depth = 0;
  /** Samples before those that are still there. */
  #past = 0;
  #target = 0;
  /** By how many samples the depth may change now. */
  #credit = 0;
  #waited = 0;
  #loudest = 0;
  #isJoining = false;
  readonly #search = new SpliceSearch();
  readonly #around = new Float32Array(2 * FRAME);
  /** The newest first: it is the one that is overwritten first. */
  readonly #dumped: DumpedPart[] = [];
  readonly #joinRise = Float32Array.from({ length: JOIN_SAMPLES }, (_, index) =>
    Math.sin((Math.PI * (index + 0.5)) / (2 * JOIN_SAMPLES)),
  );

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(RING_SAMPLES * 4);
  }

  /** Once; until then everything passes, whatever is wanted. */
  give(memory: SharedArrayBuffer): void {
    this.#ring ??= new Float32Array(memory);
  }

  get depthSamples(): number {
    return this.#depth;
  }

  get targetSamples(): number {
    return this.#target;
  }

  setTarget(targetMs: number): void {
    this.#target = Math.round(Math.min(LONGEST_DELAY_MS, Math.max(0, targetMs)) * SAMPLES_A_MS);
    this.#waited = 0;
  }

  /** Between two ticks. Returns how many samples are thrown away; they are to be taken with copyDumped(). */
  dump(dumpMs: number, slot: number): number {
    const samples = Math.min(Math.round(dumpMs * SAMPLES_A_MS), this.#depth - JOIN_SAMPLES);
    if (samples <= 0) return 0;
    this.#write = (this.#write - samples) & MASK;
    this.#depth -= samples;
    this.#isJoining = true;
    this.#dumped.unshift({ slot, at: this.#write, left: samples, missing: 0 });
    return samples;
  }

  /** The slot of a dump that is to be saved still; −1: none. */
  get dumpedSlot(): number {
    return this.#dumped[0]?.slot ?? -1;
  }

  /** So many samples that could not be saved in time, before the ones that follow. */
  get dumpedMissing(): number {
    return this.#dumped[0]?.missing ?? 0;
  }

  /** Its next frame, silence behind its end; returns how many samples are in it, 0 when all is taken. */
  copyDumped(frame: Float32Array): number {
    const part = this.#dumped[0];
    if (part === undefined || this.#ring === null) return 0;
    const samples = Math.min(FRAME, part.left);
    for (let index = 0; index < FRAME; index++) {
      frame[index] = index < samples ? this.#ring[(part.at + index) & MASK]! : 0;
    }
    return samples;
  }

  /** What was copied last is saved; at the end of a dump, its slot is done with. */
  takeDumped(samples: number): void {
    const part = this.#dumped[0];
    if (part === undefined) return;
    if (samples === 0) this.#dumped.shift();
    part.at = (part.at + samples) & MASK;
    part.left -= samples;
    part.missing = 0;
  }

  /** One frame, in place: what comes in goes on the line, what is due comes out. */
  process(frame: Float32Array): void {
    if (this.#ring === null) return;
    this.#put(this.#ring, frame);
    const depth = this.#depth - FRAME;
    const missing = this.#target - depth;
    if (missing === 0) {
      this.#credit = 0;
      this.#waited = 0;
    } else {
      this.#credit = Math.min(MOST_CREDIT, this.#credit + CREDIT_A_FRAME);
      if (this.#stretch(this.#ring, frame, depth, missing)) return;
    }
    copyOut(this.#ring, this.#write - this.#depth, frame, FRAME);
    this.#advance(FRAME);
  }

  #put(ring: Float32Array, frame: Float32Array): void {
    let taken = 0;
    if (this.#isJoining) {
      this.#isJoining = false;
      taken = JOIN_SAMPLES;
      for (let index = 0; index < JOIN_SAMPLES; index++) {
        const at = (this.#write - JOIN_SAMPLES + index) & MASK;
        const rise = this.#joinRise[index]!;
        const fall = this.#joinRise[JOIN_SAMPLES - 1 - index]!;
        ring[at] = ring[at]! * fall + frame[index]! * rise;
      }
    }
    const samples = FRAME - taken;
    for (let index = 0; index < samples; index++) ring[(this.#write + index) & MASK] = frame[taken + index]!;
    for (let index = 0; index < this.#dumped.length; index++) this.#overwrite(this.#dumped[index]!, samples);
    this.#write = (this.#write + samples) & MASK;
    this.#depth += samples;
  }

  /** The writer has gone on, maybe into what was dumped and not saved. */
  #overwrite(part: DumpedPart, samples: number): void {
    const ahead = (part.at - this.#write) & MASK;
    if (ahead >= samples) return;
    const lost = Math.min(samples - ahead, part.left);
    part.at = (part.at + lost) & MASK;
    part.left -= lost;
    part.missing += lost;
  }

  /** False: not in this frame. */
  #stretch(ring: Float32Array, frame: Float32Array, depth: number, missing: number): boolean {
    const isBuilding = missing > 0;
    const wanted = Math.abs(missing);
    const reach = isBuilding ? this.#past : depth;
    const longest = Math.min(wanted, LONGEST_LAG, Math.floor(this.#credit), reach);
    if (longest < Math.min(wanted, ENOUGH_CREDIT)) return false;
    const here = isBuilding ? FRAME : 0;
    const search = this.#search;
    copyOut(ring, this.#write - this.#depth - here, this.#around, 2 * FRAME);
    search.find(this.#around, here, longest);
    const isGood = this.#isPause() || search.likeness >= this.#likenessNeeded();
    if (!isGood) {
      this.#waited++;
      return false;
    }
    search.join(this.#around, here, frame);
    const { lag } = search;
    this.#credit -= lag;
    this.#waited = 0;
    this.#advance(isBuilding ? FRAME - lag : FRAME + lag);
    return true;
  }

  #likenessNeeded(): number {
    for (let index = 0; index < PATIENCE.length; index++) {
      if (this.#waited >= PATIENCE[index]!.frames) return PATIENCE[index]!.likeness;
    }
    return 1;
  }

  #isPause(): boolean {
    const { hereEnergy, thereEnergy } = this.#search;
    const energy = Math.max(hereEnergy, thereEnergy);
    this.#loudest = Math.max(hereEnergy, this.#loudest * FORGETTING);
    return energy <= PAUSE_ENERGY || energy <= this.#loudest * PAUSE_RATIO;
  }

  /** The outputs have had so many samples of the line. */
  #advance(samples: number): void {
    this.#depth -= samples;
    this.#past = Math.min(LONGEST_LAG, this.#past + samples);
  }
}

/** By the depth alone: the drawing at the head of this file. */
export function delayStateOf(depthSamples: number, targetSamples: number): DelayState {
  if (depthSamples < targetSamples) return 'building';
  if (depthSamples > targetSamples) return 'draining';
  return targetSamples === 0 ? 'bypass' : 'full';
}

function copyOut(ring: Float32Array, from: number, out: Float32Array, samples: number): void {
  for (let index = 0; index < samples; index++) out[index] = ring[(from + index) & MASK]!;
}
