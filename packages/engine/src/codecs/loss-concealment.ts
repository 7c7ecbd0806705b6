/**
 * Conceals lost frames of codecs that have no concealment of their own, after ITU-T G.711 Appendix I but without its
 * 3.75 ms delay: the last pitch periods go on, fade from 10 to 60 ms into the background noise that was there before,
 * and overlap with the first good frame. One per decoder, media thread, allocates nothing after construction.
 *
 *   heard ──────────────┐ lost: period│period│period… × fade      ┌ good
 *     └ pitch by correlation ┘                        └ overlap ──┘
 */
const LONGEST_LAG_MS = 15;
const SHORTEST_LAG_MS = 5;
const MATCH_MS = 20;
const FULL_MS = 10;
const SILENT_MS = 60;
const LONGEST_OVERLAP_MS = 10;
/** Background noise louder than this is taken for sound, not noise (−50 dBFS). */
const LOUDEST_NOISE = 0.0032;
/** Until something is known of it (−65 dBFS). */
const NOISE_AT_FIRST = 0.00056;
/** The noise estimate falls at once and rises by this a second. */
const NOISE_RISE_PER_S = 1.4;

export class LossConcealment {
  private readonly sampleRate: number;
  private readonly longestOverlapMs: number;
  private readonly decimation: number;
  private readonly shortestLag: number;
  private readonly longestLag: number;
  private readonly matchSamples: number;
  /** What was heard last, in a ring: the oldest is at `heardAt`. */
  private readonly ring: Float32Array;
  private heardAt = 0;
  /** The same with the newest at the end; made when something is lost. */
  private readonly heard: Float32Array;
  private readonly coarse: Float32Array;
  /** Pitch periods that loop without a seam. */
  private readonly period: Float32Array;
  /** Concealment that overlaps with the first good frame. */
  private readonly concealed: Float32Array;
  private periodSamples = 0;
  private periodAt = 0;
  private lostSamples = 0;
  /** Offset between the end of what was heard and the start of the period; dies away. */
  private step = 0;
  private noise = NOISE_AT_FIRST;
  private seed = 0x2545f491;

  /** `longestOverlapMs`: more for a codec whose decoder needs time to find back after a loss. */
  constructor(sampleRate: number, longestOverlapMs = LONGEST_OVERLAP_MS) {
    this.sampleRate = sampleRate;
    this.decimation = Math.max(1, Math.round(sampleRate / 8000));
    this.shortestLag = (SHORTEST_LAG_MS * sampleRate) / 1000;
    this.longestLag = (LONGEST_LAG_MS * sampleRate) / 1000;
    this.matchSamples = (MATCH_MS * sampleRate) / 1000;
    this.heard = new Float32Array(this.longestLag + this.longestLag / 4 + this.matchSamples);
    this.ring = new Float32Array(this.heard.length);
    this.coarse = new Float32Array(this.heard.length / this.decimation);
    this.period = new Float32Array(this.longestLag);
    this.longestOverlapMs = longestOverlapMs;
    this.concealed = new Float32Array((longestOverlapMs * sampleRate) / 1000);
  }

  /** A frame has been decoded to `pcm[at…]`. After a loss its beginning is overlapped with the concealment. */
  good(pcm: Float32Array, at: number, samples: number): void {
    if (this.lostSamples > 0) this.overlap(pcm, at, samples);
    else this.followNoise(pcm, at, samples);
    this.remember(pcm, at, samples);
  }

  /** Writes a lost frame to `pcm[at…]`. */
  lost(pcm: Float32Array, at: number, samples: number): void {
    if (this.lostSamples === 0) this.begin();
    this.write(pcm, at, samples);
    this.remember(pcm, at, samples);
  }

  private begin(): void {
    const { heard, ring, heardAt } = this;
    for (let i = 0, at = heardAt; i < heard.length; i++) {
      heard[i] = ring[at] as number;
      at = at + 1 < ring.length ? at + 1 : 0;
    }
    const end = heard.length;
    const lag = this.findLag();
    const seam = lag >> 2;
    for (let i = 0; i < lag; i++) this.period[i] = heard[end - lag + i] as number;
    // The last quarter turns into what came before the period's first sample, so that it loops without a seam.
    for (let i = 0; i < seam; i++) {
      const share = (i + 1) / (seam + 1);
      const old = heard[end - seam + i] as number;
      const before = heard[end - lag - seam + i] as number;
      this.period[lag - seam + i] = old + (before - old) * share;
    }
    this.periodSamples = lag;
    this.periodAt = 0;
    this.step = (heard[end - 1] as number) - (heard[end - lag - 1] as number);
  }

