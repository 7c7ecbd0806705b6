import { describe, expect, it } from 'vitest';
import { TURN_S, babble, isSpoken } from '../audio/testing/babble.ts';
import { pcmu } from '../codecs/g711.ts';
import { createRtpView } from '../rtp/packet.ts';
import { IncomingStream } from './incoming-stream.ts';

const RATE = 8000;
const FRAME = 160;
const HOUR_MS = 3_600_000;
/** A sender that pauses goes on for so long after the last word. */
const HANGOVER_S = 0.1;
const LOUD = 10 ** (-40 / 20);

const speech = babble(10 * TURN_S, -20, -65);
const tone = Float32Array.from(
  { length: RATE },
  (_, index) => 0.25 * Math.sin((2 * Math.PI * 400 * index) / RATE),
);

interface Hour {
  loop: Float32Array;
  /** How much faster the sender's clock runs, parts per million. */
  ppm: number;
  /** A packet comes late by up to so much. */
  jitterMs?: number;
  /** Nothing is sent in pauses. */
  hasDtx?: boolean;
  /** A new source takes over at this time, with other numbers. */
  newSourceMs?: number;
}

/** What an hour of a sender with another clock sounds like, in simulated time. */
class Listener {
  /** Every ten seconds, ms. */
  readonly depthsMs: number[] = [];
  /** Frames in which the sound is not just what was sent behind the frame before. */
  moves = 0;
  /** How like the sent sound they still are, at worst. */
  worstMatch = 1;
  /** A click: the sharpest bend of a frame against the sharpest of the sent sound; where it moved, of that around it. */
  sharpestBend = 0;
  framesLoud = 0;
  readonly stream = new IncomingStream(pcmu, 20);
  readonly #loop: Float32Array;
  readonly #sharpestOfLoop: number;
  /** Where in the sent sound that which is played lies; −1: not found yet. */
  #offset = -1;
  readonly #played = new Float32Array(4 * FRAME);

  constructor({ loop, ppm, jitterMs = 0, hasDtx = false, newSourceMs = Number.NaN }: Hour) {
    this.#loop = pcmuOf(loop);
    this.#sharpestOfLoop = sharpestBend(this.#loop, 1, this.#loop.length - 1);
    const encoder = pcmu.createEncoder();
    const view = createRtpView();
    const bytes = new Uint8Array(FRAME);
    const frame = new Float32Array(FRAME);
    const everyMs = 20 / (1 + ppm / 1e6);
    let sequence = 65_000;
    let offset = 0xffff0000;
    let isRestart = false;
    let wasPaused = false;
    let seed = 1;
    let packet = 0;
    for (let nowMs = 5; nowMs < HOUR_MS; nowMs += 20) {
      for (; packet * everyMs <= nowMs - jitterMs; packet++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        if (packet * everyMs >= newSourceMs) {
          newSourceMs = Number.NaN;
          isRestart = true;
          sequence = 7;
          offset = 0x12345678;
        }
        const at = (packet * FRAME) % loop.length;
        const isPaused = hasDtx && !isSpoken((at + FRAME) / RATE) && !isSpoken(at / RATE - HANGOVER_S);
        if (!isPaused) {
          view.payloadLength = encoder.encode(loop.subarray(at, at + FRAME), FRAME, bytes, 0);
          view.sequence = sequence;
          view.timestamp = (offset + packet * FRAME) >>> 0;
          view.isMarker = wasPaused;
          sequence = (sequence + 1) & 0xffff;
          const arrivalMs = packet * everyMs + (jitterMs * seed) / 2 ** 32;
          this.stream.receive(bytes, view, isRestart, arrivalMs);
          isRestart = false;
        }
        wasPaused = isPaused;
      }
      this.stream.pull(frame, FRAME, nowMs);
      if (nowMs > 10_000 && nowMs % 10_000 < 20) this.depthsMs.push(this.stream.buffer.depthMs);
      this.#compare(frame, Math.floor((packet * FRAME) % loop.length));
    }
  }

