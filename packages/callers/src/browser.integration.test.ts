/** Browsers against a real engine: real ICE and DTLS-SRTP over loopback, every participant with a tone of their own. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toneLevelDb } from '@openline/engine';
import type { Place } from '@openline/engine';
import { Browser, type BrowserOptions } from './browser.ts';
import { createPhone, type Phone } from './phone.ts';
import { tone } from './sources.ts';
import { EngineProcess, eventually } from './testing/engine-process.ts';

const BROWSER_HZ = 1103;
const PHONE_HZ = 601;

let engine: EngineProcess;
const browsers: Browser[] = [];
const phones: Phone[] = [];

beforeEach(async () => {
  engine = await EngineProcess.start();
});

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
  await Promise.all(phones.splice(0).map((phone) => phone.close()));

  await engine.stop();
});

async function newBrowser(options: Partial<BrowserOptions> = {}): Promise<Browser> {
  const browser = await Browser.open({ source: tone(BROWSER_HZ, -20), ...options });
  browsers.push(browser);
  return browser;
}

async function connect(browser: Browser, leg: string, place: Place): Promise<string> {
  const offer = await browser.offer();
  const { answer } = await engine.request('leg.connect', {
    leg,
    offer,
    place,
    levels: {},
    tag: { user: 'anna' },
    ref: 'user:anna',
  });
  await browser.take(answer);
  await engine.until('leg.ice', (event) => event.leg === leg && event.state === 'connected');
  return answer;
}

/** Level of a tone in what came lately, once it is as expected. */
async function untilHeard(browser: Browser, hz: number, aboveDb: number): Promise<number> {
  return await eventually(`${hz} Hz at the browser`, () => {
    const { samples, sampleRate } = browser.sound.hearing.last(400);
    const level = samples.length < sampleRate * 0.3 ? -200 : toneLevelDb(samples, sampleRate, hz);
    return level > aboveDb && level;
  });
}

it('a browser and a telephone hear each other', async () => {
  const phone = await createPhone({ host: engine.host });
  phones.push(phone);
  const call = await phone.call(engine.uri, { from: '+2203001', codec: 'PCMA', source: tone(PHONE_HZ, -20) });
  const offered = await engine.until('leg.offered');
  const browser = await newBrowser();
  await connect(browser, 'b1', { kind: 'air' });
  await engine.request('leg.answer', { leg: offered.leg, place: { kind: 'private', with: 'b1' } });
  await engine.request('legs.place', {
    places: [
      { leg: 'b1', place: { kind: 'private', with: offered.leg } },
      { leg: offered.leg, place: { kind: 'private', with: 'b1' } },
    ],
  });
  await call.whenAnswered();
  await engine.until('leg.media', ({ leg }) => leg === 'b1');
  expect(await untilHeard(browser, PHONE_HZ, -26)).toBeLessThan(-14);
  await eventually('the browser at the telephone', () => {
    const { samples, sampleRate } = call.rtp.hearing.last(400);
    return samples.length > 0 && toneLevelDb(samples, sampleRate, BROWSER_HZ) > -26;
  });
});
