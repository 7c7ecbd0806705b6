/**
 * A station with something of everything, for tests that look at whole screens: strips in each mode, a queue, texts that
 * came, went and failed, a recorded call, a question, people, buckets, a line that is down.
 */
import { createPhone, type Phone, tone } from '@openline/callers';
import { type DeskConsole, openConsole } from './desk-console.ts';
import { freePort } from './free-port.ts';
import { people, type Product, startProduct, stationSettings } from './product.ts';
import { stationPhone } from './station-phone.ts';
import { soundFor } from './wait-for.ts';

export interface BusyStation {
  readonly product: Product;
  /** The administrator's, who has a headset. */
  readonly desk: DeskConsole;
  readonly listeners: Phone;
  /** Of the studio line. */
  readonly uri: string;
  close(): Promise<void>;
}

interface Caller {
  from: string;
  card: { name?: string; location?: string; point?: string; notes?: string };
  mode: 'master' | 'root' | 'on_hold' | null;
  isReady?: boolean;
}

const callers: readonly Caller[] = [
  {
    from: '+2203011010',
    card: { name: 'Fatou Jallow', location: 'Bakau', point: 'Was there when the shop closed' },
    mode: 'master',
  },
  { from: '+2203011011', card: {}, mode: null },
  {
    from: '+2203011012',
    card: { name: 'Kaddijatou Bah-Manneh', location: 'Basse Santa Su', notes: 'Sells rice herself' },
    mode: 'root',
  },
  {
    from: '+2203011013',
    card: { name: 'Lamin Touray', location: 'Brikama', point: 'Shopkeeper, disagrees' },
    mode: 'on_hold',
    isReady: true,
  },
  { from: '+2203011014', card: { name: 'Awa Ceesay' }, mode: 'on_hold', isReady: true },
];

/** How long the sound menu takes until a question is being recorded, and a question worth keeping. */
const QUESTION_MS = 6000;

export async function startBusyStation(): Promise<BusyStation> {
  const nobodyPort = await freePort();
  const listeners = await createPhone({ keepMs: 0 });
  const lines = [
    {
      id: 'studio',
      type: 'sip',
      label: 'Studio line',
      number: '+2207000001',
      capacity: 6,
      sms: true,
      trust: ['127.0.0.1/32'],
      gateway: `sip:127.0.0.1:${listeners.sipPort}`,
    },
    {
      id: 'trunk',
      type: 'sip',
      label: 'Trunk of the city',
      capacity: 1,
      sms: true,
      register: { server: `sip:127.0.0.1:${nobodyPort}`, username: 'station', password: 'nobody-is-there' },
    },
  ];
  const phones = people.map(({ id }) => ({ user: id, username: id, password: `${id}-sip-secret` }));
  const product = await startProduct(stationSettings({ lines, phones }));
  const desk = await openConsole(product, 'Root');
  const headset = await stationPhone(product, 'root', tone(700));
  const studio = await stationPhone(product, 'desk', tone(500));
  const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
  await desk.until('the headset', () => desk.channel('root')?.mode === 'free');
  await desk.until('the studio desk', () => desk.state().mixer?.host?.connected === true);
  await fillRecords(desk, listeners, uri);
  await ringIn(desk, listeners, uri);
  return {
    product,
    desk,
    listeners,
    uri,
    async close() {
      desk.close();
      await Promise.all([listeners.close(), headset.close(), studio.close()]);
      await product.stop();
    },
  };
}

/** A question, a call with a recording, texts in and out, a bucket, people. */
async function fillRecords(desk: DeskConsole, listeners: Phone, uri: string): Promise<void> {
  const question = await listeners.call(uri, { from: '+2203011020', source: tone(600) });
  await desk.until('the first', () => desk.channel('studio-1').mode === 'ring');
  const kept = await listeners.call(uri, { from: '+2203011021', source: tone(600) });
  await desk.until('the second', () => desk.channel('studio-2').mode === 'ring');
  await desk.emit('channelRecording', { 'studio-2': true });
  await desk.emit('channelMode', { 'studio-1': 'ivr', 'studio-2': 'on_hold' });
  await Promise.all([
    soundFor(QUESTION_MS),
    listeners.text(uri, 'Rice is 1900 a bag in Brikama since Monday. Who gains by it?', '+2203011022'),
    listeners.text(uri, 'Greetings to all from Kuntaur.', '+2203011023'),
    desk.emit('contacts:save', {
      '+2203011022': {
        name: 'Isatou Jobe',
        location: 'Banjul',
        tags: ['harvest'],
        notes: 'Works at the port',
      },
      '+2203011024': { name: 'Modou Faal', blocked: true },
    }),
    desk.emit('buckets:create', { later: { name: 'The harvest' } }),
    desk.emit('messages:send', {
      t1: { type: 'sms_out', endpoint: '+2203011022', content: 'Thank you, we will ask.' },
    }),
  ]);
  await desk.emit('channelContactInfo', { 'studio-2': { name: 'Ebrima Sanneh' } });
  for (const call of [question, kept]) call.hangUp();
  for (const channel of ['studio-1', 'studio-2']) {
    await desk.until(`${channel} to be free`, () => desk.channel(channel).mode === 'free');
  }
}

/** Strips in each mode; the fifth and the fourth are ready, the first is on air, recorded and locked. */
async function ringIn(desk: DeskConsole, listeners: Phone, uri: string): Promise<void> {
  for (const [i, { from, card, mode, isReady }] of callers.entries()) {
    const channel = `studio-${i + 1}`;
    await listeners.call(uri, { from, source: tone(800) });
    await desk.until(`${channel} to ring`, () => desk.channel(channel).mode === 'ring');
    await desk.emit('channelContactInfo', { [channel]: card });
    if (mode === null) continue;
    await desk.emit('channelMode', { [channel]: mode });
    await desk.until(`${channel}: ${mode}`, () => desk.channel(channel).mode === mode);
    if (isReady) await desk.emit('queue:screening', { [channel]: 'ready' });
  }
  await desk.emit('masterOnAir', true);
  await desk.emit('channelRecording', { 'studio-1': true });
  await desk.emit('channelLock', { 'studio-1': true });
  await desk.emit('queue:priority', { 'studio-5': 1 });
  await desk.emit('channelAutoAnswer', { 'studio-6': 'on_hold' });
}
