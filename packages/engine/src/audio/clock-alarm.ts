/**
 * Says when the audio clock is late enough to tell people: from the first skipped tick until none was skipped for ten
 * seconds. Media thread, asked after every tick.
 */
const QUIET_TICKS = 500;
/** Two seconds: until the audio path is compiled and the thread has its priority, a busy machine may well skip some. */
const WARM_TICKS = 100;

export class ClockAlarm {
  isRaised = false;
  #ticks = 0;
  #ticksSinceOverrun = QUIET_TICKS;

  /** True when `isRaised` has changed. */
  note(skippedTicks: number): boolean {
    const isWarm = this.#ticks >= WARM_TICKS;
    if (!isWarm) this.#ticks += 1 + skippedTicks;
    this.#ticksSinceOverrun = skippedTicks > 0 && isWarm ? 0 : this.#ticksSinceOverrun + 1;
    const wasRaised = this.isRaised;
    this.isRaised = this.#ticksSinceOverrun < QUIET_TICKS;
    return this.isRaised !== wasRaised;
  }
}
