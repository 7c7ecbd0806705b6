/**
 * G.722 at 64 kbit/s (HD voice): 16 kHz in two bands, ADPCM with 6 bits below and 2 above 4 kHz. Registered in
 * registry.ts, run by the media thread. Whole-number arithmetic as in ITU-T G.722 §3 and §4, so every implementation gives the same bits; tables
 * and adaptation in g722-band.ts.
 *
 *   16 kHz ─ QMF ─┬─ low band ── 6 bits ─┐           RTP clock 8000 although the sound has 16 kHz: RFC 3551 §4.5.2
 *                 └─ high band ─ 2 bits ─┴─ byte
 */
import type { Codec, Decoder, Encoder } from './codec.ts';
import { clamp, HighBand, LowBand } from './g722-band.ts';
import { LossConcealment } from './loss-concealment.ts';

const SAMPLE_RATE = 16000;
/** Coefficients of the quadrature mirror filter (table 3/G.722), every other one; the rest is the same backwards. */
const QMF = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
const QMF_TAPS = 2 * QMF.length;
/** The predictors of encoder and decoder differ for a while after a loss. */
const OVERLAP_MS = 20;
/** A power of two: −54 dBFS. */
const QUIET = 64;
const PAUSE_BYTES = 1600;
/** Samples that are filtered before the filter's memory is moved back to the front of its line. */
const LINE = 320;

/** Splits into the two bands or joins them: the same sums either way. */
class MirrorFilter {
  odd = 0;
  even = 0;
  private readonly line = new Int32Array(QMF_TAPS + LINE);
  private end = QMF_TAPS;

  copyFrom(other: MirrorFilter): void {
    this.line.set(other.line);
    this.end = other.end;
  }

  next(first: number, second: number): void {
    if (this.end === this.line.length) {
      this.line.copyWithin(0, this.end - QMF_TAPS);
      this.end = QMF_TAPS;
    }
    const line = this.line;
    line[this.end++] = first;
    line[this.end++] = second;
    const start = this.end - QMF_TAPS;
    let odd = 0;
    let even = 0;
    for (let i = 0; i < QMF.length; i++) {
      even += (line[start + 2 * i] as number) * (QMF[i] as number);
      odd += (line[start + 2 * i + 1] as number) * (QMF[QMF.length - 1 - i] as number);
    }
    this.odd = odd;
    this.even = even;
  }
}

class G722Encoder implements Encoder {
  private readonly filter = new MirrorFilter();
  private readonly low = new LowBand();
  private readonly high = new HighBand();
  private quietBytes = 0;

  /** `samples` is even: two samples make a byte. */
  encode(pcm: Float32Array, samples: number, out: Uint8Array, offset: number): number {
    const { filter, low, high } = this;
    const bytes = samples >> 1;
    let bits = 0;
    for (let i = 0; i < bytes; i++) {
      const first = wholeOf(pcm[2 * i] as number);
      const second = wholeOf(pcm[2 * i + 1] as number);
      bits |= (first < 0 ? -first : first) | (second < 0 ? -second : second);
      filter.next(first, second);
      const highCode = high.encode((filter.odd - filter.even) >> 14);
      const lowCode = low.encode((filter.odd + filter.even) >> 14);
      out[offset + i] = (highCode << 6) | lowCode;
    }
    this.quietBytes = bits < QUIET ? this.quietBytes + bytes : 0;
    return bytes;
  }

  takeOver(other: G722Encoder): void {
    this.filter.copyFrom(other.filter);
    this.low.copyFrom(other.low);
    this.high.copyFrom(other.high);
  }

  /**
   * In a pause, in which both forget: two that are given the same sound are never quite the same otherwise, and what the
   * far end makes of that is only some 20 dB below what is heard, for 60 ms.
   */
  join(other: G722Encoder): boolean {
    return this.quietBytes >= PAUSE_BYTES && other.quietBytes >= PAUSE_BYTES;
  }
}

class G722Decoder implements Decoder {
  private readonly filter = new MirrorFilter();
  private readonly low = new LowBand();
  private readonly high = new HighBand();
  private readonly concealment = new LossConcealment(SAMPLE_RATE, OVERLAP_MS);

  decode(bytes: Uint8Array, offset: number, length: number, pcm: Float32Array, at: number): number {
    const samples = 2 * length;
    if (length <= 0 || offset < 0 || offset + length > bytes.length || at + samples > pcm.length) return 0;
    const { filter, low, high } = this;
    for (let i = 0; i < length; i++) {
      const byte = bytes[offset + i] as number;
      const below = low.decode(byte & 0x3f);
      const above = high.decode(byte >> 6);
      filter.next(below + above, below - above);
      pcm[at + 2 * i] = clamp(filter.odd >> 11, 32767) / 32768;
      pcm[at + 2 * i + 1] = clamp(filter.even >> 11, 32767) / 32768;
    }
    this.concealment.good(pcm, at, samples);
    return samples;
  }

  conceal(pcm: Float32Array, at: number, samples: number): void {
    this.concealment.lost(pcm, at, samples);
  }
}

function wholeOf(sample: number): number {
  return clamp(Math.round(sample * 32768) | 0, 32767);
}

export const g722: Codec = {
  name: 'G722',
  clockRate: 8000,
  sampleRate: SAMPLE_RATE,
  staticPayloadType: 9,
  maxBytes: (samples) => samples >> 1,
  createEncoder: () => new G722Encoder(),
  createDecoder: () => new G722Decoder(),
};
