/**
 * From mouth to ear between Chromium's headset and a listener's telephone: the whole product, real WebRTC and SIP. Each end says
 * a chirp in a loop, and what the other hears is searched for it, to the sample.
 *
 *   telephone  chirp in a packet ──► engine ──► browser: jitter buffer, output device   ear
 *   mouth      browser: microphone, encoder ──► engine ──► packet at the telephone ──► chirp
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createPhone, type Phone, type PhoneCall, type Source } from '@openline/callers';
import { type DeskConsole, openConsole } from '@openline/e2e/harness/desk-console.ts';
import { startBrowserSaying } from '@openline/e2e/harness/fake-microphone.ts';
import { people, type Product, startProduct, stationSettings } from '@openline/e2e/harness/product.ts';
import { type Distribution, distributionOf } from '../distribution.ts';
import { chirp, delayOf, findPattern, SAMPLE_RATE } from '../probes.ts';
import { Witness } from '../witness.ts';
import { collectFromPage, type PageFigures, tapPage, type TappedSound } from './page-taps.ts';

/** A chirp so often. */
const LOOP_MS = 800;
const FRAME_MS = 20;
const CHIRP_MS = 40;
/** Low enough that half a sample more or less does not matter: the two ends are not in step. */
const CHIRP_HZ = 1500;
const SEARCH_MS = 380;
/** Jitter buffers find their depth. */
const SETTLE_MS = 12_000;
const CLOCK_ROUNDS = 50;
const MICROPHONE_RATE = 48_000;

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof startBrowserSaying>>['newPage']>>;

export interface WayFigures {
  toBrowserMs: Distribution;
  toPhoneMs: Distribution;
  missed: number;
  page: Omit<PageFigures, 'said' | 'heard'>;
  witnessMs: Distribution;
}

export interface HeadsetOptions {
  seconds: number;
  /** The browser's echo cancelling, noise suppression and gain control. */
  isProcessed: boolean;
}

const chirpLoop: Source = {
  name: 'headset-chirp',
  render(rate) {
    const loop = new Float32Array((LOOP_MS * rate) / 1000);
    loop.set(chirp(rate, CHIRP_HZ));
    return loop;
  },
};

export async function measureHeadset(
  options: HeadsetOptions,
): Promise<Record<'private' | 'air', WayFigures>> {
  const settings = stationSettings({ phones: [], host: { type: 'webrtc' } });
  const product = await startProduct(settings, { OPENLINE_LOG: 'warn' });
  const browser = await startBrowserSaying(product.dataFolder, chirpLoop.render(MICROPHONE_RATE));
  const desk = await openConsole(product, 'Root');
  const phones = await createPhone();
  const witness = new Witness();
  try {
    // Its taps are no part of the console, whose policy lets no other script in.
    const page = await (await browser.newContext({ locale: 'en-GB', bypassCSP: true })).newPage();
    await connectHeadset(page, product, options.isProcessed);
    await desk.until('Anna to be there', () => desk.channel('anna').mode === 'free');
    const { call, saidMs } = await callIn(phones, product, desk);
    await desk.emit('channelMode', { 'studio-1': 'anna' });
    await desk.until('the talk', () => desk.channel('anna').mode === 'studio-1');
    const record = () => recordWays(page, saidMs, witness, options.seconds);
    const inPrivate = await record();
    await desk.emit('channelMode', { anna: 'master' });
    const areOnAir = () => ['anna', 'studio-1'].every((id) => desk.channel(id).mode === 'master');
    await desk.until('both on air', areOnAir);
    const onAir = await record();
    call.hangUp();
    // What takes time is done when nobody is listened to any more.
    return { private: figuresOf(inPrivate, call), air: figuresOf(onAir, call) };
  } finally {
    await witness.stop();
    await phones.close();
    desk.close();
    await browser.close();
    await product.stop();
  }
}

async function connectHeadset(page: Page, product: Product, isProcessed: boolean): Promise<void> {
  await tapPage(page);
  await page.goto(product.url);
  await page.getByLabel('Name').fill(people[0].name);
  await page.getByLabel('Password').fill(people[0].password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Headset: devices and more' }).click();
  await page.getByLabel('Echo cancelling').setChecked(isProcessed);
  await page.keyboard.press('Escape');
  await page.locator('[data-act="headset"]').click();
  await page.locator('.headset[data-headset="connected"]').waitFor();
}

async function callIn(
  phones: Phone,
  product: Product,
  desk: DeskConsole,
): Promise<{ call: PhoneCall; saidMs: number[] }> {
  const call = await phones.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
    from: '+2203000001',
    codec: 'PCMU',
    source: chirpLoop,
  });
  const saidMs: number[] = [];
  call.rtp.onFrameSent = (frame, atMs) => {
    // The packet goes when the last of its sound has been said.
    if (frame === 0) saidMs.push(atMs - FRAME_MS);
  };
  await desk.until('the call to ring', () => desk.channel('studio-1').mode === 'ring');
  return { call, saidMs };
}

