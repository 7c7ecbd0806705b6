// Several consoles at once, everybody at everything: what each has put together of the deltas is the state, and all have
// heard the same facts in the same order. OPENLINE_LOAD_S=60 and OPENLINE_SEED=n for longer and other runs.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleCrowd } from './testing/console-crowd.ts';
import { randomFrom, type Random } from './testing/random.ts';
import { StationProcess } from './testing/station-process.ts';

const LOAD_MS = Number(process.env['OPENLINE_LOAD_S'] ?? 8) * 1_000;
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
/** So often all are compared: what was wrong for a moment may be right at the end. */
const SLICES = Math.max(8, Math.round(LOAD_MS / 2_000));
const MOST_SLICES = 4 * SLICES;
const FAR_END_EVERY_MS = 15;
const users = [
  { id: 'anna', name: 'Anna', role: 'administrator' },
  { id: 'ben', name: 'Ben', role: 'screener' },
  { id: 'cora', name: 'Cora', role: 'producer' },
];

let station: StationProcess;
let crowd: ConsoleCrowd;
let texts = 0;

beforeEach(async () => {
  station = await StationProcess.create({ users, capacity: 4 });
  await station.start();
  crowd = await ConsoleCrowd.open(
    users.map(({ id }) => station.url(id)),
    SEED,
  );
});
afterEach(async () => {
  crowd.close();
  await station.remove();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Callers and phones that come and go, now and then an engine. */
async function playFarEnds(random: Random, until: number): Promise<void> {
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

/** What each has is what somebody who comes now is given. */
async function compare(): Promise<void> {
  const { fresh, mirrors, facts } = await crowd.meet(station.url('anna'));
  for (const mirror of mirrors) expect(mirror).toEqual(fresh);
  const [first, ...others] = facts;
  for (const each of others) expect(each).toEqual(first);
}

test(
  `through ${LOAD_MS / 1000} s of everything at once all consoles agree with the server (seed ${SEED})`,
  async () => {
    const farEnds = randomFrom(SEED);
    for (let slice = 0; slice < SLICES || (slice < MOST_SLICES && !crowd.hasDoneEnough); slice += 1) {
      const until = Date.now() + LOAD_MS / SLICES;
      await Promise.all([crowd.play(until), playFarEnds(farEnds, until)]);
      await compare();
    }
    expect(station.output).not.toContain('"level":50');

    // That it was everything: most events were taken at some time, and much happened.
    const { outcomes, factCount, kindsTaken } = crowd;
    expect(crowd.hasDoneEnough, `${factCount} facts, ${kindsTaken} kinds of events`).toBe(true);
    expect(outcomes.get('server_error') ?? 0).toBe(0);
    if (process.env['OPENLINE_SHOW'] === undefined) return;
    console.table(Object.fromEntries([...outcomes].toSorted(([, x], [, y]) => y - x)));
    console.log(factCount, 'facts');
  },
  4 * LOAD_MS + 60_000,
);
