/**
 * Names, numbers and texts by the thousand, the same for the same seed. Words are as uneven as in a language: a few are
 * in every text, most in hardly any.
 */
export class RandomText {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 up to, but not, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** As below(), small numbers far more often than large ones. */
  uneven(count: number): number {
    return Math.floor(count ** this.next()) - 1;
  }

  word(count: number): string {
    return wordOf(this.uneven(count));
  }

  name(): string {
    const [first, last] = [wordOf(7_000 + this.uneven(2_000)), wordOf(20_000 + this.uneven(20_000))];
    return `${capital(first)} ${capital(last)}`;
  }

  text(): string {
    return Array.from({ length: 4 + this.below(16) }, () => this.word(30_000)).join(' ');
  }
}

/** The person's number: Gambian, seven digits. */
export function numberOf(person: number): string {
  return `+220${7_000_000 + person}`;
}

function wordOf(index: number): string {
  let rest = index * 7 + 11;
  let word = '';
  while (rest > 0) {
    word += `${'bdfgklmnprstvwz'[rest % 15]}${'aeiou'[Math.floor(rest / 15) % 5]}`;
    rest = Math.floor(rest / 75);
  }
  return word;
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
