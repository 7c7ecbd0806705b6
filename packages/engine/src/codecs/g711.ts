/**
 * G.711 µ-law (PCMU) and A-law (PCMA), 8 kHz, by tables. Registered in registry.ts, run by the media thread.
 * Lost frames are concealed from the pitch of what was heard (loss-concealment.ts).
 */
import type { Codec, Decoder, Encoder } from './codec.ts';
import { LossConcealment } from './loss-concealment.ts';

const SAMPLE_RATE = 8000;

/** 14-bit magnitudes: every decision value of both laws (G.711 tables 1 and 2) is a whole number in this scale. */
const MAGNITUDES = 8192;
/** Finer by so many bits while the sign is told, so that it is that of the smallest sample too. */
const MAGNITUDE_SHIFT = 10;
const FULL_SCALE = MAGNITUDES << MAGNITUDE_SHIFT;
const HIGHEST = FULL_SCALE - 1;

/** G.711 table 2: 16-bit value of a µ-law byte. */
function linearOfMu(byte: number): number {
  const code = ~byte & 0xff;
  const segment = (code >> 4) & 7;
  const magnitude = ((((code & 0x0f) << 3) + 0x84) << segment) - 0x84;
  return (code & 0x80) === 0 ? magnitude : 0 - magnitude;
}

/** G.711 table 1: 16-bit value of an A-law byte; every other bit is inverted on the line. */
function linearOfA(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (code & 0x80) === 0 ? -magnitude : magnitude;
}

interface Law {
  /** Samples of the 256 bytes. */
  readonly decode: Float32Array;
  /** Byte of a 14-bit magnitude at MAGNITUDES + it; of the same below zero at MAGNITUDES − 1 − it. No branch on the sign. */
  readonly encode: Uint8Array;
}

/** Segment and step of a magnitude, by the decision values of table 2; a value on one goes to the step above. */
function muOfMagnitude(magnitude: number): number {
  const biased = Math.min(magnitude + 33, MAGNITUDES - 1);
  const segment = Math.max(0, 26 - Math.clz32(biased));
  return 0xff ^ ((segment << 4) | ((biased >> (segment + 1)) & 0x0f));
}

/** The same for table 1. */
function aOfMagnitude(magnitude: number): number {
  const segment = Math.max(0, 26 - Math.clz32(magnitude));
  return 0xd5 ^ ((segment << 4) | ((magnitude >> Math.max(2, segment + 1)) & 0x0f));
}

function tablesOf(linearOf: (byte: number) => number, byteOf: (magnitude: number) => number): Law {
  return {
    decode: Float32Array.from({ length: 256 }, (_, byte) => linearOf(byte) / 32768),
    encode: Uint8Array.from({ length: 2 * MAGNITUDES }, (_, at) =>
      at < MAGNITUDES ? byteOf(MAGNITUDES - 1 - at) ^ 0x80 : byteOf(at - MAGNITUDES),
    ),
  };
}

class G711Encoder implements Encoder {
  private readonly table: Uint8Array;

  constructor(law: Law) {
    this.table = law.encode;
  }

  encode(pcm: Float32Array, samples: number, out: Uint8Array, offset: number): number {
    const table = this.table;
    for (let i = 0; i < samples; i++) {
      let value = ((pcm[i] as number) * FULL_SCALE) | 0;
      if (value > HIGHEST) value = HIGHEST;
      else if (value < -HIGHEST) value = -HIGHEST;
      const sign = value >> 31;
      const magnitude = ((value ^ sign) - sign) >> MAGNITUDE_SHIFT;
      out[offset + i] = table[(magnitude ^ sign) + MAGNITUDES] as number;
    }
    return samples;
  }
}

class G711Decoder implements Decoder {
  private readonly table: Float32Array;
  private readonly concealment = new LossConcealment(SAMPLE_RATE);

  constructor(law: Law) {
    this.table = law.decode;
  }

  decode(bytes: Uint8Array, offset: number, length: number, pcm: Float32Array, at: number): number {
    if (length <= 0 || offset < 0 || offset + length > bytes.length || at + length > pcm.length) return 0;
    const table = this.table;
    for (let i = 0; i < length; i++) pcm[at + i] = table[bytes[offset + i] as number] as number;
    this.concealment.good(pcm, at, length);
    return length;
  }

  conceal(pcm: Float32Array, at: number, samples: number): void {
    this.concealment.lost(pcm, at, samples);
  }
}

function g711(name: string, staticPayloadType: number, law: Law): Codec {
  return {
    name,
    clockRate: SAMPLE_RATE,
    sampleRate: SAMPLE_RATE,
    staticPayloadType,
    maxBytes: (samples) => samples,
    createEncoder: () => new G711Encoder(law),
    createDecoder: () => new G711Decoder(law),
  };
}

export const pcmu = g711('PCMU', 0, tablesOf(linearOfMu, muOfMagnitude));
export const pcma = g711('PCMA', 8, tablesOf(linearOfA, aOfMagnitude));
