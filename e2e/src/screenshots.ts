/**
 * Takes the pictures in docs/screenshots/: a show with real calls, as people see it at the sizes and in the themes that
 * count. Run by `npm run screenshots`, with names of pictures for only those; not a test.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPhone, speech, type Voice } from '@openline/callers';
import type { Page } from 'playwright-core';
import { signInAs, startBrowser } from './harness/browser.ts';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { soundFor } from './harness/wait-for.ts';

const folder = process.env['OPENLINE_PICTURES'] ?? resolve(import.meta.dirname, '../../docs/screenshots');
const woman: Voice = { pitchHz: 205, tract: 1.15, seed: 1 };
const man: Voice = { pitchHz: 112, tract: 1, seed: 2 };

interface Caller {
  card: { name?: string; location?: string; point?: string; notes?: string };
  voice: Voice;
  /** Where they are put; null: they ring. */
  mode: 'master' | 'on_hold' | 'anna' | 'ivr' | null;
  screening?: 'ready' | 'next';
  priority?: 1 | 2;
}

const callers: readonly Caller[] = [
  {
    card: { name: 'Fatou Jallow', location: 'Bakau', point: 'Was there when the shop closed' },
    voice: woman,
    mode: 'master',
  },
  {
    card: {
      name: 'Ebrima Sanneh',
      location: 'Farafenni',
      point: 'Transport doubled since May',
      notes: 'Drives a lorry; knows the ferry',
    },
    voice: { ...man, seed: 4 },
    mode: 'on_hold',
    screening: 'ready',
    priority: 1,
  },
  {
    card: { name: 'Lamin Touray', location: 'Brikama', point: 'Shopkeeper, disagrees with the minister' },
    voice: man,
    mode: 'on_hold',
    screening: 'ready',
  },
  { card: { name: 'Awa Ceesay', location: 'Serekunda' }, voice: { ...woman, seed: 3 }, mode: 'anna' },
  { card: {}, voice: { ...woman, seed: 5 }, mode: null },
  {
    card: { name: 'Kaddijatou Bah-Manneh', location: 'Basse Santa Su', point: 'Sells rice herself' },
    voice: { ...woman, seed: 6 },
    mode: 'on_hold',
    screening: 'ready',
  },
  { card: { name: 'Modou Faal' }, voice: { ...man, seed: 7 }, mode: 'on_hold' },
  { card: {}, voice: { ...man, seed: 8 }, mode: 'ivr' },
  {
    card: { name: 'Isatou Jobe', location: 'Banjul', point: 'Asks for the price in Dakar' },
    voice: { ...woman, seed: 10 },
    mode: 'on_hold',
    screening: 'next',
  },
  { card: { name: 'Ousman Sowe', location: 'Gunjur' }, voice: { ...man, seed: 11 }, mode: 'on_hold' },
];

const textsIn = [
  ['+2203011077', 'Rice is 1900 a bag in Brikama since Monday. Who gains by it?'],
  ['+2203011078', 'Greetings to all at Radio Baobab from Kuntaur. We hear you well.'],
  ['+2203011079', 'Please ask the minister when the ferry at Farafenni will run again at night.'],
] as const;

interface Show {
  product: Product;
  producer: DeskConsole;
  close: () => Promise<void>;
}

