/**
 * L16/48000 mono: 16-bit linear, network order (RFC 3551 §4.5.11), for studio links. Run by the media thread.
 */
import type { Codec, Decoder, Encoder } from './codec.ts';
import { LossConcealment } from './loss-concealment.ts';

const SAMPLE_RATE = 48000;

class L16Encoder implements Encoder {
  encode(pcm: Float32Array, samples: number, out: Uint8Array, offset: number): number {
    for (let i = 0; i < samples; i++) {
      const scaled = Math.round((pcm[i] as number) * 32768);
      const value = scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled;
      out[offset + 2 * i] = value >> 8;
      out[offset + 2 * i + 1] = value;
    }
    return samples * 2;
  }
}

class L16Decoder implements Decoder {
  private readonly concealment = new LossConcealment(SAMPLE_RATE);

  decode(bytes: Uint8Array, offset: number, length: number, pcm: Float32Array, at: number): number {
    const samples = length / 2;
    if (length <= 0 || length % 2 !== 0 || offset < 0) return 0;
    if (offset + length > bytes.length || at + samples > pcm.length) return 0;
    for (let i = 0; i < samples; i++) {
      const high = bytes[offset + 2 * i] as number;
      const low = bytes[offset + 2 * i + 1] as number;
      pcm[at + i] = (((high << 24) >> 16) | low) / 32768;
    }
    this.concealment.good(pcm, at, samples);
    return samples;
  }

  conceal(pcm: Float32Array, at: number, samples: number): void {
    this.concealment.lost(pcm, at, samples);
  }
}

export const l16: Codec = {
  name: 'L16',
  clockRate: SAMPLE_RATE,
  sampleRate: SAMPLE_RATE,
  staticPayloadType: null,
  maxBytes: (samples) => samples * 2,
  createEncoder: () => new L16Encoder(),
  createDecoder: () => new L16Decoder(),
};
