import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDesk, type Desk } from '../../desk/desk.ts';
import type { ExchangeConfig } from '../../desk/ports/exchange.ts';
import { FakeExchange } from '../../desk/testing/fake-exchange.ts';
import { MemoryAudioFiles } from '../../desk/testing/memory-audio-files.ts';
import { MemoryQuestionStore } from '../../desk/testing/memory-question-store.ts';
import { MemoryStore } from '../../desk/testing/memory-store.ts';
import { RawClient, type RawFrame } from '../testing/raw-client.ts';
import { startWebStation, type WebStation } from '../testing/web-station.ts';

const users = [
  { id: 'anna', name: 'Anna', role: 'producer', password: 'anna-password' },
  { id: 'ben', name: 'Ben', role: 'screener', password: 'ben-password' },
];
const line = { id: 'studio', number: '+2201' };
const exchangeConfig: ExchangeConfig = {
  stationName: 'Radio',
  lines: [{ ...line, trust: [], accounts: [], register: null, gateway: null }],
  phones: [],
  host: null,
  hold: { kind: 'program' },
  outputs: [],
  rtpTimeoutMs: 10_000,
  dialTimeoutMs: 45_000,
  dumpMs: 3_000,
};

let folder: string;
let station: WebStation;
let exchange: FakeExchange;
let anna: RawClient;
let ben: RawClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-web-'));
  exchange = new FakeExchange();
  let nextId = 0;
  let desk: Desk | null = null;
  station = await startWebStation({
    users,
    audioFolder: folder,
    consoleFolder: folder,
    openDesk(broadcaster) {
      desk = openDesk(
        {
          exchange,
          store: new MemoryStore(),
          questions: new MemoryQuestionStore(),
          audio: new MemoryAudioFiles(),
          currentBucket: () => null,
          broadcaster,
          clock: { now: Date.now },
          numbers: { toE164: () => null },
          ids: { next: () => `id${(nextId += 1)}` },
          onProblem: (problem) => {
            throw problem;
          },
        },
        {
          lines: [
            {
              ...line,
              label: 'Studio',
              capacity: 2,
              patterns: [],
              canDialNumbers: true,
              sms: false,
              greeting: null,
            },
          ],
          users,
          outputs: [],
          dialAllow: [],
          leveller: { isOn: true, isDucked: false },
          questionMaxMs: 180_000,
          dumpMs: 3_000,
          thanks: null,
          dialMaxMsADay: 0,
          dialCallsAtOnce: 16,
          hostFeed: null,
          iceServers: [],
        },
      );
      return desk;
    },
  });
  await exchange.start(exchangeConfig, (fact) => desk?.onFact(fact));
  await exchange.settle();
  [anna, ben] = [await connect('anna'), await connect('ben')];
});
afterEach(async () => {
  for (const client of [anna, ben]) client.close();
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

const connect = (userId: string) => RawClient.open(`${station.wsUrl}?token=${station.signIn.open(userId)}`);
/** The first update that gives the channel this property. */
function update(client: RawClient, channel: string, change: Record<string, unknown>): Promise<RawFrame> {
  return client.frame('channelUpdate', ({ data }) => {
    const changed = (data as Record<string, Record<string, unknown>>)[channel];
    return Object.entries(change).every(([name, value]) => changed?.[name] === value);
  });
}
async function ring(): Promise<string> {
  const call = exchange.callIn({ kind: 'line', lineId: 'studio' });
  await exchange.settle();
  await update(anna, 'studio-1', { mode: 'ring' });
  return call;
}

test('a ringing listener is shown at every console', async () => {
  await ring();
  expect((await update(ben, 'studio-1', { mode: 'ring' })).data).toMatchObject({
    'studio-1': { direction: 'in', contact: { number: '+2207000001' } },
  });
});

test('a mode is shown as pending when it is asked for, and as the mode when the sound is there', async () => {
  const call = await ring();
  anna.emit('channelMode', { 'studio-1': 'on_hold' }, 'a');
  await anna.frame('ack', (frame) => frame.id === 'a');
  await update(ben, 'studio-1', { pending: 'on_hold' });
  await exchange.settle();
  await update(ben, 'studio-1', { mode: 'on_hold', pending: null });
  expect(exchange.calls.get(call)?.place).toEqual({ kind: 'hold' });
});

test('a fader under a finger is told to the others only', async () => {
  anna.emit('channelVolume', { 'studio-1': 40 }, 'a');
  await anna.frame('ack', (frame) => frame.id === 'a');
  expect((await ben.frame('channelVolumeChange')).data).toEqual({ 'studio-1': 40 });
  await anna.settled();
  expect(anna.frames.some((frame) => frame.event === 'channelVolumeChange')).toBe(false);
});

test('what is on air is for a producer: the desk refuses it to a screener, with the key', async () => {
  await ring();
  ben.emit('channelMode', { 'studio-1': 'master' }, 'b');
  expect((await ben.frame('ack')).data).toMatchObject({
    ok: false,
    error: { key: 'studio-1', code: 'forbidden_on_air' },
  });
});

test('who comes later, or comes back, has the state as it is', async () => {
  await ring();
  anna.emit('channelMode', { 'studio-1': 'master' });
  await exchange.settle();
  anna.emit('channelVolume', { 'studio-1': 33 });
  await anna.settled();
  await exchange.settle();
  await update(anna, 'studio-1', { mode: 'master' });
  ben.close();
  ben = await connect('ben');
  expect(ben.frames[0]?.data).toMatchObject({
    mixer: { channels: { 'studio-1': { mode: 'master', level: 33 }, 'studio-2': { mode: 'free' } } },
  });
});

test('when the exchange is gone every console sees its lines defunct, and up again when it is back', async () => {
  exchange.crash();
  await exchange.settle();
  await update(ben, 'studio-1', { mode: 'defunct' });
  exchange.comeBack();
  await exchange.settle();
  const back = await update(ben, 'studio-1', { mode: 'free' });
  expect(back.data).toMatchObject({ 'studio-2': { mode: 'free' } });
});