interface Recorded {
  page: PageFigures;
  saidMs: number[];
  witnessMs: Distribution;
  /** What to add to a time of the page for one of ours. */
  toOursMs: number;
}

async function recordWays(
  page: Page,
  saidMs: number[],
  witness: Witness,
  seconds: number,
): Promise<Recorded> {
  await pause(SETTLE_MS);
  await collectFromPage(page);
  await witness.latenessMs();
  saidMs.splice(0);
  await pause(seconds * 1000);
  const witnessMs = await witness.latenessMs();
  const said = saidMs.splice(0);
  return { page: await collectFromPage(page), saidMs: said, witnessMs, toOursMs: await pageClock(page) };
}

function figuresOf({ page, saidMs, witnessMs, toOursMs }: Recorded, call: PhoneCall): WayFigures {
  const { said, heard, ...figures } = page;
  const pattern = chirp(SAMPLE_RATE, CHIRP_HZ);
  const toBrowser = delaysToBrowser(heard, saidMs, pattern, toOursMs).map((delayMs) =>
    delayMs === null ? null : delayMs + page.outputLatencyMs,
  );
  const fromBrowser = chirpsSaid(said, pattern).map((atMs) => delayOf(call.rtp, atMs + toOursMs, pattern));
  const found = (delays: readonly (number | null)[]) => delays.filter((delay) => delay !== null);
  return {
    toBrowserMs: distributionOf(found(toBrowser)),
    toPhoneMs: distributionOf(found(fromBrowser)),
    missed: [...toBrowser, ...fromBrowser].filter((delay) => delay === null).length,
    page: figures,
    witnessMs,
  };
}

/** What to add to the page's performance.now() for ours: as the quickest of some questions tells. */
async function pageClock(page: Page): Promise<number> {
  let best = { tookMs: Infinity, offsetMs: 0 };
  for (let round = 0; round < CLOCK_ROUNDS; round++) {
    const askedMs = performance.now();
    const pageMs = await page.evaluate(() => performance.now());
    const tookMs = performance.now() - askedMs;
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: askedMs + tookMs / 2 - pageMs };
  }
  return best.offsetMs;
}

function delaysToBrowser(
  heard: TappedSound,
  saidMs: readonly number[],
  pattern: Float32Array,
  toOurs: number,
): (number | null)[] {
  const [first, last] = [heard[0]?.atMs ?? 0, heard.at(-1)?.atMs ?? 0];
  return saidMs
    .filter((atMs) => atMs > first + toOurs && atMs + SEARCH_MS + CHIRP_MS < last + toOurs)
    .map((atMs) => {
      const window = windowOf(heard, atMs - toOurs, SEARCH_MS + CHIRP_MS);
      const foundMs = findIn(window, pattern);
      return foundMs === null ? null : foundMs + toOurs - atMs;
    });
}

/** When each chirp began at the microphone. */
function chirpsSaid(said: TappedSound, pattern: Float32Array): number[] {
  const [firstMs, lastMs] = [said[0]?.atMs ?? 0, said.at(-1)?.atMs ?? 0];
  const found: number[] = [];
  for (let atMs = firstMs; atMs + LOOP_MS + 2 * SEARCH_MS < lastMs; ) {
    const foundMs = findIn(windowOf(said, atMs, LOOP_MS + CHIRP_MS), pattern);
    if (foundMs !== null) found.push(foundMs);
    atMs = (foundMs ?? atMs) + LOOP_MS - 2 * CHIRP_MS;
  }
  return found;
}

interface Window {
  pieces: TappedSound;
  samples: Float32Array;
}

function windowOf(pieces: TappedSound, fromMs: number, lengthMs: number): Window {
  const within = pieces.filter(({ atMs }) => atMs >= fromMs - CHIRP_MS && atMs < fromMs + lengthMs);
  return { pieces: within, samples: Float32Array.from(within.flatMap(({ samples }) => samples)) };
}

function findIn({ pieces, samples }: Window, pattern: Float32Array): number | null {
  let at = findPattern(samples, pattern);
  if (at < 0) return null;
  for (const piece of pieces) {
    if (at < piece.samples.length) return piece.atMs + (at * 1000) / SAMPLE_RATE;
    at -= piece.samples.length;
  }
  return null;
}
