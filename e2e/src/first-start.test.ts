// The first start, as somebody does it who has never seen the console: from the one-time link through station, line, phone
// and a test call to the desk. And the test call where it cannot be made.
import { createPhone, type Phone, tone } from '@openline/callers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFaults } from './harness/accessible.ts';
import { openPage, signInAs, startBrowser } from './harness/browser.ts';
import { openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';

const hasBrowser = hasProgram('chromium');

describe.skipIf(!hasBrowser)('the first start', () => {
  let product: Product;
  let browser: Browser;
  let phone: Phone | null = null;

  beforeAll(async () => {
    product = await startProduct({});
    browser = await startBrowser();
  });
  afterAll(async () => {
    await phone?.close();
    await browser?.close();
    await product?.stop();
  });

  it('leads from the link to the desk by way of a line, a phone and a call that is heard', async () => {
    const link = /http:\S+\/setup\?token=\S+/.exec(product.log())?.[0] ?? '';
    const { page, complaints } = await openPage(browser, link);
    await page.getByLabel('Station name').fill('Radio Baobab');
    await page.getByLabel('Your name').fill('Awa');
    await page.getByLabel('Password').fill('seven sleepy herons');
    await page.getByRole('button', { name: 'Go on' }).click();

    await page.locator('[data-step="line"]').waitFor();
    expect(await seriousFaults(page, 'start')).toEqual([]);
    await page.getByLabel('A GSM gateway').check();
    await page.locator('[data-screen="start"]').getByLabel('Number', { exact: true }).fill('+2207000001');
    await page.getByLabel('Country', { exact: true }).fill('Gambia');
    await page.getByLabel('Its address in your network').fill('192.0.2.20');
    await page.getByRole('button', { name: 'Save this line' }).click();
    await page.locator('[data-field="station.country"] .setting-problem').waitFor();
    await page.getByLabel('Country', { exact: true }).fill('GM');
    await page.getByRole('button', { name: 'Save this line' }).click();
    await page.getByText('The line is there.').waitFor();
    await page.locator('[data-act="next-step"]').click();

    // As while the engine is starting anew: the port is asked for again.
    await page.route('**/health', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: 'Make my account' }).click();
    const account = page.locator('.sip-account');
    await account.getByText('Password').waitFor();
    await account.getByText(String(product.sipPort), { exact: true }).waitFor();
    const shown = await account.locator('code').allTextContents();
    const [, port, , username = '', password = ''] = shown;
    expect([port, username]).toEqual([String(product.sipPort), 'awa']);
    phone = await createPhone({ onCall: 'answer', source: tone(500), codecs: ['PCMA'] });
    await phone.register({ server: `sip:127.0.0.1:${product.sipPort}`, username, password });
    await page.getByText('Your phone is connected.').waitFor();
    await page.locator('[data-act="next-step"]').click();

    await page.locator('[data-act="test-call"]').click();
    await page.getByText('It rings.').waitFor();
    expect(await seriousFaults(page, 'start')).toEqual([]);
    await page.locator('[data-act="answer"]').click();
    await page.getByText('Sound arrives from the caller.').waitFor();
    await page.locator('[data-act="hang-up"]').click();
    await page.getByText('It works').waitFor();
    await page.locator('[data-act="open-desk"]').click();
    await page.locator('.strip[data-mode="free"]').nth(5).waitFor();
    await page.getByText('Radio Baobab').waitFor();
    const asked = complaints.filter((complaint) => !/401|422|ERR_FAILED/.test(complaint));
    expect(asked).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the test call', () => {
  let product: Product;
  let browser: Browser;
  let callers: Phone;

  beforeAll(async () => {
    // The lines are locked, and trust nobody from here.
    const line = { id: 'studio', label: 'Studio line', capacity: 2, trust: ['192.0.2.1/32'] };
    product = await startProduct(
      stationSettings({ lines: [line, { id: 'desk-line', capacity: 2, trust: ['127.0.0.0/8'] }] }),
    );
    browser = await startBrowser();
    callers = await createPhone({ keepMs: 0 });
  });
  afterAll(async () => {
    await callers?.close();
    await browser?.close();
    await product?.stop();
  });

  const begin = async (page: Page) => {
    await page.goto(`${product.url}/start/call`);
    await page.locator('[data-act="test-call"]').waitFor();
  };

  it('works with locked settings and for a line that this machine may not call, and leaves nothing behind', async () => {
    const { page } = await signInAs(browser, product, 'Anna');
    const desk = await openConsole(product, 'Vera');
    await begin(page);
    await page.locator('[data-act="test-call"]').click();
    await page.getByText('Radio Baobab (test)').waitFor();
    await page.getByRole('button', { name: 'Answer, and keep on hold' }).click();
    await page.getByText('Sound arrives from the caller.').waitFor();
    await page.locator('[data-act="hang-up"]').click();
    await page.getByText('It works').waitFor();
    await desk.until('the channel to be free', () => desk.channel('studio-1').mode === 'free');
    expect(desk.frames.filter(({ event }) => event === 'calls:update')).toEqual([]);
    desk.close();
  });

  it('is refused in words when every channel of the line is taken', async () => {
    const { page } = await signInAs(browser, product, 'Anna');
    const desk = await openConsole(product, 'Anna');
    const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
    for (const channel of ['desk-line-1', 'desk-line-2']) {
      await callers.call(uri, { from: '+2203000001', source: tone(900) });
      await desk.until(`a call on ${channel}`, () => desk.channel(channel).mode === 'ring');
    }
    await begin(page);
    await page.getByLabel('Line', { exact: true }).selectOption('desk-line');
    await page.locator('[data-act="test-call"]').click();
    await page.getByText('Every channel of this line is taken.').waitFor();
    expect(await page.locator('[data-step="call"]').getAttribute('data-phase')).toBe('refused');
    desk.close();
  });
});
