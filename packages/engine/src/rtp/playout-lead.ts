/**
 * Decides how long a jitter buffer holds its packets: when it has to grow, when it may shrink. The lead is the time from
 * the arrival of a punctual packet to its take; depth = lead + packet length. Jitter buffer only, media thread.
 *
 *   wanted lead = lateness that 99 % of the packets keep + margin
 *
 *   lead  ──────┬───────────────────────────┬──────────────────────────────────►
 *          grow │         leave it          │ shrink by a packet
 *             wanted           wanted + packet + a bit
 *
 * Both by a whole packet in silence. Within sound the clock side splices (call/incoming-stream.ts), as isShort and
 * hasSpare tell it; only what has come too late already is met at once, by concealment.
 */
import type { Lateness } from './lateness.ts';

export const START_DEPTH_MS = 40;
export const MAX_DEPTH_MS = 200;
const MIN_DEPTH_MS = 20;
const PUNCTUAL_SHARE = 0.99;
/** Room for the scheduling of our own thread and of the sender's. */
export const MARGIN_MS = 3;
/** Between what makes it grow and what lets it shrink, so that it does neither twice in turn. */
const HYSTERESIS_MS = 2;
/** The lead must have been too long all of this time, and up to twice as long, before it shrinks. */
const WINDOW_MS = 1000;
/** Silence has to have lasted so long before a packet is dropped in it. */
const SILENCE_MS = 60;
const PACKETS_PER_ESTIMATE = 8;

export class PlayoutLead {
  wantedMs: number;
  isSilent = false;
  readonly #lateness: Lateness;
  #packetsToEstimate = PACKETS_PER_ESTIMATE;
  #hasLatePackets = false;
  #silentSinceMs = Number.NaN;
  // Smallest lead of the present and of the former window.
  #minMs = Number.POSITIVE_INFINITY;
  #formerMinMs = Number.NEGATIVE_INFINITY;
  #windowEndsMs = Number.NEGATIVE_INFINITY;

  constructor(lateness: Lateness, startMs: number) {
    this.#lateness = lateness;
    this.wantedMs = startMs;
  }

  /** After every packet that was measured. */
  notePacket(packetMs: number): void {
    if (--this.#packetsToEstimate > 0 && this.#lateness.latenessMs <= this.wantedMs) return;
    this.#packetsToEstimate = PACKETS_PER_ESTIMATE;
    const wantedMs = this.#lateness.quantileMs(PUNCTUAL_SHARE) + MARGIN_MS;
    const longestMs = Math.max(0, MAX_DEPTH_MS - packetMs);
    this.wantedMs = Math.min(longestMs, Math.max(wantedMs, MIN_DEPTH_MS - packetMs));
  }

  noteLatePacket(): void {
    this.#hasLatePackets = true;
  }

  /** Once a take. */
  follow(nowMs: number): void {
    if (!this.isSilent) this.#silentSinceMs = Number.NaN;
    else if (Number.isNaN(this.#silentSinceMs)) this.#silentSinceMs = nowMs;
  }

  /** The lead of the packet that is due. */
  noteLead(leadMs: number, nowMs: number): void {
    if (nowMs >= this.#windowEndsMs) {
      this.#formerMinMs = this.#minMs === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : this.#minMs;
      this.#minMs = leadMs;
      this.#windowEndsMs = nowMs + WINDOW_MS;
    }
    if (leadMs < this.#minMs) this.#minMs = leadMs;
  }

  /** Play-out starts anew. */
  forget(): void {
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#formerMinMs = Number.NEGATIVE_INFINITY;
    this.#windowEndsMs = Number.NEGATIVE_INFINITY;
  }

  /** In silence at the first sign; within sound when packets did come late, or when a whole packet is wanting. */
  mustGrow(leadMs: number, packetMs: number): boolean {
    const wantingMs = this.wantedMs - leadMs;
    const isDue = wantingMs > 0 && (this.isSilent || this.#hasLatePackets || wantingMs >= packetMs);
    if (isDue || wantingMs <= 0) this.#hasLatePackets = false;
    if (isDue) this.forget();
    return isDue;
  }

  /** Lead beyond what is useful, ms; whether or not it may be taken off now. */
  excessMs(leadMs: number, packetMs: number): number {
    return leadMs - (this.wantedMs + packetMs + HYSTERESIS_MS);
  }

  /** The lead has fallen below what is wanted. */
  get isShort(): boolean {
    return this.#minMs < this.wantedMs;
  }

  /** The lead has been so much too long for a while that it can do without `ms` of it. */
  hasSpare(ms: number): boolean {
    return this.excessMs(Math.min(this.#minMs, this.#formerMinMs), ms) >= 0;
  }

  /** Whether one packet may be dropped in silence now. */
  mayShrink(packetMs: number, nowMs: number): boolean {
    return this.isSilent && nowMs - this.#silentSinceMs >= SILENCE_MS && this.hasSpare(packetMs);
  }

  noteShrink(byMs: number): void {
    this.#minMs -= byMs;
    this.#formerMinMs -= byMs;
  }
}
