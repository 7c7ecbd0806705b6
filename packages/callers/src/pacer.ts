/**
 * One clock for all simulated telephones of a process: an absolute 20 ms schedule in four slots 5 ms apart, so that hundreds
 * of phones do not all speak in the same instant, and a late timer is caught up instead of drifting.
 */
const slotMs = 5;
const slotCount = 4;

class Pacer {
  readonly #slots: Set<() => void>[] = Array.from({ length: slotCount }, () => new Set());
  #timer: NodeJS.Timeout | null = null;
  #startedAt = 0;
  #slotsRun = 0;

  /** Calls `frame` every 20 ms from now on, until the returned function is called. */
  every20Ms(frame: () => void): () => void {
    const slot = this.#slots.reduce((least, each) => (each.size < least.size ? each : least));
    slot.add(frame);
    if (this.#timer === null) {
      this.#startedAt = performance.now();
      this.#slotsRun = 0;
      this.#arm();
    }
    return () => {
      slot.delete(frame);
      if (this.#timer !== null && this.#slots.every((each) => each.size === 0)) {
        clearTimeout(this.#timer);
        this.#timer = null;
      }
    };
  }

  #arm(): void {
    const dueAt = this.#startedAt + (this.#slotsRun + 1) * slotMs;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, dueAt - performance.now()));
  }

  #run(): void {
    const due = Math.floor((performance.now() - this.#startedAt) / slotMs);
    while (this.#slotsRun < due) {
      this.#slotsRun++;
      for (const frame of this.#slots[this.#slotsRun % slotCount] ?? []) frame();
    }
    if (this.#timer !== null) this.#arm();
  }
}

/** The process's own. */
export const pacer = new Pacer();
