/**
 * The media thread's side of recording: after each mix() the frames of every running recording go, at their native rate, to the
 * recording thread's ring. Never waits: a full ring drops the frame, and the next one that fits says how many are
 * missing, so that the file keeps its time.
 *
 *   message: int32 slot, int32 kind, int32 sampleRate, int32 missing frames │ float32 left… │ float32 right…
 */
import type { PortId } from '../call/media-plane.ts';
import type { BroadcastDelay } from './broadcast-delay.ts';
import { FRAME_SAMPLES, FULL_RATE, RATES } from './bus.ts';
import type { Mixer } from './mixer.ts';
import type { SharedRing } from './shared-ring.ts';

export const TAP_HEADER_BYTES = 16;
export const TAP_SAMPLES = 0;
/** The last message of a slot. */
export const TAP_END = 1;
/** Header and two channels of 20 ms at 48 kHz. */
export const TAP_MAX_BYTES = TAP_HEADER_BYTES + 2 * 960 * 4;

/** Of what was dumped, saved in one tick: more than the program overwrites of it meanwhile. */
const DUMPED_FRAMES_A_TICK = 8;

const FULL_FRAME = FRAME_SAMPLES[FULL_RATE];

type Source = { kind: 'port'; port: PortId } | { kind: 'program' };

interface Tap {
  slot: number;
  source: Source;
  /** Of an answer to a prompt: how many frames are still to come; null: both sides, for as long as it is wanted. */
  ivrFrames: number | null;
  missingFrames: number;
  isEnding: boolean;
}

export class RecorderTap {
  readonly #ring: SharedRing;
  readonly #taps: Tap[] = [];
  readonly #header = new Int32Array(TAP_HEADER_BYTES / 4);
  readonly #headerBytes = new Uint8Array(this.#header.buffer);
  readonly #samples = new Float32Array(2 * 960);
  readonly #sampleBytes = new Uint8Array(this.#samples.buffer);

  constructor(ring: SharedRing) {
    this.#ring = ring;
  }

  /** `ivrFrames`: the far end alone, in ivr from behind the prompt on, so many frames at most. */
  start(slot: number, source: Source, ivrFrames: number | null = null): void {
    this.#taps.push({ slot, source, ivrFrames, missingFrames: 0, isEnding: false });
  }

  stop(slot: number): void {
    for (const tap of this.#taps) if (tap.slot === slot) tap.isEnding = true;
  }

  stopPort(port: PortId): void {
    for (const { slot, source } of this.#taps) {
      if (source.kind === 'port' && source.port === port) this.stop(slot);
    }
  }

  stopAll(): void {
    for (const tap of this.#taps) tap.isEnding = true;
  }

  get isIdle(): boolean {
    return this.#taps.length === 0;
  }

  /** Once a tick, behind mix(). Ticks that the clock skipped are missing frames. */
  capture(mixer: Mixer, skippedTicks: number): void {
    for (let index = 0; index < this.#taps.length; index++) {
      this.#followTime(this.#taps[index]!, mixer, skippedTicks);
    }
    for (let index = this.#taps.length - 1; index >= 0; index--) {
      const tap = this.#taps[index]!;
      if (this.#isWaiting(tap, mixer)) continue;
      if (!tap.isEnding) this.#captureFrame(tap, mixer);
      else if (this.#write(tap, TAP_END, 0, 0)) this.#taps.splice(index, 1);
    }
  }

  /** Once a tick, before mix(): what the broadcast delay has thrown away, before it is overwritten. */
  saveDumped(delay: BroadcastDelay): void {
    for (let frame = 0; frame < DUMPED_FRAMES_A_TICK && delay.dumpedSlot >= 0; frame++) {
      const samples = delay.copyDumped(this.#samples);
      const kind = samples === 0 ? TAP_END : TAP_SAMPLES;
      const missing = Math.round(delay.dumpedMissing / FULL_FRAME);
      const length = samples === 0 ? 0 : FULL_FRAME;
      if (!this.#send(delay.dumpedSlot, kind, RATES[FULL_RATE], missing, length)) return;
      delay.takeDumped(samples);
    }
  }

  #followTime(tap: Tap, mixer: Mixer, skippedTicks: number): void {
    const { source, ivrFrames } = tap;
    if (this.#isWaiting(tap, mixer)) return;
    tap.missingFrames += skippedTicks;
    if (ivrFrames === null || source.kind === 'program') return;
    tap.ivrFrames = ivrFrames - skippedTicks;
    if (tap.ivrFrames <= 0 || mixer.questionOf(source.port) === 'elsewhere') tap.isEnding = true;
  }

  /** The prompt is still heard. */
  #isWaiting({ source, ivrFrames, isEnding }: Tap, mixer: Mixer): boolean {
    if (ivrFrames === null || isEnding || source.kind === 'program') return false;
    return mixer.questionOf(source.port) === 'before';
  }

  #captureFrame(tap: Tap, mixer: Mixer): void {
    const { source } = tap;
    let isWritten = false;
    if (source.kind === 'program') {
      const frame = mixer.programFrame;
      this.#samples.set(frame);
      isWritten = this.#write(tap, TAP_SAMPLES, RATES[FULL_RATE]!, frame.length);
    } else {
      const left = mixer.said(source.port);
      const right = mixer.output(source.port);
      if (left === null || right === null) return;
      const isAlone = tap.ivrFrames !== null;
      this.#samples.set(left);
      if (!isAlone) this.#samples.set(right, left.length);
      isWritten = this.#write(tap, TAP_SAMPLES, left.length * 50, isAlone ? left.length : 2 * left.length);
      if (tap.ivrFrames !== null) tap.ivrFrames--;
    }
    if (!isWritten) tap.missingFrames++;
  }

  #write(tap: Tap, kind: number, sampleRate: number, samples: number): boolean {
    const isWritten = this.#send(tap.slot, kind, sampleRate, tap.missingFrames, samples);
    if (isWritten) tap.missingFrames = 0;
    return isWritten;
  }

  #send(slot: number, kind: number, sampleRate: number, missingFrames: number, samples: number): boolean {
    this.#header[0] = slot;
    this.#header[1] = kind;
    this.#header[2] = sampleRate;
    this.#header[3] = missingFrames;
    return this.#ring.write(this.#headerBytes, TAP_HEADER_BYTES, this.#sampleBytes, samples * 4);
  }
}