  /** The newest frame but one against what was sent; `newest` is where the sender is. */
  #compare(frame: Float32Array, newest: number): void {
    const played = this.#played;
    played.copyWithin(0, FRAME);
    played.set(frame, 3 * FRAME);
    const length = this.#loop.length;
    if (this.#offset >= 0) this.#offset = (this.#offset + FRAME) % length;
    let peak = 0;
    for (let index = 0; index < FRAME; index++) peak = Math.max(peak, Math.abs(played[FRAME + index]!));
    if (peak < LOUD) return;
    this.framesLoud++;
    if (this.#offset < 0) {
      const farthest = (newest + length - RATE / 2) % length;
      this.#offset = this.#bestOffset(farthest, 0, RATE / 2);
      return;
    }
    this.sharpestBend = Math.max(this.sharpestBend, this.#bend() / this.#sharpestOfLoop);
    if (this.#matchAt(this.#offset) > 0.995) return;
    const former = this.#offset;
    this.#offset = this.#bestOffset(former, -RATE / 20, RATE / 20);
    const match = this.#matchAt(this.#offset);
    if (match > 0.995 && this.#offset === former) return;
    this.moves++;
    this.worstMatch = Math.min(this.worstMatch, match);
    this.sharpestBend = Math.max(this.sharpestBend, this.#bendAgainst(this.#offset));
  }

  #bestOffset(around: number, from: number, to: number): number {
    let best = around;
    let bestMatch = -1;
    for (let shift = from; shift <= to; shift++) {
      const offset = (around + shift + this.#loop.length) % this.#loop.length;
      const match = this.#matchAt(offset);
      if (match <= bestMatch) continue;
      bestMatch = match;
      best = offset;
    }
    return best;
  }

  #matchAt(offset: number): number {
    const loop = this.#loop;
    const played = this.#played;
    let product = 0;
    let sent = 0;
    let heard = 0;
    for (let index = 0; index < FRAME; index++) {
      const a = loop[(offset + index) % loop.length]!;
      const b = played[FRAME + index]!;
      product += a * b;
      sent += a * a;
      heard += b * b;
    }
    return product / Math.max(1e-9, Math.sqrt(sent * heard));
  }

  /** Against what the sent sound has within 100 ms. */
  #bendAgainst(offset: number): number {
    const { length } = this.#loop;
    const around = new Float32Array(RATE / 10 + FRAME);
    for (let index = 0; index < around.length; index++) {
      around[index] = this.#loop[(offset - RATE / 20 + index + length) % length]!;
    }
    return this.#bend() / sharpestBend(around, 1, around.length - 1);
  }

  #bend(): number {
    return sharpestBend(this.#played, FRAME - 1, 2 * FRAME + 1);
  }
}

function sharpestBend(samples: Float32Array, from: number, to: number): number {
  let sharpest = 0;
  for (let at = from; at < to; at++) {
    const bend = Math.abs(samples[at - 1]! - 2 * samples[at]! + samples[at + 1]!);
    if (bend > sharpest) sharpest = bend;
  }
  return sharpest;
}

/** As the far end hears it without any network. */
function pcmuOf(samples: Float32Array): Float32Array {
  const bytes = new Uint8Array(samples.length);
  pcmu.createEncoder().encode(samples, samples.length, bytes, 0);
  const out = new Float32Array(samples.length);
  pcmu.createDecoder().decode(bytes, 0, bytes.length, out, 0);
  return out;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function expectSteadyDelay({ depthsMs }: Listener, longestMs: number): void {
  expect(Math.max(...depthsMs)).toBeLessThan(longestMs);
  const first = mean(depthsMs.slice(0, 60));
  const last = mean(depthsMs.slice(-60));
  expect(Math.abs(last - first)).toBeLessThan(5);
}

describe.each([200, -200])('an hour with a sender whose clock is off by %i ppm', (ppm) => {
  it('keeps the delay of speech, and nobody hears how', () => {
    const heard = new Listener({ loop: speech, ppm });
    expectSteadyDelay(heard, 60);
    expect(heard.framesLoud).toBeGreaterThan(60_000);
    // 720 ms in all, in pitch periods and in pauses.
    expect(heard.moves).toBeGreaterThan(20);
    expect(heard.moves).toBeLessThan(120);
    expect(heard.worstMatch).toBeGreaterThan(0.95);
    expect(heard.sharpestBend).toBeLessThan(1.2);
  }, 120_000);

  it('keeps the delay of a steady tone, of which whole periods come and go without a trace', () => {
    const heard = new Listener({ loop: tone, ppm });
    expectSteadyDelay(heard, 60);
    expect(heard.framesLoud).toBeGreaterThan(179_000);
    expect(heard.moves).toBe(0);
    expect(heard.sharpestBend).toBeLessThan(1.2);
  }, 120_000);

  it('does so over a network with jitter, where nothing is sent in pauses, and when the source changes', () => {
    const heard = new Listener({ loop: speech, ppm, jitterMs: 15, hasDtx: true, newSourceMs: HOUR_MS / 2 });
    expectSteadyDelay(heard, 80);
    expect(heard.framesLoud).toBeGreaterThan(60_000);
    expect(heard.stream.buffer.lost).toBe(0);
    expect(heard.worstMatch).toBeGreaterThan(0.9);
    expect(heard.sharpestBend).toBeLessThan(1.2);
  }, 120_000);
});
