// What a show needs is on the screen without scrolling: six strips at 1366 by 768, twelve at 1920 by 1080, with the
// queue, the master and the inbox, whatever is written on the cards.
import { createPhone, type Phone, tone } from '@openline/callers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInAs, startBrowser } from './harness/browser.ts';
import { openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';

const long = 'Has a great deal to say about the price of rice, of oil, of sugar and of the ferry. '.repeat(4);
const card = { name: 'Kaddijatou Bah-Manneh of Basse', location: 'Basse Santa Su', point: long, notes: long };

/** What of the desk is beyond the screen, or only to be seen by scrolling. */
function beyondTheScreen(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const places = document.querySelectorAll<HTMLElement>(
      '.strip, .strip-latches, .strip-acts button, .caller, .queue, .next-keep, .master, .side, .top-bar',
    );
    const isHidden = (place: HTMLElement) => {
      const box = place.getBoundingClientRect();
      return box.bottom > window.innerHeight || box.right > window.innerWidth || box.top < 0 || box.left < 0;
    };
    const strips = document.querySelector('.strips');
    const scrolls =
      strips !== null && strips.scrollHeight > strips.clientHeight + 1 ? ['the strips scroll'] : [];
    return [...scrolls, ...[...places].filter(isHidden).map((place) => place.className)];
  });
}

describe.skipIf(!hasProgram('chromium')).each([
  { capacity: 6, width: 1366, height: 768 },
  { capacity: 12, width: 1920, height: 1080 },
])('$capacity strips at $width by $height', ({ capacity, width, height }) => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;

  beforeAll(async () => {
    const line = {
      id: 'studio',
      type: 'sip',
      label: 'Studio line',
      number: '+2207000001',
      capacity,
      trust: ['127.0.0.1/32'],
    };
    product = await startProduct(stationSettings({ lines: [line] }));
    browser = await startBrowser();
    listeners = await createPhone({ keepMs: 0 });
  });
  afterAll(async () => {
    await browser?.close();
    await listeners?.close();
    await product?.stop();
  });

  it('are all there, with queue, master and inbox, and nothing has to be scrolled', async () => {
    const producer = await openConsole(product, 'Anna');
    const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
    for (const [index, mode] of (['master', 'on_hold', 'on_hold'] as const).entries()) {
      const id = `studio-${index + 1}`;
      await listeners.call(uri, { from: `+220300500${index}`, source: tone(900) });
      await producer.until('the ring', () => producer.channel(id).mode === 'ring');
      await producer.emit('channelMode', { [id]: mode });
      await producer.until(mode, () => producer.channel(id).mode === mode);
      await producer.emit('channelContactInfo', { [id]: card });
      if (mode === 'on_hold') await producer.emit('queue:screening', { [id]: 'ready' });
    }
    producer.close();
    const { page } = await signInAs(browser, product, 'Anna', { viewport: { width, height } });
    await page.locator('[data-queued]').nth(1).waitFor();
    expect(await page.locator('.strip').count()).toBe(capacity);
    expect(await beyondTheScreen(page)).toEqual([]);
  });
});
