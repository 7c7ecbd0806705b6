// The power goes at any moment while consoles write, callers leave questions and texts come in: when the server is back,
// everything that it had acknowledged or told is there, once, and nothing is half done. OPENLINE_CRASHES=1000 and OPENLINE_SEED=n for longer and other runs.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { disagreements, readThings } from './testing/crash-evidence.ts';
import { CrashLoad } from './testing/crash-load.ts';
import { callerNumber, CONSOLES, DELIVERED, newText, regularNumber, SENDER } from './testing/crash-people.ts';
import { Ledger } from './testing/ledger.ts';
import { Observer } from './testing/observer.ts';
import { randomFrom } from './testing/random.ts';
import { StationProcess } from './testing/station-process.ts';

const CRASHES = Number(process.env['OPENLINE_CRASHES'] ?? 12);
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
/** Now and then it dies while it starts. */
const WHILE_STARTING = 0.1;
/** It dies between any two of so many promises, however slow the machine is. */
const MOST_PROMISES = 60;
/** By somebody who calls again and again. */
const REGULAR_SHARE = 0.25;
/** So often also all that is listed, counted and on disk is compared. */
const COMPARE_EVERY = 20;
const COMPARED_WITHIN_MS = 20_000;
const LONGEST_LOAD_MS = 5_000;
const A_MOMENT_MS = 12;
const LONGEST_START_MS = 900;
const PER_CRASH_MS = 30_000;
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
    const number = random.chance(REGULAR_SHARE) ? regularNumber(random) : callerNumber(calls);
    void station.play({ do: 'callIn', owner, number }).catch(() => undefined);
    if (random.chance(0.7)) void station.play({ do: 'end', pick: random.below(9) }).catch(() => undefined);
    deliver(unanswered.shift() ?? nextText());
    await pause(5 + random.below(25));
  }
}

function nextText(): string {
  texts += 1;
  return `${DELIVERED}${texts}`;
}

function deliver(content: string): void {
  const write = ledger.begin([{ thing: newText(content), value: 1 }]);
  unanswered.push(content);
  const cseq = Number(content.slice(DELIVERED.length));
  void station
    .play({ do: 'text', sender: SENDER, body: content, cseq })
    .then(({ textStatus }) => {
      if (textStatus < 200 || textStatus > 299) return;
      ledger.acknowledge(write);
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
  for (const load of loads) load.noteStrayCards(found);
  expect(ledger.check(found, which)).toEqual([]);
}

/** Once what was left undone has been taken up again. */
async function compare(): Promise<void> {
  const client = await Observer.open(station.url('anna'));
  await vi.waitFor(async () => expect(await disagreements(client, station.audioFolder)).toEqual([]), {
    timeout: COMPARED_WITHIN_MS,
    interval: 500,
  });
  client.close();
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
      if (crash % COMPARE_EVERY === 0) await compare();
      if (crash % 50 === 0) console.log(`${crash} crashes, ${ledger.promises} promises kept`);
    }
    await check('all');
    await compare();
    expect(ledger.promises).toBeGreaterThan(CRASHES * 10);
    if (process.env['OPENLINE_SHOW'] === undefined) return;
    const taken = new Map<string, number>();
    for (const load of loads) {
      for (const [event, count] of load.taken) taken.set(event, (taken.get(event) ?? 0) + count);
    }
    console.table(Object.fromEntries([...taken].toSorted(([, x], [, y]) => y - x)));
    console.log(`${ledger.promises} promises, ${calls} calls, ${texts} texts`);
  },
  CRASHES * PER_CRASH_MS + 60_000,
);
