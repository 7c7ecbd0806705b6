/**
 * What a crash test was promised: of every thing the last value that was acknowledged, and the one under way when the power
 * went. Pure.
 */
interface Entry {
  acknowledged: unknown;
  /** Sent and not answered: it may have been stored. */
  underWay: { value: unknown } | null;
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  /** Those that were written since the last check. */
  readonly #touched = new Set<string>();
  promises = 0;

  /** `before`: what is there as long as nothing was acknowledged. */
  send(thing: string, value: unknown, before: unknown): void {
    const entry = this.#entries.get(thing) ?? { acknowledged: before, underWay: null };
    this.#entries.set(thing, { ...entry, underWay: { value } });
    this.#touched.add(thing);
  }

  acknowledge(thing: string): void {
    const entry = this.#entries.get(thing);
    if (!entry?.underWay) return;
    this.#entries.set(thing, { acknowledged: entry.underWay.value, underWay: null });
    this.promises += 1;
  }

  refuse(thing: string): void {
    const entry = this.#entries.get(thing);
    if (entry) entry.underWay = null;
  }

  acknowledged(thing: string, before: unknown): unknown {
    const entry = this.#entries.get(thing);
    return entry ? entry.acknowledged : before;
  }

  things(which: 'touched' | 'all'): string[] {
    return which === 'all' ? [...this.#entries.keys()] : [...this.#touched];
  }

  /** What is not as it was promised, in words; what was found counts from now on. */
  check(found: ReadonlyMap<string, unknown>, which: 'touched' | 'all'): string[] {
    const broken: string[] = [];
    for (const thing of this.things(which)) {
      const entry = this.#entries.get(thing);
      if (!entry) continue;
      const value = found.get(thing);
      const allowed = [entry.acknowledged, ...(entry.underWay ? [entry.underWay.value] : [])];
      const isKept = allowed.some((each) => JSON.stringify(each) === JSON.stringify(value));
      if (!isKept)
        broken.push(`${thing} is ${JSON.stringify(value)}, promised was ${JSON.stringify(allowed)}`);
      this.#entries.set(thing, { acknowledged: value, underWay: null });
    }
    this.#touched.clear();
    return broken;
  }
}
