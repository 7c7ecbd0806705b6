// Texts in the console, in Chromium: what comes in by SIP MESSAGE is in the inbox beside the strips, is picked, filed and
// answered; the answer arrives at the telephone; what is deleted can be taken back; a text that was begun is kept.
import { createPhone, type Phone } from '@openline/callers';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, signInAs, startBrowser } from './harness/browser.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';

const fatou = '+2203011001';
const lamin = '+2203011002';

describe.skipIf(!hasProgram('chromium'))('texts in the console', () => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;
  let opened: ConsolePage;

  beforeAll(async () => {
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
    browser = await startBrowser();
    opened = await signInAs(browser, product, 'Anna');
  });
  afterAll(async () => {
    await browser?.close();
    await listeners?.close();
    await product?.stop();
  });

  const text = async (from: string, content: string): Promise<void> => {
    expect(await listeners.text(`sip:studio@127.0.0.1:${product.sipPort}`, content, from)).toBe(200);
  };
  const goTo = (name: string): Promise<void> =>
    opened.page.getByRole('navigation').getByRole('link', { name }).click();
  const row = (content: string, place = '[data-screen="messages"]'): Locator =>
    opened.page.locator(`${place} .text`, { hasText: content });

  it('what comes in is in the inbox of the desk at once, and can be picked there', async () => {
    await opened.page.getByRole('tab', { name: 'Inbox' }).click();
    await text(fatou, 'Rice costs 1900 now. Who gains by it?');
    await row('Rice costs 1900', '.inbox').waitFor();
    await row('Rice costs 1900', '.inbox').locator('[data-act="favorite"]').click();
    await opened.page.locator('.inbox [data-act="favorites"]').click();
    await row('Rice costs 1900', '.inbox').locator('[data-lit]').waitFor();
    await text(lamin, 'Nobody reads this one');
    expect(await row('Nobody reads this one', '.inbox').count()).toBe(0);
    await opened.page.locator('.inbox [data-act="favorites"]').click();
    await row('Nobody reads this one', '.inbox').waitFor();
  });

  it('is answered in its conversation; the answer arrives, and says so', async () => {
    await goTo('Texts');
    await row('Rice costs 1900').locator('[data-act="open"]').click();
    const conversation = opened.page.locator(`[data-conversation="${fatou}"]`);
    await conversation.getByText('Reply to “Rice').waitFor();
    await conversation.locator('[data-field="text"]').fill('Thank you, we ask the minister at nine 🎙');
    await conversation.getByText('29 characters left').waitFor();
    await conversation.locator('[data-act="send"]').click();
    const answer = conversation.locator('[data-type="sms_out"]');
    await answer.getByText('Sent', { exact: true }).waitFor();
    expect(await answer.locator('q').textContent()).toContain('Rice costs');
    expect(await conversation.locator('[data-field="text"]').inputValue()).toBe('');
  });

  it('keeps what was begun, whatever happens to the page', async () => {
    const field = opened.page.locator(`[data-conversation="${fatou}"] [data-field="text"]`);
    await field.fill('Half a thou');
    await opened.page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe('Half a thou');
  });

  it('is found by words, star and tag, and files what comes in into another bucket', async () => {
    await goTo('Texts');
    await opened.page.keyboard.press('/');
    await opened.page.keyboard.type('minister');
    await row('Thank you').waitFor();
    await row('Nobody reads').waitFor({ state: 'detached' });
    await opened.page.keyboard.press('Escape');
    await row('Nobody reads').waitFor();

    await row('Nobody reads').locator('[data-act="more"]').click();
    await opened.page.getByRole('menuitem', { name: 'Tags' }).click();
    await row('Nobody reads').getByLabel('Add a tag').fill('later');
    await opened.page.keyboard.press('Enter');
    await row('Nobody reads').locator('.tag', { hasText: 'later' }).first().waitFor();
    await opened.page.locator('[data-field="tag"]').fill('LATER');
    await row('Rice costs').waitFor({ state: 'detached' });
    await row('Nobody reads').waitFor();
    await opened.page.locator('[data-field="tag"]').fill('');

    await opened.page.locator('[data-act="buckets"]').click();
    await opened.page.locator('[data-field="bucket-name"]').fill('Election night');
    await opened.page.keyboard.press('Enter');
    const bucket = opened.page.locator('.bucket', { has: opened.page.locator('[value="Election night"]') });
    await bucket.locator('[data-act="current"]').click();
    await bucket.getByText('Current', { exact: true }).waitFor();
    await text(lamin, 'Vote counted in Brikama');
    await opened.page
      .locator('[data-screen="messages"] [data-field="bucket"]')
      .first()
      .selectOption({ label: 'Election night (current)' });
    await row('Vote counted').waitFor();
    await row('Rice costs').waitFor({ state: 'detached' });
    expect(await opened.page.locator('[data-screen="messages"] .text').count()).toBe(1);
    await opened.page.locator('[data-screen="messages"] [data-field="bucket"]').first().selectOption('');
  });

  it('what is deleted can be taken back, and is deleted for good after that', async () => {
    await goTo('Texts');
    const remove = async (): Promise<void> => {
      await row('Nobody reads').locator('[data-act="more"]').click();
      await opened.page.getByRole('menuitem', { name: 'Delete' }).click();
      await row('Nobody reads').waitFor({ state: 'detached' });
    };
    await remove();
    await opened.page.locator('[data-act="undo"]').click();
    await row('Nobody reads').waitFor();
    await remove();
    await opened.page.reload();
    await row('Vote counted').waitFor();
    await expect.poll(() => row('Nobody reads').count()).toBe(0);
    expect(opened.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});
