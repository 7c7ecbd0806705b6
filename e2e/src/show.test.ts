// A whole show in Chromium, with real calls and a real text, as one producer runs it: once with the mouse, once with the
// keyboard alone, once by touch on a tablet. Nothing is done behind the page's back but what listeners do.
import { createPhone, type Phone, type PhoneCall, tone } from '@openline/callers';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsolePage, type Device, openPage, startBrowser } from './harness/browser.ts';
import { finger, type Hand, keyboard, mouse } from './harness/hands.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { people, type Product, startProduct, stationSettings } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { untilHeard } from './harness/sound.ts';
import { waitFor } from './harness/wait-for.ts';

const producer = people[0];
const ways: { name: string; device: Device; handOf: (page: Page) => Hand }[] = [
  { name: 'with the mouse', device: {}, handOf: mouse },
  { name: 'with the keyboard alone', device: {}, handOf: keyboard },
  {
    name: 'by touch at 1024×768',
    device: { viewport: { width: 1024, height: 768 }, hasTouch: true },
    handOf: finger,
  },
];

describe.skipIf(!hasProgram('chromium'))('a whole show', () => {
  let browser: Browser;
  let product: Product;
  let listeners: Phone;
  let headset: Phone;
  let opened: ConsolePage;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    listeners = await createPhone();
    const line = {
      id: 'studio',
      type: 'sip',
      label: 'Studio line',
      number: '+2207000001',
      capacity: 6,
      trust: ['127.0.0.1/32'],
      sms: true,
      gateway: `sip:127.0.0.1:${listeners.sipPort}`,
    };
    product = await startProduct(stationSettings({ lines: [line] }));
    headset = await stationPhone(product, 'anna', tone(700));
  });
  afterEach(async () => {
    await opened?.close();
    await listeners?.close();
    await headset?.close();
    await product?.stop();
  });

  it.each(ways)('$name', async ({ device, handOf }) => {
    opened = await openPage(browser, product.url, device);
    const { page } = opened;
    const hand = handOf(page);
    const strip = (channel: string): Locator => page.locator(`[data-channel="${channel}"]`);
    const inMode = (channel: string, mode: string): Promise<void> =>
      page.locator(`[data-channel="${channel}"][data-mode="${mode}"]`).waitFor();
    const station = `sip:studio@127.0.0.1:${product.sipPort}`;
    const ring = (from: string, hz: number): Promise<PhoneCall> =>
      listeners.call(station, { from, source: tone(hz) });

    /** Rings, is talked to in private, written down, and ready for the air. */
    async function screenIn(channel: string, from: string, name: string, point: string): Promise<PhoneCall> {
      const call = await ring(from, 900);
      await inMode(channel, 'ring');
      await hand.act(channel, 'screen');
      await inMode(channel, 'anna');
      await hand.type(strip(channel).locator('[data-field="name"]'), name);
      await hand.type(strip(channel).locator('[data-field="point"]'), point);
      await hand.act(channel, 'ready');
      await inMode(channel, 'on_hold');
      await page.locator(`[data-queued="${channel}"]`, { hasText: name }).waitFor();
      return call;
    }

    // Sign in, and open the program to the air.
    await hand.type(page.getByLabel('Name'), producer.name);
    await hand.type(page.getByLabel('Password'), producer.password);
    await hand.press(page.getByRole('button', { name: 'Sign in' }));
    await strip('studio-1').waitFor();
    await page.locator('[data-me]', { hasText: 'Ready' }).waitFor();
    const isOnAir = page.locator('.master[data-on-air]');
    await hand.hold(page.locator('.on-air'), () => isOnAir.waitFor());

    // Two listeners, one after the other, screened and taken to air; both are on air together.
    const first = await screenIn('studio-1', '+2203011001', 'Fatou Jallow', 'The price of rice');
    await hand.press(page.locator('.next-button'));
    await inMode('studio-1', 'master');
    await hand.act('studio-1', 'record');
    await strip('studio-1').locator('button[aria-pressed="true"]', { hasText: 'Rec' }).waitFor();
    const second = await screenIn('studio-2', '+2203011002', 'Lamin Touray', 'Shopkeeper, disagrees');
    await hand.press(page.locator('.next-button'));
    await inMode('studio-2', 'master');
    await inMode('studio-1', 'master');
    await untilHeard('the second', second.rtp.hearing, 900);

    // A text comes and is answered while they talk.
    expect(await listeners.text(station, 'Ask them about the harvest', '+2203011003')).toBe(200);
    if (await page.locator('.panel-toggle').isVisible()) await hand.press(page.locator('.panel-toggle'));
    await hand.press(page.getByRole('tab', { name: 'Inbox' }));
    await hand.press(page.locator('.inbox .text', { hasText: 'harvest' }).locator('[data-act="open"]'));
    const conversation = page.locator('.conversation');
    await hand.type(conversation.locator('[data-field="text"]'), 'We will, thank you');
    await hand.press(conversation.locator('[data-act="send"]'));
    await conversation.locator('[data-type="sms_out"]', { hasText: 'Sent' }).waitFor();
    await hand.press(conversation.locator('[data-act="close"]'));
    if (await page.locator('.panel-toggle').isVisible()) await hand.press(page.locator('.panel-toggle'));

    // Both are dropped.
    await hand.act('studio-1', 'drop');
    await inMode('studio-1', 'free');
    await hand.act('studio-2', 'drop');
    await inMode('studio-2', 'free');
    await waitFor('both to be hung up', () => first.state === 'ended' && second.state === 'ended');

    // Found in the history by name, and played.
    await hand.press(page.getByRole('navigation').getByRole('link', { name: 'Calls' }));
    const calls = page.locator('[data-screen="calls"]');
    await hand.type(calls.locator('[data-search]'), 'Fatou');
    const entry = calls.locator('.call', { hasText: 'Fatou Jallow' });
    await calls.locator('.call', { hasText: 'Lamin' }).waitFor({ state: 'detached' });
    await entry.getByText('The price of rice').waitFor();
    await hand.press(entry.locator('[data-act="listen"]'));
    const place = entry.getByRole('slider');
    await expect.poll(async () => Number(await place.inputValue())).toBeGreaterThan(0.1);
    expect(opened.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});
