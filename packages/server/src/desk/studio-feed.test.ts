// The studio desk by a sound device or RTP: put on air by itself, and an alarm when it fails.
import { beforeEach, expect, test } from 'vitest';
import { FakeExchange } from './testing/fake-exchange.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { Studio, studioConfig } from './testing/studio.ts';

const RUNNING = { state: 'running', error: null } as const;
const FAILED = { state: 'failed', error: 'arecord is not installed' } as const;
const BY_DEVICE = { ...studioConfig, hostFeed: 'device' } as const;

let exchange: FakeExchange;
let studio: Studio;

beforeEach(async () => {
  exchange = new FakeExchange();
  studio = await new Studio(exchange, new MemoryStore(), BY_DEVICE).open();
});

const host = () => studio.desk.state().mixer.host;
const alarms = () => studio.desk.state().alarms;
const say = (input: object, back: object | null = null) =>
  studio.desk.onFact({ type: 'studio', studio: { input, return: back } as never });
const HOST = { kind: 'host' } as const;
const reached = () => exchange.performed.filter(({ type }) => type === 'reach');

/** As an engine does: it picks up at once. */
async function connect(): Promise<void> {
  exchange.setReachable(HOST, true);
  await pickUp();
}

async function pickUp(): Promise<void> {
  await studio.settle();
  for (const id of exchange.calls.keys()) exchange.pickUp(id);
  await studio.settle();
}

test('is put on air as soon as it is set', async () => {
  say(RUNNING);
  await connect();
  expect(reached()).toMatchObject([{ owner: { kind: 'host' }, place: { kind: 'host' } }]);
  expect(host()).toMatchObject({
    connected: true,
    feed: 'device',
    connection: { by: 'feed', away: false },
    input: RUNNING,
    return: null,
  });
});

test('is away while its device brings nothing, which is an alarm until it does', async () => {
  say(RUNNING, RUNNING);
  await connect();
  say(FAILED, RUNNING);
  expect(host()).toMatchObject({ connected: false, connection: { away: true }, input: FAILED });
  expect(alarms()).toEqual({ host_feed: 'Studio desk: arecord is not installed' });
  say({ state: 'starting', error: null }, FAILED);
  expect(Object.keys(alarms())).toEqual(['host_feed', 'host_return']);
  say(RUNNING, RUNNING);
  expect(alarms()).toEqual({});
  expect(host().connected).toBe(true);
});

test('is told as it changes, and nothing else is', async () => {
  say(RUNNING);
  await connect();
  studio.broadcaster.clear();
  say(RUNNING);
  say(FAILED);
  expect(studio.broadcaster.dataOf('hostUpdate')).toEqual([
    { connected: false, connection: { by: 'feed', away: true }, input: FAILED },
  ]);
});

test('gives its place to a telephone when the settings say so, and takes it back', async () => {
  say(RUNNING);
  await connect();
  const [former] = exchange.calls.keys();
  studio.desk.configure({ ...studioConfig, hostFeed: 'phone' });
  // It is set again before the former one has ended.
  studio.desk.configure(BY_DEVICE);
  studio.desk.onFact({ type: 'reachable', owner: HOST, isReachable: true });
  await pickUp();
  expect(exchange.performed).toContainEqual({ type: 'hangUp', call: former });
  expect(reached()).toHaveLength(2);
  expect(host().connected).toBe(true);
});

test('stays on air when a device takes the place of RTP', async () => {
  say(RUNNING);
  await connect();
  studio.desk.configure({ ...studioConfig, hostFeed: 'rtp' });
  await studio.settle();
  expect(exchange.performed.filter(({ type }) => type === 'hangUp')).toEqual([]);
  expect(host()).toMatchObject({ connected: true, feed: 'rtp' });
});

test('has no alarm of its own while the exchange is gone, and one anew when it is back', async () => {
  say(FAILED);
  studio.desk.onFact({ type: 'down', msg: 'the engine is gone' });
  expect(alarms()).toEqual({});
  expect(host()).toMatchObject({ connected: false, input: null });
});
