// Events and frames of all kinds of wrong: the server lives, keeps the connection, and a refused event has changed nothing,
// neither what is shown nor what is stored. OPENLINE_FUZZ_EVENTS=2000000 and OPENLINE_SEED=n for longer and other runs.
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Mirror } from '@openline/client';
import { clientEvents } from '@openline/protocol';
import { Observer, type Reply } from './testing/observer.ts';
import { RandomEvents, type SentEvent } from './testing/random-events.ts';
import { rawBytes, rawText } from './testing/random-frames.ts';
import { randomFrom, type Random } from './testing/random.ts';
import { StoredContent } from './testing/stored-content.ts';
import { StationProcess } from './testing/station-process.ts';

const EVENTS = Number(process.env['OPENLINE_FUZZ_EVENTS'] ?? 20_000);
const SEED = Number(process.env['OPENLINE_SEED'] ?? 1);
/** As many as a client may send at once. */
const FRAMES_PER_CONNECTION = 280;
const RAW_SHARE = 0.25;
const BYTE_STREAMS = 150;
const PER_EVENT_MS = 20;
const ERASED_WITHIN_MS = 30_000;
/** Of a text on its way, and of a recording whose length was found out: nobody's event. */
const TOLD_ANYWAY = /^\{"event":"(messages|calls):update"/;
const users = [
  { id: 'anna', name: 'Anna', role: 'administrator' },
  { id: 'ben', name: 'Ben', role: 'screener' },
  { id: 'vera', name: 'Vera', role: 'viewer' },
];

let station: StationProcess;
let witness: Observer;
let stored: StoredContent;
/** Of which every event was refused. */
let wholeBatches = 0;
/** What the server has written of its own accord while all was refused: how often, by table (shown with OPENLINE_SHOW). */
const ownWrites = new Map<string, number>();

beforeEach(async () => {
  station = await StationProcess.create({ users, capacity: 3 });
  await station.start();
  witness = await Observer.open(station.url('vera'));
  stored = new StoredContent(station.databasePath);
});
afterEach(async () => {
  stored.close();
  witness.close();
  await station.remove();
});

function shared(state: Mirror | null): Partial<Mirror> {
  const { you: _you, server_time: _time, ...rest } = state ?? ({} as Mirror);
  return rest;
}

/** The keys that the event names; null: it is taken or refused as a whole. */
function keysOf({ event, data }: SentEvent): string[] | null {
  const { form } = clientEvents[event];
  if (typeof data !== 'object' || data === null || form === 'whole') return null;
  if (Array.isArray(data)) return data.map(textOf);
  if (form !== 'tags') return Object.keys(data);
  const ids: unknown = Reflect.get(data, clientEvents[event].idsName);
  return Array.isArray(ids) ? ids.map(textOf) : null;
}

function textOf(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}

function isWhollyRefused(sent: SentEvent, { ack, refusedKeys }: Reply): boolean {
  if (ack.ok) return false;
  const keys = keysOf(sent);
  return refusedKeys.has(null) || keys === null || keys.every((key) => refusedKeys.has(key));
}

/** What follows from events that were taken, at the far ends too, comes before the next ones are tried. */
async function untilQuiet(client: Observer): Promise<void> {
  await station.play({ do: 'meters', isOn: false });
  await client.settled();
}

/** Some at a time: when all of them are refused, nothing has changed. How many frames it took. */
async function tryEvents(client: Observer, events: readonly SentEvent[]): Promise<number> {
  stored.remember();
  const [commitsBefore, factsBefore] = [stored.commits(), client.facts.length];
  const replies = await Promise.all(
    events.map(async (sent) => ({ ...sent, reply: await client.send(sent.event, sent.data) })),
  );
  for (const { reply } of replies) {
    expect(reply.ack).not.toMatchObject({ error: { code: 'server_error' } });
  }
  if (!replies.every(({ reply, ...sent }) => isWhollyRefused(sent, reply))) {
    await untilQuiet(client);
    return events.length + 1;
  }
  wholeBatches += 1;
  if (stored.commits() === commitsBefore && client.facts.length === factsBefore) return events.length;
  // What the server does of its own accord is told too, but changes nothing of what an event could.
  await client.settled();
  const facts = client.facts.slice(factsBefore).filter((fact) => !TOLD_ANYWAY.test(fact));
  const { content, housekeeping } = stored.changes();
  for (const table of housekeeping) ownWrites.set(table, (ownWrites.get(table) ?? 0) + 1);
  if (facts.length > 0 || content.length > 0) {
    throw new Error(`refused, and yet something changed: ${JSON.stringify({ content, facts, replies })}`);
  }
  return events.length + 1;
}

/** Most of those that are right by schema are taken; the others go in bundles. */
function someOf(random: Random, events: RandomEvents): SentEvent[] {
  if (random.chance(0.2)) return [events.valid()];
  return Array.from({ length: 5 }, () => events.broken());
}

async function tryRaw(client: Observer, random: Random, events: RandomEvents): Promise<number> {
  const frames = 1 + random.below(8);
  for (let count = 0; count < frames; count += 1) {
    client.socket.send(rawText(random, JSON.stringify({ ...events.valid(), id: 'raw' })));
  }
  await untilQuiet(client);
  // Nobody tells us when what a frame without an ack has begun is over.
  await vi.waitFor(() => expect(stored.isErasing()).toBe(false), ERASED_WITHIN_MS);
  return frames + 1;
}

test(
  `${EVENTS} events and frames, most of them wrong: nothing breaks, nothing is half-applied (seed ${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    let left = EVENTS;
    while (left > 0) {
      const owner = { kind: 'line', lineId: 'studio' } as const;
      if (random.chance(0.5))
        await station.play({ do: 'callIn', owner, number: `+220700000${random.below(5)}` });
      if (random.chance(0.3)) await station.play({ do: 'end', pick: random.below(9) });
      const client = await Observer.open(station.url(random.chance(0.8) ? 'anna' : 'ben'));
      expect(shared(client.state)).toEqual(shared(witness.state));
      const events = new RandomEvents(random, () => witness.known());
      for (let frames = 0; frames < FRAMES_PER_CONNECTION; ) {
        const isRaw = random.chance(RAW_SHARE);
        const used = isRaw
          ? await tryRaw(client, random, events)
          : await tryEvents(client, someOf(random, events));
        frames += used;
        left -= used;
      }
      expect(client.isClosed).toBe(false);
      await witness.settled();
      client.close();
    }
    const after = await Observer.open(station.url('anna'));
    expect(shared(after.state)).toEqual(shared(witness.state));
    after.close();
    expect(station.isRunning).toBe(true);
    expect(stored.problems()).toEqual([]);
    expect(wholeBatches).toBeGreaterThan(EVENTS / 100);
    expect(station.output).not.toContain('"level":50');
    if (process.env['OPENLINE_SHOW'] !== undefined) console.table(Object.fromEntries(ownWrites));
  },
  EVENTS * PER_EVENT_MS + 60_000,
);

test('bytes that are no frames end their own connection at most', async () => {
  const random = randomFrom(SEED);
  const { host, port, search } = new URL(station.url('anna'));
  for (let count = 0; count < BYTE_STREAMS; count += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `GET /ws${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    socket.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`);
    await once(socket, 'data');
    for (let frame = 0; frame < 5; frame += 1) socket.write(rawBytes(random));
    const isGone = random.chance(0.5);
    if (isGone) socket.destroy();
    else socket.end();
    if (!socket.destroyed) socket.resume();
  }
  await witness.settled();
  const after = await Observer.open(station.url('anna'));
  expect(shared(after.state)).toEqual(shared(witness.state));
  after.close();
  expect(station.output).not.toContain('"level":50');
});
