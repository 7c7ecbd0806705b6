// The power goes at any moment while consoles write and texts come in: when the server is back, everything that it had
// acknowledged is there, once. OPENLINE_CRASHES=1000 and OPENLINE_SEED=n for longer and other runs.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CrashLoad, readThings } from './testing/crash-load.ts';
import { Ledger } from './testing/ledger.ts';
import { Observer } from './testing/observer.ts';
import { randomFrom } from './testing/random.ts';
import { StationProcess } from './testing/station-process.ts';

const CRASHES = Number(process.env['OPENLINE_CRASHES'] ?? 12);
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
const CONSOLES = 3;
/** Now and then it dies while it starts. */
const WHILE_STARTING = 0.1;
/** It dies between any two of so many promises, however slow the machine is. */
const MOST_PROMISES = 60;
const LONGEST_LOAD_MS = 5_000;
const A_MOMENT_MS = 12;
const LONGEST_START_MS = 900;
const PER_CRASH_MS = 10_000;
const users = [{ id: 'anna', name: 'Anna', role: 'administrator' }];

let station: StationProcess;
const random = randomFrom(SEED);
const ledger = new Ledger();
const loads = Array.from({ length: CONSOLES }, (_, index) => {
  return new CrashLoad(index, randomFrom(SEED * 1_000 + index), ledger);
});
let calls = 0;
let texts = 0;
/** Whose delivery was not answered: the gateway delivers them again. */
let unanswered: string[] = [];

beforeEach(async () => {
  station = await StationProcess.create({ users, capacity: 4 });
});
afterEach(() => station.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Callers who ring and hang up, and texts that are delivered until they are taken. */
async function playFarEnds(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    calls += 1;
    const owner = { kind: 'line', lineId: 'studio' } as const;
    void station
      .play({ do: 'callIn', owner, number: `+2207${String(calls).padStart(6, '0')}` })
      .catch(() => undefined);
    if (random.chance(0.7)) void station.play({ do: 'end', pick: random.below(9) }).catch(() => undefined);
    deliver(unanswered.shift() ?? newText());
    await pause(5 + random.below(25));
  }
}

function newText(): string {
  texts += 1;
  return `In-${texts}`;
}

function deliver(content: string): void {
  const thing = `new text ${content}`;
  ledger.send(thing, 1, 0);
  unanswered.push(content);
  const cseq = Number(content.slice('In-'.length));
  void station
    .play({ do: 'text', sender: '+2207000009', body: content, cseq })
    .then(({ textStatus }) => {
      if (textStatus < 200 || textStatus > 299) return;
      ledger.acknowledge(thing);
      unanswered = unanswered.filter((each) => each !== content);
    })
    .catch(() => undefined);
}

async function someLoad(): Promise<void> {
  const enough = ledger.promises + random.below(MOST_PROMISES);
  const deadline = Date.now() + LONGEST_LOAD_MS;
  while (ledger.promises < enough && Date.now() < deadline) await pause(1);
  await pause(random.next() * A_MOMENT_MS);
}

async function crashUnderLoad(): Promise<void> {
  const clients = await Promise.all(loads.map(() => Observer.open(station.url('anna'))));
  const loaded = Promise.all(loads.map((load, index) => load.run(clients[index] as Observer)));
  let isOver = false;
  const farEnds = playFarEnds(() => isOver);
  await someLoad();
  await station.kill();
  isOver = true;
  await Promise.all([loaded, farEnds]);
}

async function crashWhileStarting(): Promise<void> {
  const started = station.start().catch(() => undefined);
  await pause(random.below(LONGEST_START_MS));
  await station.kill();
  await started;
}

async function check(which: 'touched' | 'all'): Promise<void> {
  const client = await Observer.open(station.url('anna'));
  const found = await readThings(client, ledger.things(which));
  client.close();
  expect(ledger.check(found, which)).toEqual([]);
}

test(
  `${CRASHES} times kill -9: nothing that was acknowledged is lost or doubled (seed ${SEED})`,
  async () => {
    await station.start();
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await crashUnderLoad();
      if (random.chance(WHILE_STARTING)) await crashWhileStarting();
      await station.start();
      await check('touched');
      if (crash % 100 === 0) console.log(`${crash} crashes, ${ledger.promises} promises kept`);
    }
    await check('all');
    expect(ledger.promises).toBeGreaterThan(CRASHES * 10);
    const missing = new Set(loads.flatMap((load) => [...load.missing]));
    expect([...missing]).toEqual([]);
    if (process.env['OPENLINE_SHOW'] !== undefined)
      console.log(`${ledger.promises} promises, ${calls} calls, ${texts} texts`);
  },
  CRASHES * PER_CRASH_MS + 60_000,
);
