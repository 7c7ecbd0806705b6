// Three consoles at everything at once, over the real engine: real callers who ring, talk, hang up and write, telephones of
// the station's own people, an engine that dies. What each console has put together of the deltas is the state, all have
// heard the same facts in the same order, and in the end the desk knows of exactly the calls there are.
// OPENLINE_LOAD_S=60 and OPENLINE_SEED=n for longer and other runs.
import { createPhone, type Phone, type PhoneCall, silence } from '@openline/callers';
import { ConsoleCrowd } from '@openline/server/testing/crowd';
import { randomFrom, type Random } from '@openline/server/testing/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const LOAD_MS = Number(process.env['OPENLINE_LOAD_S'] ?? 6) * 1_000;
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
const SLICES = Math.max(3, Math.round(LOAD_MS / 3_000));
const MOST_SLICES = 4 * SLICES;
/** In the middle of the second slice, and of every tenth after it. */
const ENGINE_DIES_EVERY = 10;
const FAR_END_EVERY_MS = 60;
const CALLERS_AT_ONCE = 10;
const ENDED_WITHIN_MS = 30_000;
const NAMES = ['root', 'anna', 'ben'];

let product: Product;
let listeners: Phone;
/** Behind the gateway: whoever is called from the desk. */
let called: Phone;
let staff: Phone[];
let crowd: ConsoleCrowd;
let urls: string[];
let texts = 0;
const random = randomFrom(SEED);

beforeAll(async () => {
  listeners = await createPhone();
  called = await createPhone({ onCall: (call) => pickUpOrNot(call, random) });
  const line = { id: 'studio', type: 'sip', number: '+2207000001', capacity: 8, sms: true };
  const gateway = `sip:127.0.0.1:${called.sipPort}`;
  product = await startProduct(
    stationSettings({
      lines: [{ ...line, trust: ['127.0.0.1/32'], gateway }],
      dial: { allow: ['^\\+?[0-9]+$'], timeout_ms: 5_000 },
    }),
  );
  staff = await Promise.all(['anna', 'ben', 'desk'].map((name) => stationPhone(product, name, silence)));
  urls = await Promise.all(NAMES.map(urlOf));
  crowd = await ConsoleCrowd.open(urls, SEED);
});
afterAll(async () => {
  crowd?.close();
  for (const phone of [listeners, called, ...(staff ?? [])]) await phone?.close();
  await product?.stop();
});

async function urlOf(name: string): Promise<string> {
  const person = { root: 'Root', anna: 'Anna', ben: 'Ben' }[name] ?? '';
  const token = await product.token(person, `${name}-password-1`);
  return `ws://127.0.0.1:${product.httpPort}/ws?token=${encodeURIComponent(token)}`;
}

function pickUpOrNot(call: PhoneCall, chance: Random): void {
  if (chance.chance(0.2)) return call.reject(486);
  call.ring();
  if (chance.chance(0.7)) call.answer();
}

/** Callers and called ones who come and go, press keys and write. */
async function playFarEnds(until: number): Promise<void> {
  while (Date.now() < until) {
    const roll = random.next();
    const everybody = [...listeners.calls, ...called.calls];
    const picked = random.pick(everybody);
    if (roll < 0.4 && everybody.length < CALLERS_AT_ONCE) await callIn();
    else if (roll < 0.65) picked?.hangUp();
    else if (roll < 0.75) picked?.press('#');
    else if (roll < 0.85) random.pick(staff.flatMap(({ calls }) => calls))?.hangUp();
    else {
      texts += 1;
      // While the engine is away nobody answers: the sender would try again.
      void listeners.text(station(), `Text ${texts}`).catch(() => undefined);
    }
    await soundFor(FAR_END_EVERY_MS);
  }
}

const station = (): string => `sip:studio@127.0.0.1:${product.sipPort}`;

async function callIn(): Promise<void> {
  const from = random.chance(0.9) ? { from: `+220700000${random.below(6)}` } : {};
  await listeners.call(station(), { ...from, source: silence });
}

async function compare(): Promise<void> {
  const { fresh, mirrors, facts } = await crowd.meet(urls[0] ?? '');
  for (const mirror of mirrors) expect(mirror).toEqual(fresh);
  const [first, ...others] = facts;
  for (const each of others) expect(each).toEqual(first);
}

/** Modes of all channels, the operators' too. */
function modes(): string[] {
  return Object.values(crowd.observers[0]?.state?.mixer.channels ?? {}).map(({ mode }) => mode);
}

test(
  `through ${LOAD_MS / 1000} s of everything with real calls all consoles agree with the server (seed ${SEED})`,
  async () => {
    let engines = 0;
    for (let slice = 0; slice < SLICES || (slice < MOST_SLICES && !crowd.hasDoneEnough); slice += 1) {
      const until = Date.now() + LOAD_MS / SLICES;
      const played = [crowd.play(until), playFarEnds(until)];
      if (slice % ENGINE_DIES_EVERY === 1) {
        await soundFor(LOAD_MS / SLICES / 2);
        engines += product.kill('engine') > 0 ? 1 : 0;
      }
      await Promise.all(played);
      await compare();
    }
    expect(engines).toBeGreaterThan(0);

    // Everybody hangs up: no call is left that only the desk knows of, and none that it has forgotten.
    const phones = [listeners, called, ...staff.slice(0, 2)];
    const isOver = () => {
      for (const call of phones.flatMap(({ calls }) => calls)) call.hangUp();
      return phones.every(({ calls }) => calls.length === 0) && modes().every(isAtRest);
    };
    await waitFor('every call to end', isOver, ENDED_WITHIN_MS);
    await compare();
    const problems = product.log().split('\n');
    expect(problems.filter((line) => line.includes('"level":50'))).toEqual([]);

    const { outcomes, factCount, kindsTaken } = crowd;
    expect(crowd.hasDoneEnough, `${factCount} facts, ${kindsTaken} kinds of events`).toBe(true);
    expect(outcomes.get('server_error') ?? 0).toBe(0);
    if (process.env['OPENLINE_SHOW'] === undefined) return;
    console.table(Object.fromEntries([...outcomes].toSorted(([, x], [, y]) => y - x)));
    console.log(`${factCount} facts, ${engines} engines died, ${texts} texts`);
  },
  4 * LOAD_MS + 120_000,
);

function isAtRest(mode: string): boolean {
  return mode === 'free' || mode === 'defunct';
}