  /** The next `samples` samples of the concealment. One loop: a method a sample would box every number it returns. */
  private write(pcm: Float32Array, at: number, samples: number): void {
    const settleSamples = this.shortestLag / 4;
    const fullSamples = (FULL_MS * this.sampleRate) / 1000;
    const silentSamples = (SILENT_MS * this.sampleRate) / 1000;
    let seed = this.seed;
    for (let i = 0; i < samples; i++) {
      const lost = this.lostSamples + i;
      const faded =
        lost <= fullSamples ? 0 : Math.min(1, (lost - fullSamples) / (silentSamples - fullSamples));
      let value = (this.period[this.periodAt] as number) * (1 - faded);
      this.periodAt = this.periodAt + 1 < this.periodSamples ? this.periodAt + 1 : 0;
      if (lost < settleSamples) value += this.step * (1 - (lost + 1) / (settleSamples + 1));
      seed ^= seed << 13;
      seed ^= seed >>> 17;
      seed ^= seed << 5;
      pcm[at + i] = value + (seed / 0x80000000) * this.noise * faded;
    }
    this.seed = seed;
    this.lostSamples += samples;
  }

  /** G.711 Appendix I: the longer the loss, the longer the overlap; here from 4 ms up. */
  private overlap(pcm: Float32Array, at: number, samples: number): void {
    const lostMs = (this.lostSamples * 1000) / this.sampleRate;
    const overlapMs = Math.min(this.longestOverlapMs, 4 + lostMs / 10);
    const length = Math.min(samples, Math.round((overlapMs * this.sampleRate) / 1000));
    this.write(this.concealed, 0, length);
    for (let i = 0; i < length; i++) {
      const share = (i + 1) / (length + 1);
      const concealed = this.concealed[i] as number;
      pcm[at + i] = concealed + ((pcm[at + i] as number) - concealed) * share;
    }
    this.lostSamples = 0;
  }

  private remember(pcm: Float32Array, at: number, samples: number): void {
    const { ring } = this;
    const size = ring.length;
    const skipped = samples > size ? samples - size : 0;
    let from = at + skipped;
    const end = at + samples;
    let to = this.heardAt;
    while (from < end) {
      const until = Math.min(end, from + size - to);
      for (; from < until; from++) ring[to++] = pcm[from] as number;
      if (to === size) to = 0;
    }
    this.heardAt = to;
  }

  private followNoise(pcm: Float32Array, at: number, samples: number): void {
    // Every second sum by itself: each addition waits for the one before.
    let energy = 0;
    let others = 0;
    const end = at + samples - 1;
    for (let i = at; i < end; i += 2) {
      const value = pcm[i] as number;
      const next = pcm[i + 1] as number;
      energy += value * value;
      others += next * next;
    }
    energy += others;
    // √3: a uniform random value in ±1 has an RMS of 1/√3.
    const level = Math.sqrt((3 * energy) / samples);
    const risen = this.noise * (1 + ((NOISE_RISE_PER_S - 1) * samples) / this.sampleRate) + 1e-7;
    this.noise = Math.min(level, risen, LOUDEST_NOISE);
  }

  /** Lag of the best normalised correlation of the newest 20 ms; coarse at 8 kHz, then exact. */
  private findLag(): number {
    const { heard, coarse, decimation } = this;
    for (let i = 0; i < coarse.length; i++) {
      let sum = 0;
      for (let k = 0; k < decimation; k++) sum += heard[i * decimation + k] as number;
      coarse[i] = sum;
    }
    const match = this.matchSamples / decimation;
    const lag = bestLag(coarse, match, this.shortestLag / decimation, this.longestLag / decimation);
    if (decimation === 1) return lag;
    const around = lag * decimation;
    const from = Math.max(this.shortestLag, around - decimation);
    const to = Math.min(this.longestLag, around + decimation);
    return bestLag(heard, this.matchSamples, from, to);
  }
}

/** The energy of the past is carried along instead of summed anew. */
function bestLag(signal: Float32Array, match: number, shortest: number, longest: number): number {
  const end = signal.length;
  const start = end - match;
  let energy = 0;
  for (let i = start; i < end; i++) energy += (signal[i - shortest] as number) ** 2;
  let best = shortest;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let lag = shortest; lag <= longest; lag++) {
    // Every second product by itself: each addition waits for the one before.
    let product = 0;
    let others = 0;
    for (let i = start; i < end; i += 2) {
      product += (signal[i - lag] as number) * (signal[i] as number);
      others += (signal[i + 1 - lag] as number) * (signal[i + 1] as number);
    }
    product += others;
    const score = product / Math.sqrt(Math.max(energy, 1e-9));
    if (score > bestScore) {
      bestScore = score;
      best = lag;
    }
    const newest = signal[end - 1 - lag] as number;
    const older = lag < longest ? (signal[start - 1 - lag] as number) : 0;
    energy += older * older - newest * newest;
  }
  return best;
}
