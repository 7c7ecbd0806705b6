/**
 * When packets that are shorter than a frame of the tick are due: one by one, as far apart as they are long, from the moment at
 * which their frame came. Frames wobble; by up to one frame that becomes delay, which evens the wobble out, what is more is
 * sent at once. Pure; used by rtp-output.ts.
 */
const FRAME_MS = 20;
/** Behind the last packet of a frame that came in time there may be so much of wobble. */
const MOST_BEHIND_MS = 2 * FRAME_MS;

export class PacketPace {
  readonly #ptimeMs: number;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(ptimeMs: number) {
    this.#ptimeMs = ptimeMs;
  }

  /** A frame has come; `waiting` packets are to be sent, with those of it. */
  frame(nowMs: number, waiting: number): void {
    const latest = nowMs + MOST_BEHIND_MS - waiting * this.#ptimeMs;
    this.#dueMs = Math.min(Math.max(this.#dueMs, nowMs), latest);
  }

  isDue(nowMs: number): boolean {
    return this.#dueMs <= nowMs;
  }

  /** The packet that was due is gone. */
  sent(): void {
    this.#dueMs += this.#ptimeMs;
  }
}
