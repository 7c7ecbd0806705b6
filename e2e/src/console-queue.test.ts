// The desk and its queue in Chromium, with real callers: screening from the ring to the air, the order by button, key,
// mouse and finger, two producers who press next at once, the lock, whispering, busy lines.
import { createPhone, type Phone, tone } from '@openline/callers';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, signInAs, startBrowser } from './harness/browser.ts';
import { act, callIn, inMode, queueOf, strip, untilQueue, WAIT } from './harness/desk-on-page.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { waitFor } from './harness/wait-for.ts';

const TABLET = { viewport: { width: 1024, height: 768 }, hasTouch: true };

const screened = (page: Page, id: string, state: string): Promise<void> =>
  page.locator(`[data-channel="${id}"][data-screening="${state}"]`).waitFor(WAIT);

describe.skipIf(!hasProgram('chromium'))('the queue on the desk', () => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;
  let anna: Phone;
  let first: ConsolePage;
  let second: ConsolePage;
  let one: Page;
  let other: Page;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    listeners = await createPhone();
    anna = await stationPhone(product, 'anna', tone(700));
    first = await signInAs(browser, product, 'Anna');
    second = await signInAs(browser, product, 'Root');
    one = first.page;
    other = second.page;
    await one.locator('[data-user="anna"][data-tone="quiet"]').waitFor(WAIT);
  });

  afterAll(async () => {
    await browser?.close();
    await listeners?.close();
    await anna?.close();
    await product?.stop();
  });

  it('says how callers get into it as long as it is empty', async () => {
    await one.locator('.queue-none', { hasText: 'Ready' }).waitFor();
    expect(await one.locator('.next [data-act="next"]').isDisabled()).toBe(true);
  });

  it('takes a caller from the ring over the talk and the card into the queue, by keys alone', async () => {
    await callIn(product, listeners, one, '+2203004801');
    await one.keyboard.press('1');
    await one.keyboard.press('s');
    await inMode(one, 'studio-1', 'anna');
    await screened(other, 'studio-1', 'talking');
    expect(await act(one, 'studio-1', 'ready').getAttribute('data-large')).toBe('true');

    await one.keyboard.press('e');
    await one.keyboard.type('Fatou Jallow');
    await one.keyboard.press('Tab');
    await one.keyboard.type('Bakau');
    await one.keyboard.press('Tab');
    await one.keyboard.type('School fees');
    await one.keyboard.press('Escape');
    await one.keyboard.press('1');
    await one.keyboard.press('q');
    await inMode(one, 'studio-1', 'on_hold');
    await screened(other, 'studio-1', 'ready');
    const row = other.locator('[data-queued="studio-1"]');
    await row.getByText('Fatou Jallow').waitFor(WAIT);
    await row.getByText('Bakau · School fees').waitFor(WAIT);
    expect(await act(one, 'studio-1', 'air').getAttribute('data-large')).toBe('true');
    expect(await strip(one, 'studio-1').locator('.caller-history').textContent()).toBe('First call');
  });

  it('offers people of the address book while a name is typed', async () => {
    await callIn(product, listeners, one, '+2203004802');
    await act(one, 'studio-2', 'hold').click();
    await inMode(one, 'studio-2', 'on_hold');
    await strip(one, 'studio-2').locator('[data-field="name"]').click();
    await one.keyboard.type('Fat');
    await one.getByRole('option', { name: 'Fatou Jallow' }).waitFor(WAIT);
    await one.keyboard.press('ArrowDown');
    await one.keyboard.press('Enter');
    const value = (field: string) => strip(one, 'studio-2').locator(`[data-field="${field}"]`).inputValue();
    await expect
      .poll(async () => [await value('name'), await value('location')])
      .toEqual(['Fatou Jallow', 'Bakau']);
    await strip(one, 'studio-2').locator('[data-field="name"]').fill('Awa Ceesay');
    await one.keyboard.press('Escape');
  });

  it('is put in order by button, by arrow key and by dragging, the same at every desk', async () => {
    await act(one, 'studio-2', 'ready').click();
    await callIn(product, listeners, one, '+2203004803');
    await act(one, 'studio-3', 'hold').click();
    await act(one, 'studio-3', 'ready').click();
    await untilQueue(other, ['studio-1', 'studio-2', 'studio-3']);

    await one.getByRole('button', { name: '+2203004803: one place up' }).click();
    for (const page of [one, other]) await untilQueue(page, ['studio-1', 'studio-3', 'studio-2']);
    await other.locator('[data-queued="studio-2"] .queue-grip').focus();
    await other.keyboard.press('Home');
    for (const page of [one, other]) await untilQueue(page, ['studio-2', 'studio-1', 'studio-3']);

    await dragByMouse(one, 'studio-3', 'studio-2');
    for (const page of [one, other]) await untilQueue(page, ['studio-3', 'studio-2', 'studio-1']);
    await one.locator('[data-act="inTurn"]').click();
    await untilQueue(other, ['studio-1', 'studio-2', 'studio-3']);
    await act(one, 'studio-3', 'priority').click();
    await untilQueue(other, ['studio-3', 'studio-1', 'studio-2']);
    expect(await one.locator('[data-act="inTurn"]').count()).toBe(0);
  });

  it('gives the head to the first of two who press next in the same instant, and both see who', async () => {
    await one.getByRole('radio', { name: 'Who is on air goes to hold' }).click();
    await other.locator('.next-keep [value="hold"][data-state="checked"]').waitFor(WAIT);
    await Promise.all([
      one.locator('.next [data-act="next"]').click(),
      other.locator('.next [data-act="next"]').click(),
    ]);
    for (const page of [one, other]) {
      await inMode(page, 'studio-3', 'master');
      await untilQueue(page, ['studio-1', 'studio-2']);
      await page.locator('.next-air', { hasText: '+2203004803' }).waitFor(WAIT);
      expect(await page.locator('[data-channel][data-mode="master"]').count()).toBe(1);
    }
  });

  it('takes the next by the key N, and puts who was on air where the show wants it', async () => {
    await one.keyboard.press('Escape');
    await one.keyboard.press('n');
    await inMode(other, 'studio-1', 'master');
    await inMode(other, 'studio-3', 'on_hold');
    await other.locator('.next-air', { hasText: 'Fatou Jallow' }).waitFor(WAIT);
    await untilQueue(one, ['studio-2']);
    expect(await queueOf(one)).toEqual(['studio-2']);
  });

  it('keeps a caller on air who is locked from being dropped or moved, until the lock is taken off', async () => {
    await one.keyboard.press('1');
    await one.keyboard.press('l');
    await other.locator('[data-channel="studio-1"][data-locked]').waitFor(WAIT);
    for (const name of ['hold', 'drop', 'ivr']) {
      expect(await act(other, 'studio-1', name).isDisabled(), name).toBe(true);
    }
    await one.keyboard.press('d');
    await act(other, 'studio-1', 'lock').click();
    await one.locator('[data-channel="studio-1"]:not([data-locked])').waitFor(WAIT);
    expect(await strip(one, 'studio-1').getAttribute('data-mode')).toBe('master');
    expect(await act(other, 'studio-1', 'drop').isDisabled()).toBe(false);
  });

  it('whispers to a caller on air for as long as the key or the button is held', async () => {
    await one.locator('[data-user="anna"] [data-act="toAir"]').click();
    const whisper = act(one, 'studio-1', 'whisper');
    await whisper.waitFor(WAIT);
    const isHeld = (held: boolean) =>
      strip(one, 'studio-1').locator(`[data-act="whisper"][aria-pressed="${held}"]`).waitFor(WAIT);
    await one.keyboard.press('1');
    await one.keyboard.down('w');
    await isHeld(true);
    await one.keyboard.up('w');
    await isHeld(false);
    await whisper.hover();
    await one.mouse.down();
    await isHeld(true);
    await one.mouse.up();
    await isHeld(false);
    expect(await act(one, 'studio-2', 'whisper').count()).toBe(0);
    await one.locator('[data-user="anna"] [data-act="offAir"]').click();
    await one.locator('[data-user="anna"][data-tone="quiet"]').waitFor(WAIT);
  });

  it('lets new callers hear busy, and says so at every console', async () => {
    await one.locator('[data-act="linesBusy"]').click();
    await other.locator('.lines-busy').waitFor(WAIT);
    const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
    const call = await listeners.call(uri, { from: '+2203004899', source: tone(900) });
    await waitFor('the caller to hear busy', () => call.state === 'ended');
    expect(await other.locator('[data-channel][data-mode="ring"]').count()).toBe(0);
    await other.locator('[data-act="linesBusy"]').click();
    await one.locator('.lines-busy').waitFor({ state: 'detached', ...WAIT });
  });

  it('lists every key in every language, each with its word', async () => {
    await one.keyboard.press('Escape');
    for (const language of ['Français', 'Kiswahili', 'English']) {
      await one.locator('.who').click();
      await one.getByRole('menuitemradio', { name: language }).click();
      await one.keyboard.press('?');
      const lines = await one.locator('.key-map [data-key]').allTextContents();
      expect(lines.length).toBeGreaterThanOrEqual(23);
      expect(lines.filter((line) => line.trim().length < 3)).toEqual([]);
      await one.keyboard.press('Escape');
      await one.locator('.key-map').waitFor({ state: 'detached' });
    }
  });

  it('is worked by a finger on a tablet: the fader and the order', async () => {
    const touch = await signInAs(browser, product, 'Anna', TABLET);
    const { page } = touch;
    const fader = strip(page, 'studio-2').getByRole('slider');
    const finger = await fingerOn(page);
    const level = async () => Number(await fader.getAttribute('aria-valuenow'));
    // Where things are is looked up for each try: a page that is still being laid out moves them under the finger.
    await waitFor('the fader to follow the finger', async () => {
      const box = await boxOf(fader);
      const x = box.x + box.width / 2;
      await finger.drag(x, box.y + 20, x, box.y + 70);
      return (await level()) < 70;
    });

    await act(page, 'studio-3', 'ready').tap();
    // It has its priority from before.
    await untilQueue(page, ['studio-3', 'studio-2']);
    const from = await boxOf(page.locator('[data-queued="studio-3"] .queue-grip'));
    const to = await boxOf(page.locator('[data-queued="studio-2"] .queue-grip'));
    await finger.drag(from.x + 20, from.y + 20, to.x + 20, to.y + 20);
    await untilQueue(other, ['studio-2', 'studio-3']);
    expect(await other.locator('[data-act="inTurn"]').count()).toBe(1);
    await touch.close();
  });
});

