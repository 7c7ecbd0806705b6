/**
 * Whether a packet of a leg is sent as sound, as a description of the silence (RFC 3389), or not at all. One for each stream
 * that may have pauses; outgoing-stream.ts asks it for every full packet on the media thread. Allocates nothing.
 *
 * Whatever is loud enough to be heard is sent as sound from its very first packet: only what follows 400 ms of silence is
 * a pause. Its level is described at once, when it changes, and every second, so that nobody takes the leg for dead and
 * the way through a NAT stays open.
 */
import { gainOfDb } from '../audio/gain-ramp.ts';

/** Of the peak: the noise of a quiet studio is above it, and is sent. */
const SILENCE_PEAK = gainOfDb(-60);
const HANGOVER_MS = 400;
const EVERY_MS = 1000;
const LEAST_BETWEEN_MS = 100;
const CHANGE_DB = 3;
/** As quiet as it can be described, RFC 3389 3.1. */
const QUIETEST = 127;

export const SEND_SOUND = -1;
export const SEND_NOTHING = -2;

export class SentPauses {
  #silentMs = 0;
  #sinceDescribedMs = EVERY_MS;
  #described = QUIETEST;

  /** A packet's samples: SEND_SOUND, SEND_NOTHING, or the level in −dBov that is to be described. */
  take(samples: Float32Array, count: number, packetMs: number): number {
    let peak = 0;
    let energy = 0;
    for (let index = 0; index < count; index++) {
      const value = samples[index]!;
      if (value > peak) peak = value;
      else if (-value > peak) peak = -value;
      energy += value * value;
    }
    if (peak >= SILENCE_PEAK) {
      this.restart();
      return SEND_SOUND;
    }
    if (this.#silentMs < HANGOVER_MS) {
      this.#silentMs += packetMs;
      return SEND_SOUND;
    }
    this.#sinceDescribedMs += packetMs;
    const level = energy === 0 ? QUIETEST : levelOf(energy / count);
    if (!this.#isDue(level)) return SEND_NOTHING;
    this.#described = level;
    this.#sinceDescribedMs = 0;
    return level;
  }

  /** What comes next is sent as sound. */
  restart(): void {
    this.#silentMs = 0;
    this.#sinceDescribedMs = EVERY_MS;
  }

  /** Goes on where the other has come to, which has heard the same. */
  follow(other: SentPauses): void {
    this.#silentMs = other.#silentMs;
    this.#sinceDescribedMs = other.#sinceDescribedMs;
    this.#described = other.#described;
  }

  #isDue(level: number): boolean {
    if (this.#sinceDescribedMs >= EVERY_MS) return true;
    return this.#sinceDescribedMs >= LEAST_BETWEEN_MS && Math.abs(level - this.#described) >= CHANGE_DB;
  }
}

/** 0 is the loudest that there is; nothing here is that loud. */
function levelOf(power: number): number {
  return Math.min(QUIETEST, Math.round(-10 * Math.log10(power)));
}
