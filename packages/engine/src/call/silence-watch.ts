/**
 * What a leg does about a far end of which no sound comes: it counts as being in its place after a moment, and as dead
 * after the RTP timeout, unless it holds us. Made by leg.ts. Main thread.
 */
export interface SilenceWatchOptions {
  packetsReceived(): number;
  /** The far end holds us, and owes us no sound. */
  isHeld(): boolean;
  onSilent(): void;
  onDead(): void;
}

/**
 * A far end that was answered and sends nothing (silence suppression, a muted phone, one-way sound) hears us all the same: after
 * this it counts as being in its place. The RTP timeout is what ends a call that really is dead.
 */
const SILENT_MEDIA_AFTER_MS = 1000;

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #silentTimer: NodeJS.Timeout | null = null;
  #trialTimer: NodeJS.Timeout | null = null;
  /** Count of packets when a leg that had been held was looked at last. */
  #packetsBefore: number | null = null;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** Sound may flow from now on. Again: nothing. */
  answered(): void {
    this.#silentTimer ??= setTimeout(() => this.#options.onSilent(), SILENT_MEDIA_AFTER_MS);
  }

  heldOrResumed(): void {
    this.#packetsBefore = null;
  }

  /** No RTP for the time that is allowed. */
  rtpTimeout(rtpTimeoutMs: number): void {
    if (!this.#options.isHeld()) {
      this.#options.onDead();
      return;
    }
    this.#trialTimer ??= setInterval(() => this.#watchResumed(), rtpTimeoutMs);
  }

  stop(): void {
    if (this.#silentTimer !== null) clearTimeout(this.#silentTimer);
    this.#endTrial();
  }

  /** A held leg whose RTP had stopped: it is on trial when it is taken back. */
  #watchResumed(): void {
    if (this.#options.isHeld()) return;
    const packetsReceived = this.#options.packetsReceived();
    if (this.#packetsBefore === packetsReceived) {
      this.#options.onDead();
      return;
    }
    if (this.#packetsBefore !== null) this.#endTrial();
    this.#packetsBefore = packetsReceived;
  }

  #endTrial(): void {
    if (this.#trialTimer !== null) clearInterval(this.#trialTimer);
    this.#trialTimer = null;
  }
}
