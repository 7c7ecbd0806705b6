/**
 * What a crash test was promised: of every thing the last value that was acknowledged or told, and the one under way when
 * the power went. What one event changes of several things is one write: all of it is kept, or nothing. Pure.
 */
export interface Change {
  thing: string;
  value: unknown;
}

export interface Write {
  readonly changes: readonly Change[];
}

interface Entry {
  /** What has to be there. */
  known: unknown;
  /** Sent and not answered: it may have been stored. */
  underWay: { value: unknown; write: Write } | null;
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  /** Those that were written since the last check. */
  readonly #touched = new Set<string>();
  /** Changed by somebody whose it is not: until the next check nobody knows what has to be there. */
  readonly #doubtful = new Set<string>();
  /** How many writes were acknowledged. */
  promises = 0;

  begin(changes: readonly Change[]): Write {
    const write = { changes };
    for (const { thing, value } of changes) {
      this.#entries.set(thing, { known: this.known(thing), underWay: { value, write } });
      this.#touched.add(thing);
    }
    return write;
  }

  acknowledge(write: Write): void {
    for (const { thing, value } of write.changes) this.#entries.set(thing, { known: value, underWay: null });
    if (write.changes.length > 0) this.promises += 1;
  }

  refuse(write: Write): void {
    for (const { thing } of write.changes) {
      this.#entries.set(thing, { known: this.known(thing), underWay: null });
    }
  }

  /** Everybody was told that it is so. */
  tell(thing: string, value: unknown): void {
    const underWay = this.#entries.get(thing)?.underWay ?? null;
    this.#entries.set(thing, { known: value, underWay });
    this.#touched.add(thing);
  }

  /** Somebody else has changed it too, in whatever order: what is found counts. */
  doubt(thing: string): void {
    this.#doubtful.add(thing);
    this.#touched.add(thing);
  }

  /** null: nothing is there, as far as anybody was told. */
  known(thing: string): unknown {
    return this.#entries.get(thing)?.known ?? null;
  }

  things(which: 'touched' | 'all'): string[] {
    return which === 'all' ? [...this.#entries.keys()] : [...this.#touched];
  }

  /** What is not as it was promised, in words; what was found counts from now on. What was not found is null. */
  check(found: ReadonlyMap<string, unknown>, which: 'touched' | 'all'): string[] {
    const broken: string[] = [];
    const kept = new Set<Write>();
    const lost = new Set<Write>();
    for (const thing of this.things(which)) {
      const { known, underWay } = this.#entries.get(thing) ?? { known: null, underWay: null };
      const value = found.get(thing) ?? null;
      const isAsBefore = isSame(value, known);
      const isDoubtful = this.#doubtful.has(thing);
      const isAsWritten = underWay !== null && isSame(value, underWay.value);
      if (!isAsBefore && !isAsWritten && !isDoubtful) {
        const allowed = underWay ? [known, underWay.value] : [known];
        broken.push(`${thing} is ${JSON.stringify(value)}, promised was ${JSON.stringify(allowed)}`);
      }
      if (underWay && !isDoubtful && isAsBefore !== isAsWritten)
        (isAsWritten ? kept : lost).add(underWay.write);
      this.#entries.set(thing, { known: value, underWay: null });
    }
    for (const write of kept) if (lost.has(write)) broken.push(`half of ${JSON.stringify(write.changes)}`);
    this.#touched.clear();
    this.#doubtful.clear();
    return broken;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
