/**
 * A sender, a network and a listener's clock in simulated time, for tests of the jitter buffer: every packet carries its
 * own number, so that what is heard says which packet it was.
 */
import { JitterBuffer } from '../jitter-buffer.ts';

export interface Scenario {
  seconds: number;
  ptimeMs?: number;
  clockRate?: number;
  /** How much faster the sender's clock runs, parts per million. */
  driftPpm?: number;
  firstSequence?: number;
  firstTimestamp?: number;
  /** Delay of packet n on its way, ms; NaN: lost. Default none. */
  delayMs?(n: number, random: () => number): number;
  /** Copies of packet n that arrive. */
  copies?(n: number): number;
  /** Whether the sender is in a pause: nothing is sent, time goes on. */
  isPaused?(n: number): boolean;
  /** Whether what is heard at this time is silent. */
  isSilentAt?(nowMs: number): boolean;
  /** Ticks that do not happen, as after an overrun; the next one re-centres. */
  isTickSkipped?(nowMs: number): boolean;
  /** So many takes later. */
  recenterTakes?: number;
  /** Changes of the numbering at packet n. */
  renumber?(n: number, packet: { sequence: number; timestamp: number }): void;
  seed?: number;
}

export interface Heard {
  buffer: JitterBuffer;
  /** Numbers of the packets played, in order. */
  played: number[];
  /** From sending to playing of each of them, ms. */
  delaysMs: number[];
  concealedFrames: number;
  silentFrames: number;
  bufferingFrames: number;
  joints: number;
}

const TICK_MS = 20;
/** Where between two packets the ticks fall. */
const TICK_PHASE_MS = 7;

export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Flight {
  n: number;
  sequence: number;
  timestamp: number;
  isMarker: boolean;
  arrivalMs: number;
}

function* flights(scenario: Scenario): Generator<Flight> {
  const random = seededRandom(scenario.seed ?? 1);
  const ptimeMs = scenario.ptimeMs ?? 20;
  const samples = (ptimeMs * (scenario.clockRate ?? 8000)) / 1000;
  const sendEveryMs = ptimeMs / (1 + (scenario.driftPpm ?? 0) / 1e6);
  const packet = { sequence: scenario.firstSequence ?? 1, timestamp: scenario.firstTimestamp ?? 0 };
  const pending: Flight[] = [];
  let wasPaused = true;
  for (let n = 0; n * sendEveryMs < scenario.seconds * 1000; n++) {
    const sentMs = n * sendEveryMs;
    const isPaused = scenario.isPaused?.(n) ?? false;
    if (!isPaused) {
      scenario.renumber?.(n, packet);
      const copies = scenario.copies?.(n) ?? 1;
      for (let copy = 0; copy < copies; copy++) {
        const delayMs = scenario.delayMs?.(n, random) ?? 0;
        if (Number.isNaN(delayMs)) continue;
        const { sequence, timestamp } = packet;
        pending.push({ n, sequence, timestamp, isMarker: wasPaused, arrivalMs: sentMs + delayMs });
      }
      packet.sequence = (packet.sequence + 1) & 0xffff;
    }
    wasPaused = isPaused;
    packet.timestamp = (packet.timestamp + samples) >>> 0;
    // Nothing sent from here on arrives before it is sent.
    pending.sort((a, b) => a.arrivalMs - b.arrivalMs);
    while (pending[0] !== undefined && pending[0].arrivalMs < sentMs + sendEveryMs)
      yield pending.shift() as Flight;
  }
  yield* pending;
}

export function listen(scenario: Scenario): Heard {
  const clockRate = scenario.clockRate ?? 8000;
  const ptimeMs = scenario.ptimeMs ?? 20;
  const sendEveryMs = ptimeMs / (1 + (scenario.driftPpm ?? 0) / 1e6);
  const buffer = new JitterBuffer({ clockRate, ptimeMs, maxPayloadBytes: 16 });
  const heard: Heard = {
    buffer,
    played: [],
    delaysMs: [],
    concealedFrames: 0,
    silentFrames: 0,
    bufferingFrames: 0,
    joints: 0,
  };
  const arrivals = flights(scenario);
  let next = arrivals.next();
  const bytes = new Uint8Array(4);
  const word = new DataView(bytes.buffer);
  let fifoSamples = 0;
  let hasSkipped = false;
  const frameSamples = (TICK_MS * clockRate) / 1000;

  for (let nowMs = TICK_PHASE_MS; nowMs < scenario.seconds * 1000; nowMs += TICK_MS) {
    while (!next.done && next.value.arrivalMs <= nowMs) {
      const { n, sequence, timestamp, isMarker, arrivalMs } = next.value;
      word.setUint32(0, n);
      buffer.insert(bytes, 0, 4, sequence, timestamp, isMarker, arrivalMs);
      next = arrivals.next();
    }
    if (scenario.isTickSkipped?.(nowMs)) {
      hasSkipped = true;
      continue;
    }
    if (hasSkipped) buffer.recenter(scenario.recenterTakes);
    hasSkipped = false;
    buffer.noteSilence(scenario.isSilentAt?.(nowMs) ?? false);
    while (fifoSamples < frameSamples) {
      const code = buffer.take(nowMs);
      if (code === 'buffering') {
        heard.bufferingFrames++;
        fifoSamples = frameSamples;
        break;
      }
      if (buffer.isJoint) heard.joints++;
      fifoSamples += buffer.durationSamples;
      if (code === 'lost') heard.concealedFrames++;
      if (code === 'silence') heard.silentFrames++;
      if (code !== 'packet') continue;
      const n = new DataView(buffer.storage.buffer).getUint32(buffer.payloadOffset);
      heard.played.push(n);
      heard.delaysMs.push(nowMs - n * sendEveryMs);
    }
    fifoSamples -= frameSamples;
  }
  return heard;
}

export function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((n, i) => i === 0 || n > (numbers[i - 1] ?? 0));
}