async function startShow(capacity: number, present: readonly Caller[]): Promise<Show> {
  const line = {
    id: 'studio',
    type: 'sip',
    label: 'Studio line',
    number: '+2207000001',
    capacity,
    sms: true,
    trust: ['127.0.0.1/32'],
  };
  const product = await startProduct(stationSettings({ lines: [line] }));
  const producer = await openConsole(product, 'Anna');
  const desk = await stationPhone(product, 'desk', speech({ pitchHz: 124, tract: 1, seed: 9 }));
  const anna = await stationPhone(product, 'anna', speech({ pitchHz: 190, tract: 1.12, seed: 8 }));
  const listeners = await createPhone({ keepMs: 0 });
  await producer.until('the studio desk', () => producer.state().mixer?.host?.connected === true);
  await producer.until('the phone of Anna', () => producer.channel('anna')?.mode === 'free');
  await producer.emit('masterOnAir', true);
  await producer.emit('masterRecording', true);
  await producer.emit('queue:onNext', 'hold');
  const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
  for (const [from, content] of textsIn) await listeners.text(uri, content, from);
  const texts = () =>
    producer.frames
      .filter(({ event }) => event === 'messages:update')
      .flatMap(({ data }) => Object.keys(data));
  await producer.until('the texts', () => new Set(texts()).size >= textsIn.length);
  await producer.emit('messages:favorite', [texts()[0], texts().at(-1)]);
  for (const [i, caller] of present.entries()) {
    const channel = `studio-${i + 1}`;
    await listeners.call(uri, { from: `+22030110${10 + i}`, source: speech(caller.voice) });
    await producer.until('ring', () => producer.channel(channel).mode === 'ring');
    await producer.emit('channelContactInfo', { [channel]: caller.card });
    if (caller.mode === null) continue;
    await producer.emit('channelMode', { [channel]: caller.mode });
    await producer.until(caller.mode, () => producer.channel(channel).mode === caller.mode);
    if (caller.screening) await producer.emit('queue:screening', { [channel]: caller.screening });
    if (caller.priority) await producer.emit('queue:priority', { [channel]: caller.priority });
  }
  await producer.emit('channelRecording', { 'studio-1': true, [`studio-${capacity}`]: true });
  await producer.emit('channelLock', { 'studio-1': true });
  await producer.emit('channelAutoAnswer', { [`studio-${capacity}`]: 'on_hold' });
  return {
    product,
    producer,
    async close() {
      producer.close();
      await Promise.all([listeners.close(), desk.close(), anna.close()]);
      await product.stop();
    },
  };
}

interface Picture {
  name: string;
  width: number;
  height: number;
  theme: 'dark' | 'light';
  path: string;
}

const six: readonly Picture[] = [
  { name: 'desk', width: 1366, height: 768, theme: 'dark', path: '/' },
  { name: 'desk-light', width: 1366, height: 768, theme: 'light', path: '/' },
  { name: 'desk-tablet', width: 1024, height: 768, theme: 'dark', path: '/' },
  { name: 'desk-tablet-standing', width: 768, height: 1024, theme: 'light', path: '/' },
  { name: 'desk-phone', width: 390, height: 844, theme: 'dark', path: '/' },
  { name: 'presenter', width: 1366, height: 768, theme: 'dark', path: '/presenter' },
  { name: 'presenter-tablet', width: 1024, height: 768, theme: 'light', path: '/presenter' },
  { name: 'presenter-phone', width: 390, height: 844, theme: 'dark', path: '/presenter' },
];
const twelve: readonly Picture[] = [
  { name: 'desk-twelve', width: 1920, height: 1080, theme: 'dark', path: '/' },
  { name: 'desk-twelve-light', width: 1920, height: 1080, theme: 'light', path: '/' },
];

async function take(page: Page, { name, width, height, theme, path }: Picture): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.evaluate((to) => localStorage.setItem('openline.theme', to), theme);
  await page.goto(new URL(path, page.url()).href);
  await page.locator('[data-phase="live"] [data-screen]:visible').waitFor();
  await page.mouse.move(1, 1);
  await soundFor(1800);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`${name}.png`);
}

const wanted = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await startBrowser();
const shows = [
  { capacity: 6, callers: callers.slice(0, 5), pictures: six },
  { capacity: 12, callers, pictures: twelve },
];
for (const { capacity, callers: present, pictures } of shows) {
  const chosen = pictures.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) continue;
  const show = await startShow(capacity, present);
  const { page } = await signInAs(browser, show.product, 'Anna');
  for (const picture of chosen) await take(page, picture);
  await page.close();
  await show.close();
}
await browser.close();
