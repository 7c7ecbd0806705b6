/**
 * Opus (RFC 6716), mono at 48 kHz: for browsers, softphones and outputs. The codec of the registry, and plain encoders
 * and decoders for whoever has settings of his own. The library of the system where there is one, else WebAssembly
 * (implementation.ts).
 */
import { loadLibopus } from '../../native/libopus.ts';
import type { Codec, Decoder, Encoder } from '../codec.ts';
import { LossConcealment } from '../loss-concealment.ts';
import { LONGEST_OPUS_BYTES, OPUS_RATE } from './implementation.ts';
import type { OpusImplementation, OpusSettings, RawOpusDecoder, RawOpusEncoder } from './implementation.ts';
import { OpusConcealment } from './opus-concealment.ts';
import { opusscript } from './opusscript.ts';
import { hasRedundancy, opusSamples } from './packet.ts';

/** Of one voice or of the program of a speech station: nobody hears the difference to more. */
export const DEFAULT_OPUS_BITRATE = 64_000;

const DEFAULT_OPUS_SETTINGS: Omit<OpusSettings, 'complexity'> = {
  bitrate: DEFAULT_OPUS_BITRATE,
  hasFec: false,
  expectedLossPercent: 0,
  hasDtx: false,
};

/** Bits a second: below it, and for redundancy, there is a layer of speech coding, which builds on what came before. */
const SPEECH_LAYER_BELOW = 48_000;

let chosen: OpusImplementation | null = null;

/** The one that this thread uses. Not loaded before it is needed: SDP and the main thread do without. */
function opusImplementation(): OpusImplementation {
  chosen ??= loadLibopus() ?? opusscript;
  return chosen;
}

/** Loads the implementation in this thread, before time is short. */
export function warmOpus(): void {
  const samples = OPUS_RATE / 50;
  const pcm = new Float32Array(samples);
  const bytes = new Uint8Array(LONGEST_OPUS_BYTES);
  const encoder = createOpusEncoder();
  const decoder = createOpusDecoder();
  decoder.decode(bytes, 0, encoder.encode(pcm, samples, bytes, 0), pcm, 0);
  encoder.close();
  decoder.close?.();
}

/** Whether lost packets are mended from the redundancy of those that follow. */
export function canDecodeOpusFec(): boolean {
  return opusImplementation().canRecover;
}

class OpusEncoder implements Encoder {
  readonly #raw: RawOpusEncoder;
  readonly #settings: OpusSettings;

  constructor(implementation: OpusImplementation, settings: Partial<OpusSettings>) {
    this.#raw = implementation.createEncoder();
    const { complexity } = implementation;
    this.#settings = { ...DEFAULT_OPUS_SETTINGS, complexity, ...settings };
    this.#raw.set(this.#settings);
  }

  /** From the next frame on. */
  set(settings: Partial<OpusSettings>): void {
    Object.assign(this.#settings, settings);
    this.#raw.set(this.#settings);
  }

  /** `samples`: 120, 240, 480, 960, 1920 or 2880. */
  encode(pcm: Float32Array, samples: number, out: Uint8Array, offset: number): number {
    const raw = this.#raw;
    const input = raw.pcm;
    for (let i = 0; i < samples; i++) {
      const value = pcm[i] as number;
      // NaN is neither.
      input[i] = value >= 1 ? 1 : value > -1 ? value : value <= -1 ? -1 : 0;
    }
    const length = raw.encode(samples);
    const { packet, packetAt } = raw;
    for (let i = 0; i < length; i++) out[offset + i] = packet[packetAt + i] as number;
    return length;
  }

  takeOver(other: OpusEncoder): void {
    this.#raw.takeOver(other.#raw);
    this.#raw.set(this.#settings);
  }

  /** Both are as late as each other, and what one packet of music coding predicts of the next is alike for the same sound. */
  join(other: OpusEncoder): boolean {
    const { hasFec, bitrate } = this.#settings;
    if (hasFec || bitrate < SPEECH_LAYER_BELOW) other.#raw.standAlone();
    return true;
  }

  close(): void {
    this.#raw.close();
  }
}

class OpusDecoder implements Decoder {
  readonly #raw: RawOpusDecoder;
  readonly #concealment: OpusConcealment | LossConcealment;

  constructor(implementation: OpusImplementation) {
    this.#raw = implementation.createDecoder();
    this.#concealment = implementation.canRecover
      ? new OpusConcealment(this.#raw)
      : new LossConcealment(OPUS_RATE);
  }

  decode(bytes: Uint8Array, offset: number, length: number, pcm: Float32Array, at: number): number {
    if (length <= 0 || offset < 0 || offset + length > bytes.length) return 0;
    const expected = opusSamples(bytes, offset, length);
    if (expected === 0 || at + expected > pcm.length) return 0;
    const samples = this.#raw.decode(bytes, offset, length);
    if (samples !== expected) return 0;
    this.#take(pcm, at, samples);
    this.#concealment.good(pcm, at, samples);
    return samples;
  }

  recover(
    bytes: Uint8Array,
    offset: number,
    length: number,
    pcm: Float32Array,
    at: number,
    samples: number,
  ): number {
    // Redundancy is for as much as the packet itself is long.
    if (opusSamples(bytes, offset, length) !== samples || at + samples > pcm.length) return 0;
    if (!hasRedundancy(bytes, offset, length)) return 0;
    if (this.#raw.recover(bytes, offset, length, samples) !== samples) return 0;
    this.#take(pcm, at, samples);
    this.#concealment.good(pcm, at, samples);
    return samples;
  }

  conceal(pcm: Float32Array, at: number, samples: number): void {
    this.#concealment.lost(pcm, at, samples);
  }

  close(): void {
    this.#raw.close();
  }

  /** Opus overshoots at full scale. */
  #take(pcm: Float32Array, at: number, samples: number): void {
    const decoded = this.#raw.pcm;
    for (let i = 0; i < samples; i++) {
      const value = decoded[i] as number;
      pcm[at + i] = value > 1 ? 1 : value < -1 ? -1 : value;
    }
  }
}

/** For outputs: 48 kHz mono. Whoever makes one closes it. */
export function createOpusEncoder(
  settings: Partial<OpusSettings> = {},
  implementation: OpusImplementation = opusImplementation(),
): OpusEncoder {
  return new OpusEncoder(implementation, settings);
}

export function createOpusDecoder(implementation: OpusImplementation = opusImplementation()): Decoder {
  return new OpusDecoder(implementation);
}

/** With an implementation of one's choice: conformance and benchmarks try both. */
export function opusOf(implementation: () => OpusImplementation): Codec {
  return {
    name: 'OPUS',
    clockRate: OPUS_RATE,
    sampleRate: OPUS_RATE,
    staticPayloadType: null,
    packetMs: [10, 20, 40, 60],
    maxBytes: (samples) => Math.min(LONGEST_OPUS_BYTES, Math.ceil(samples / 960) * 1275 + 7),
    createEncoder: () => createOpusEncoder({}, implementation()),
    createDecoder: () => createOpusDecoder(implementation()),
  };
}

export const opus: Codec = opusOf(opusImplementation);
