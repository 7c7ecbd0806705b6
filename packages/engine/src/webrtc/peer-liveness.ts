/**
 * Whether a browser is still there, by what comes from it: ICE itself notices only after half a minute that a network has
 * gone. Who sends sound sends it without a pause, so a short one means that it is away; who sends none (a listener, a
 * paused microphone) still sends RTCP every few seconds. Pure; one for every peer on the WebRTC thread.
 */
const SENDER_SILENT_MS = 1500;
/** RFC 3550 6.2 with a margin: five seconds, half as much more by chance, and one report may be lost. */
const LISTENER_SILENT_MS = 16_000;

export class PeerLiveness {
  #lastRtpMs = Number.NEGATIVE_INFINITY;
  #lastAnyMs = Number.NEGATIVE_INFINITY;

  /** The path is open (again): counts as something that came, not as sound. */
  noteOpen(nowMs: number): void {
    this.#lastAnyMs = nowMs;
  }

  noteRtp(nowMs: number): void {
    this.#lastRtpMs = nowMs;
    this.#lastAnyMs = nowMs;
  }

  noteRtcp(nowMs: number): void {
    this.#lastAnyMs = nowMs;
  }

  isAway(nowMs: number): boolean {
    const hasSoundStoppedFirst = this.#lastAnyMs - this.#lastRtpMs > SENDER_SILENT_MS;
    const allowedMs = hasSoundStoppedFirst ? LISTENER_SILENT_MS : SENDER_SILENT_MS;
    return nowMs - this.#lastAnyMs > allowedMs;
  }
}
