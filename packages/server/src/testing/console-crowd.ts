/**
 * Several consoles that all do everything at once, and meet now and then to compare what each has put together. For the tests
 * of convergence, against a scripted exchange and against the real engine.
 */
import type { Mirror } from '@openline/client';
import { Observer } from './observer.ts';
import { busyEvents, RandomEvents } from './random-events.ts';
import { randomFrom, type Random } from './random.ts';

export interface Meeting {
  /** What somebody who comes now is given, of what all have alike. */
  fresh: Partial<Mirror>;
  /** What each has put together. */
  mirrors: readonly Partial<Mirror>[];
  /** What each was told since the last meeting, in order. */
  facts: readonly (readonly string[])[];
}

/** Below the rate at which a client is told to wait, so that every event counts. */
const EVENT_EVERY_MS = 11;
const VALID_SHARE = 0.85;
const QUIET_WITHIN_MS = 30_000;
/** Of the events and facts, for a test to say that it was everything. */
const ENOUGH_KINDS = 25;
const ENOUGH_FACTS = 100;

export class ConsoleCrowd {
  readonly observers: readonly Observer[];
  /** How often each event was taken, and each refusal given. */
  readonly outcomes = new Map<string, number>();
  factCount = 0;
  readonly #randoms: readonly Random[];

  private constructor(observers: readonly Observer[], seed: number) {
    this.observers = observers;
    this.#randoms = observers.map((_, index) => randomFrom(seed * 100 + index));
  }

  static async open(urls: readonly string[], seed: number): Promise<ConsoleCrowd> {
    const observers: Observer[] = [];
    for (const url of urls) observers.push(await Observer.open(url));
    for (const observer of observers) await observer.settled();
    for (const observer of observers) observer.facts.length = 0;
    return new ConsoleCrowd(observers, seed);
  }

  /** How many kinds of events were taken at some time. */
  get kindsTaken(): number {
    return [...this.outcomes.keys()].filter((name) => name.endsWith(' ok')).length;
  }

  /** On a slow machine little happens in a given time. */
  get hasDoneEnough(): boolean {
    return this.kindsTaken >= ENOUGH_KINDS && this.factCount >= ENOUGH_FACTS;
  }

  /** All of them, events of every kind. */
  async play(until: number): Promise<void> {
    const players = this.observers.map((observer, index) =>
      this.#playOne(observer, this.#randoms[index] ?? randomFrom(index), until),
    );
    await Promise.all(players);
  }

  /** Everybody stops; a moment is awaited in which nothing happens, so that all have heard the same. */
  async meet(url: string): Promise<Meeting> {
    const deadline = Date.now() + QUIET_WITHIN_MS;
    let fresh: Observer;
    let factsBefore: number;
    do {
      if (Date.now() > deadline) throw new Error('there was never a moment without a fact');
      await this.#settled();
      factsBefore = this.#factsHeard();
      fresh = await Observer.open(url);
      await this.#settled();
      fresh.close();
    } while (this.#factsHeard() !== factsBefore);
    const facts = this.observers.map((observer) => observer.facts.splice(0));
    this.factCount += facts[0]?.length ?? 0;
    return {
      fresh: shared(fresh.state),
      mirrors: this.observers.map(({ state }) => shared(state)),
      facts,
    };
  }

  close(): void {
    for (const observer of this.observers) observer.close();
  }

  /** Does not wait for the answers. */
  async #playOne(observer: Observer, random: Random, until: number): Promise<void> {
    const events = new RandomEvents(random, () => observer.known());
    const answers: Promise<void>[] = [];
    while (Date.now() < until) {
      const name = random.pick(busyEvents);
      const { event, data } = random.chance(VALID_SHARE) ? events.valid(name) : events.broken(name);
      answers.push(
        observer.send(event, data).then(({ ack }) => this.#note(ack.ok ? `${event} ok` : ack.error.code)),
      );
      await new Promise((resolve) => setTimeout(resolve, EVENT_EVERY_MS));
    }
    await Promise.all(answers);
  }

  #note(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  async #settled(): Promise<void> {
    for (const observer of this.observers) await observer.settled();
  }

  #factsHeard(): number {
    return this.observers.reduce((sum, { facts }) => sum + facts.length, 0);
  }
}

/** What all clients have alike. */
function shared(state: Mirror | null): Partial<Mirror> {
  const { you: _you, server_time: _time, ...rest } = state ?? ({} as Mirror);
  return rest;
}
