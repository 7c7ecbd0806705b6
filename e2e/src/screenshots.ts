/**
 * Takes the pictures in docs/screenshots/: a show with real calls on the desk, as a producer sees it. Run by
 * `npm run screenshots`; not a test.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPhone, speech, type Voice } from '@openline/callers';
import { signInAs, startBrowser } from './harness/browser.ts';
import { openConsole } from './harness/desk-console.ts';
import { startProduct, stationSettings } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { soundFor } from './harness/wait-for.ts';

const folder = resolve(import.meta.dirname, '../../docs/screenshots');
const woman: Voice = { pitchHz: 205, tract: 1.15, seed: 1 };
const man: Voice = { pitchHz: 112, tract: 1, seed: 2 };

const callers = [
  {
    name: 'Fatou Jallow',
    place: 'Bakau',
    notes: 'Price of rice; was there when the shop closed',
    voice: woman,
    mode: 'master',
  },
  { name: 'Lamin Touray', place: 'Brikama', notes: 'Shopkeeper, disagrees', voice: man, mode: 'master' },
  { name: 'Awa Ceesay', place: '', notes: '', voice: { ...woman, seed: 3 }, mode: 'anna' },
  {
    name: 'Ebrima Sanneh',
    place: 'Farafenni',
    notes: 'Ready: transport costs',
    voice: { ...man, seed: 4 },
    mode: 'on_hold',
  },
  { name: '', place: '', notes: '', voice: { ...woman, seed: 5 }, mode: null },
];

const product = await startProduct(
  stationSettings({
    lines: [
      {
        id: 'studio',
        type: 'sip',
        label: 'Studio line',
        number: '+2207000001',
        capacity: 6,
        trust: ['127.0.0.1/32'],
      },
    ],
  }),
);
const producer = await openConsole(product, 'Anna');
const desk = await stationPhone(product, 'desk', speech({ pitchHz: 124, tract: 1, seed: 9 }));
const anna = await stationPhone(product, 'anna', speech({ pitchHz: 190, tract: 1.12, seed: 8 }));
const listeners = await createPhone({ keepMs: 0 });
await producer.until('the studio desk', () => producer.state().mixer?.host?.connected === true);
await producer.until('the phone of Anna', () => producer.channel('anna')?.mode === 'free');
await producer.emit('masterOnAir', true);
await producer.emit('masterRecording', true);
for (const [i, { name, place, notes, voice, mode }] of callers.entries()) {
  const channel = `studio-${i + 1}`;
  await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
    from: `+22030110${i}1`,
    source: speech(voice),
  });
  await producer.until('ring', () => producer.channel(channel).mode === 'ring');
  if (name !== '') await producer.emit('channelContactInfo', { [channel]: { name, location: place, notes } });
  if (mode === null) continue;
  await producer.emit('channelMode', { [channel]: mode });
  await producer.until(mode, () => producer.channel(channel).mode === mode);
}
await producer.emit('channelRecording', { 'studio-1': true });

mkdirSync(folder, { recursive: true });
const browser = await startBrowser();
const { page } = await signInAs(browser, product, 'Anna');
for (const [name, width, height, theme] of [
  ['desk', 1366, 768, 'dark'],
  ['desk-tablet', 1024, 768, 'dark'],
  ['desk-phone', 390, 844, 'dark'],
  ['desk-light', 1366, 768, 'light'],
] as const) {
  if (theme === 'light') {
    await page.setViewportSize({ width, height });
    await page.locator('.who').click();
    await page.getByRole('menuitemcheckbox', { name: 'Light theme' }).click();
  }
  await page.setViewportSize({ width, height });
  await page.mouse.move(1, 1);
  await soundFor(1500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`docs/screenshots/${name}.png`);
}
await browser.close();
producer.close();
await Promise.all([listeners.close(), desk.close(), anna.close()]);
await product.stop();
