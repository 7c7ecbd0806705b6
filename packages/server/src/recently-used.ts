/**
 * What was asked for of late, up to a size: what is made at some cost and is asked for again. Two generations: when the
 * newer one is full it becomes the older one, and what nobody asked for since then goes. Used by the index of what is
 * listed and by the number plan.
 */
export class RecentlyUsed<Key, Value> {
  readonly #mostInOne: number;
  #newer = new Map<Key, { value: Value; size: number }>();
  #older = new Map<Key, { value: Value; size: number }>();
  #newerSize = 0;

  /** Never holds more than `most`; what is asked for stays as long as it is no more than half of that. */
  constructor(most: number) {
    this.#mostInOne = most / 2;
  }

  get(key: Key): Value | undefined {
    const newer = this.#newer.get(key);
    if (newer) return newer.value;
    const older = this.#older.get(key);
    if (!older) return undefined;
    this.set(key, older.value, older.size);
    return older.value;
  }

  /** For a key that is not there. */
  set(key: Key, value: Value, size = 1): void {
    if (this.#newerSize + size > this.#mostInOne) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerSize = 0;
    }
    this.#newer.set(key, { value, size });
    this.#newerSize += size;
  }

  delete(key: Key): void {
    this.#newerSize -= this.#newer.get(key)?.size ?? 0;
    this.#newer.delete(key);
    this.#older.delete(key);
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
    this.#newerSize = 0;
  }
}
