// Several consoles at once, everybody at everything: what each has put together of the deltas is the state, and all have
// heard the same facts in the same order. OPENLINE_LOAD_S=60 and OPENLINE_SEED=n for longer and other runs.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mirror } from '@openline/client';
import { Observer } from './testing/observer.ts';
import { busyEvents, RandomEvents } from './testing/random-events.ts';
import { randomFrom, type Random } from './testing/random.ts';
import { StationProcess } from './testing/station-process.ts';

const LOAD_MS = Number(process.env['OPENLINE_LOAD_S'] ?? 8) * 1_000;
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
/** Below the rate at which a client is told to wait, so that every event counts. */
const EVENT_EVERY_MS = 11;
const FAR_END_EVERY_MS = 15;
const users = [
  { id: 'anna', name: 'Anna', role: 'administrator' },
  { id: 'ben', name: 'Ben', role: 'screener' },
  { id: 'cora', name: 'Cora', role: 'producer' },
];

let station: StationProcess;
let observers: Observer[];

beforeEach(async () => {
  station = await StationProcess.create({ users, capacity: 4 });
  await station.start();
  observers = [];
  for (const { id } of users) observers.push(await Observer.open(station.url(id)));
});
afterEach(async () => {
  for (const observer of observers) observer.close();
  await station.remove();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One console: events of every kind, not waiting for their answers. */
async function play(observer: Observer, random: Random, until: number): Promise<Map<string, number>> {
  const events = new RandomEvents(random, () => observer.known());
  const outcomes = new Map<string, number>();
  const answers: Promise<void>[] = [];
  while (Date.now() < until) {
    const name = random.pick(busyEvents);
    const { event, data } = random.chance(0.85) ? events.valid(name) : events.broken(name);
    answers.push(
      observer.send(event, data).then(({ ack }) => {
        const outcome = ack.ok ? `${event} ok` : ack.error.code;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
    );
    await pause(EVENT_EVERY_MS);
  }
  await Promise.all(answers);
  return outcomes;
}

/** Callers and phones that come and go, now and then an engine. */
async function playFarEnds(random: Random, until: number): Promise<void> {
  let texts = 0;
  while (Date.now() < until) {
    const roll = random.next();
    const pick = random.below(100);
    const userId = random.pick(users)?.id ?? '';
    if (roll < 0.3) {
      const number = `+220700000${random.below(6)}`;
      await station.play({ do: 'callIn', owner: { kind: 'line', lineId: 'studio' }, number });
    } else if (roll < 0.4) await station.play({ do: 'callIn', owner: { kind: 'user', userId }, number: '' });
    else if (roll < 0.5) {
      await station.play({
        do: 'reachable',
        owner: { kind: 'user', userId },
        isReachable: random.chance(0.8),
      });
    } else if (roll < 0.6) await station.play({ do: 'ring', pick });
    else if (roll < 0.75) await station.play({ do: 'pickUp', pick });
    else if (roll < 0.9) await station.play({ do: 'end', pick });
    else if (roll < 0.91) await station.play({ do: 'crash' });
    else if (roll < 0.93) await station.play({ do: 'comeBack' });
    else if (roll < 0.94) {
      await station.play({ do: 'line', lineId: 'studio', status: random.chance(0.3) ? 'down' : 'up' });
    } else {
      texts += 1;
      await station.play({ do: 'text', sender: `+220700000${pick % 6}`, body: `Text ${texts}`, cseq: texts });
    }
    await pause(FAR_END_EVERY_MS);
  }
  await station.play({ do: 'comeBack' });
}

/** What all clients have alike. */
function shared(state: Mirror | null): Partial<Mirror> {
  const { you: _you, server_time: _time, ...rest } = state ?? ({} as Mirror);
  return rest;
}

test(
  `after ${LOAD_MS / 1000} s of everything at once all consoles agree with the server (seed ${SEED})`,
  async () => {
    const until = Date.now() + LOAD_MS;
    const started = observers.map(({ facts }) => facts.length);
    const played = observers.map((observer, index) => play(observer, randomFrom(SEED * 100 + index), until));
    const [outcomes] = await Promise.all([Promise.all(played), playFarEnds(randomFrom(SEED), until)]);
    for (const observer of observers) await observer.settled();

    const fresh = await Observer.open(station.url('anna'));
    observers.push(fresh);
    for (const { state } of observers) expect(shared(state)).toEqual(shared(fresh.state));
    const [first, ...others] = observers
      .slice(0, users.length)
      .map(({ facts }, at) => facts.slice(started[at]));
    for (const facts of others) expect(facts).toEqual(first);
    expect(station.output).not.toContain('"level":50');

    // That it was everything: most events were taken at some time, and much happened.
    const counts = new Map<string, number>();
    for (const each of outcomes) for (const [name, n] of each) counts.set(name, (counts.get(name) ?? 0) + n);
    expect(first?.length).toBeGreaterThan(50);
    expect([...counts.keys()].filter((name) => name.endsWith(' ok')).length).toBeGreaterThan(20);
    expect(counts.get('server_error') ?? 0).toBe(0);
    if (process.env['OPENLINE_SHOW'] !== undefined) {
      console.table(Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a)));
      console.log(first?.length, 'facts');
    }
  },
  LOAD_MS + 60_000,
);