async function boxOf(place: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await place.boundingBox();
  if (!box) throw new Error('it is not on the page');
  return box;
}

async function dragByMouse(page: Page, id: string, onto: string): Promise<void> {
  const from = await boxOf(page.locator(`[data-queued="${id}"] .queue-grip`));
  const to = await boxOf(page.locator(`[data-queued="${onto}"] .queue-grip`));
  await page.mouse.move(from.x + 20, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + 20, { steps: 6 });
  await page.mouse.up();
}

/**
 * A finger, as the browser gets it from a screen that feels one. It moves slowly, by the times that it gives: one that is
 * lifted in full swing is a fling, and a browser takes the tap right after it as the end of the fling, not as a click.
 */
async function fingerOn(page: Page) {
  const session = await page.context().newCDPSession(page);
  let timestamp = Date.now() / 1000;
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) => {
    timestamp += 0.3;
    const touchPoints = type === 'touchEnd' ? [] : [{ x, y }];
    return session.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp });
  };
  return {
    async drag(fromX: number, fromY: number, toX: number, toY: number): Promise<void> {
      const steps = 6;
      await touch('touchStart', fromX, fromY);
      for (let step = 1; step <= steps; step += 1) {
        const part = step / steps;
        await touch('touchMove', fromX + (toX - fromX) * part, fromY + (toY - fromY) * part);
      }
      await touch('touchEnd', toX, toY);
    },
  };
}
