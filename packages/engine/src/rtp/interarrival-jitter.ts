/**
 * Jitter as RFC 3550 section 6.4.1 and A.8 define it: the smoothed difference of transit times of neighbouring
 * packets. Used by the receiver (for RTCP) and by the jitter buffer (for the figures of a leg); media thread.
 */
import { timestampDistance } from './packet.ts';

export class InterarrivalJitter {
  /** In milliseconds. */
  jitterMs = 0;
  readonly #msPerSample: number;
  #lastTimestamp = 0;
  #lastArrivalMs = Number.NaN;

  constructor(clockRate: number) {
    this.#msPerSample = 1000 / clockRate;
  }

  /** The next packet does not continue the stream: measure from there on. */
  rebase(): void {
    this.#lastArrivalMs = Number.NaN;
  }

  observe(timestamp: number, arrivalMs: number): void {
    const elapsedMs = arrivalMs - this.#lastArrivalMs;
    const mediaMs = timestampDistance(timestamp, this.#lastTimestamp) * this.#msPerSample;
    this.#lastTimestamp = timestamp;
    this.#lastArrivalMs = arrivalMs;
    const difference = Math.abs(elapsedMs - mediaMs);
    // A jump of seconds is a new start of the sender's clock, not jitter; NaN (the first packet) goes here too.
    if (!(difference < 2000)) return;
    this.jitterMs += (difference - this.jitterMs) / 16;
  }
}
