/**
 * How late packets come, and so how far ahead of its play-out a punctual packet has to be there. Used by the jitter
 * buffer only (media thread); allocates nothing after construction.
 *
 *   transit   = arrival − media time              (any constant offset)
 *   baseline  = smallest transit of the last 5 s   (follows clock drift)
 *   lateness  = transit − baseline, ≥ 0
 *
 * A stall on the way delays a row of packets, each by less than the one before. It counts once: the buffer rides it out by
 * running dry and playing all of it later, and need not stay deep for the next ten seconds.
 *
 * More than any buffer may hold, and it stays: the way has become longer, or the sender's clock has slipped. It is the new
 * baseline, or nothing would be in time until the old one is forgotten.
 *
 * The lateness is kept in a histogram that forgets: a new packet weighs more than the last by a constant factor, which is
 * the same as letting all older ones fade, but costs one addition.
 */
import { timestampDistance } from './packet.ts';

const BIN_MS = 1;
const BINS = 256;
/** Packets after which an observation has faded to 1/e: 8 s at 20 ms. */
const MEMORY_PACKETS = 400;
const GROWTH = Math.exp(1 / MEMORY_PACKETS);
const RESCALE_ABOVE = 1e100;
const WINDOW_MS = 2500;
/** Weight of the first guess, in packets: it gives way to what is measured after about five seconds. */
const PRIOR_PACKETS = 4;
/** Packets that come closer than this were held up together: what came first tells how long. */
const BURST_MS = 5;
/** A jump of the transit time beyond this is a new start of the sender's clock, not the network. */
const REBASE_MS = 1000;
/** What the deepest buffer can ride out; packets in a row beyond it, until it counts as the way's new length. */
const LONGEST_MS = 200;
const PACKETS_BEYOND = 5;

export class Lateness {
  /** Transit time of the most punctual packets, ms. NaN before the first packet. */
  baselineMs = Number.NaN;
  /** Lateness of the packet observed last, ms. */
  latenessMs = 0;
  readonly #msPerSample: number;
  readonly #bins = new Float64Array(BINS);
  /** Weight of the next packet, and the sum of all bins; in an array, because a field that is set to 1 boxes every other. */
  readonly #weights = Float64Array.of(1, 0);
  #mediaMs = 0;
  #lastTimestamp = 0;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  #packetsBeyond = 0;
  #windowEndsMs = 0;
  #windowMinMs = Number.POSITIVE_INFINITY;
  #formerMinMs = Number.POSITIVE_INFINITY;

  constructor(clockRate: number, priorMs: number) {
    this.#msPerSample = 1000 / clockRate;
    this.#add(priorMs, PRIOR_PACKETS);
  }

  /** The next packet begins a new sequence or clock. What was learned of the network stays. */
  rebase(): void {
    this.baselineMs = Number.NaN;
  }

  /** `isCounted` false: its lateness is known to be our own fault. */
  observe(timestamp: number, arrivalMs: number, isCounted: boolean): void {
    if (Number.isNaN(this.baselineMs)) this.#begin(timestamp);
    this.#mediaMs += timestampDistance(timestamp, this.#lastTimestamp) * this.#msPerSample;
    this.#lastTimestamp = timestamp;
    const transitMs = arrivalMs - this.#mediaMs;
    if (Math.abs(transitMs - this.baselineMs) > REBASE_MS) this.#begin(timestamp);

    this.#follow(transitMs, arrivalMs);
    const latenessMs = transitMs - this.baselineMs;
    const isOfBurst = arrivalMs - this.#lastArrivalMs < BURST_MS && latenessMs < this.latenessMs;
    this.#lastArrivalMs = arrivalMs;
    this.latenessMs = latenessMs;
    if (isOfBurst) return;
    if (latenessMs <= LONGEST_MS) {
      this.#packetsBeyond = 0;
      if (isCounted) this.#add(latenessMs, 1);
    } else if (++this.#packetsBeyond >= PACKETS_BEYOND) {
      this.#begin(timestamp);
      this.#follow(transitMs, arrivalMs);
      this.latenessMs = 0;
    }
  }

  /** When the most punctual packet with this timestamp would have come (or will come), ms. */
  punctualArrivalMs(timestamp: number): number {
    const aheadMs = timestampDistance(timestamp, this.#lastTimestamp) * this.#msPerSample;
    return this.baselineMs + this.#mediaMs + aheadMs;
  }

  /** Lateness that the given share of the packets (0-1) does not exceed, ms. */
  quantileMs(share: number): number {
    let beyond = this.#weights[1]! * (1 - share);
    for (let bin = BINS - 1; bin >= 0; bin--) {
      beyond -= this.#bins[bin] ?? 0;
      if (beyond < 0) return (bin + 1) * BIN_MS;
    }
    return BIN_MS;
  }

  #begin(timestamp: number): void {
    this.#lastTimestamp = timestamp;
    this.#packetsBeyond = 0;
    this.#windowMinMs = Number.POSITIVE_INFINITY;
    this.#formerMinMs = Number.POSITIVE_INFINITY;
    this.#windowEndsMs = Number.NEGATIVE_INFINITY;
  }

  #follow(transitMs: number, arrivalMs: number): void {
    if (arrivalMs >= this.#windowEndsMs) {
      this.#formerMinMs = this.#windowMinMs;
      this.#windowMinMs = transitMs;
      this.#windowEndsMs = arrivalMs + WINDOW_MS;
    }
    if (transitMs < this.#windowMinMs) this.#windowMinMs = transitMs;
    this.baselineMs = Math.min(this.#windowMinMs, this.#formerMinMs);
  }

  #add(latenessMs: number, packets: number): void {
    const weights = this.#weights;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(latenessMs / BIN_MS)));
    const weight = weights[0]! * packets;
    this.#bins[bin] = (this.#bins[bin] ?? 0) + weight;
    weights[1]! += weight;
    weights[0]! *= GROWTH;
    if (weights[0]! > RESCALE_ABOVE) this.#rescale();
  }

  #rescale(): void {
    const weights = this.#weights;
    const by = weights[0]!;
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = (this.#bins[bin] ?? 0) / by;
    weights[1]! /= by;
    weights[0] = 1;
  }
}
