/**
 * Hears whether the host speaks, and says how far callers who are ducked are to be down. One in the mixer; media thread.
 * It follows by one frame, goes down in 100 ms, stays for 0.4 s behind the last word, and comes up again in 0.6 s.
 */
const SPEAKING_POWER = 10 ** (-40 / 10);
const FRAMES_DOWN = 5;
const FRAMES_HELD = 20;
const FRAMES_UP = 30;

export class Ducking {
  /** 0: not at all; 1: all the way. */
  share = 0;
  #isSpeaking = false;
  #framesHeld = 0;

  /** What the host says in this frame. */
  note(said: Float32Array, samples: number): void {
    let energy = 0;
    for (let index = 0; index < samples; index++) energy += said[index]! * said[index]!;
    if (energy >= SPEAKING_POWER * samples) this.#isSpeaking = true;
  }

  /** At the end of the frame. */
  follow(): void {
    if (this.#isSpeaking) this.#framesHeld = FRAMES_HELD;
    else if (this.#framesHeld > 0) this.#framesHeld--;
    this.#isSpeaking = false;
    this.share =
      this.#framesHeld > 0
        ? Math.min(1, this.share + 1 / FRAMES_DOWN)
        : Math.max(0, this.share - 1 / FRAMES_UP);
  }
}
