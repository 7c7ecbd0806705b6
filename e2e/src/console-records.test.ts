// What is kept, in the console, in Chromium: a recorded call and a question are played with their outline, picked, tagged,
// found and deleted; people are written down, imported, exported, merged, blocked and erased.
import { readFile } from 'node:fs/promises';
import { createPhone, type Phone, tone } from '@openline/callers';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, signInAs, startBrowser } from './harness/browser.ts';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { untilHeardSince, untilNotHeard } from './harness/sound.ts';
import { soundFor } from './harness/wait-for.ts';

const fatou = '+2203011001';
const lamin = '+2203011002';
const amie = '+2203011003';

describe.skipIf(!hasProgram('chromium'))('what is kept, in the console', () => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;
  let desk: DeskConsole;
  let opened: ConsolePage;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    listeners = await createPhone();
    desk = await openConsole(product, 'Anna');
    opened = await signInAs(browser, product, 'Anna');
  });
  afterAll(async () => {
    desk?.close();
    await browser?.close();
    await listeners?.close();
    await product?.stop();
  });

  const page = () => opened.page;
  const goTo = (name: string): Promise<void> =>
    page().getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const screen = (name: string): Locator => page().locator(`[data-screen="${name}"]`);

  /** A second of sound in `mode`, recorded where it is a question; then the caller hangs up. */
  async function callIn(from: string, mode: string): Promise<void> {
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, { from, source: tone(700) });
    await desk.until('the call', () => desk.channel('studio-1')?.mode === 'ring');
    if (mode === 'on_hold') await desk.emit('channelRecording', { 'studio-1': true });
    await desk.emit('channelMode', { 'studio-1': mode });
    await desk.until('the mode', () => desk.channel('studio-1')?.mode === mode);
    await soundFor(mode === 'ivr' ? 6000 : 1500);
    call.hangUp();
    await desk.until('the end', () => desk.channel('studio-1')?.mode === 'free');
  }

  /** Presses play and waits until the place in the recording has moved. */
  async function plays(entry: Locator): Promise<void> {
    await entry.locator('[data-act="listen"]').click();
    const place = entry.getByRole('slider');
    await place.waitFor();
    await expect.poll(async () => Number(await place.inputValue())).toBeGreaterThan(0.2);
    await expect.poll(() => drawn(entry)).toBeGreaterThan(500);
  }

  /** How many dots of the outline are not empty. */
  const drawn = (entry: Locator): Promise<number> =>
    entry.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d');
      const dots = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return dots.filter((value, index) => index % 4 === 3 && value > 0).length;
    });

  /** The caller's 700 Hz are heard on air, as loud as the fader says, on every console's bar, until it is stopped. */
  async function isPlayedToAir(question: Locator): Promise<void> {
    const listener = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: amie,
      source: tone(1300),
    });
    await desk.until('the listener', () => desk.channel('studio-1')?.mode === 'ring');
    await desk.emit('channelMode', { 'studio-1': 'master' });
    await desk.until('the listener on air', () => desk.channel('studio-1')?.mode === 'master');
    const { hearing } = listener.rtp;
    await question.getByRole('slider').fill('0');
    const from = performance.now();
    await question.locator('[data-act="play-to-air"]').click();
    const strip = page().locator('[data-player][data-to="air"]');
    await strip.getByText(fatou).waitFor();
    await untilHeardSince('the question on air', hearing, 700, from);
    await strip.locator('[data-act="stop-played"]').click();
    await strip.waitFor({ state: 'detached' });
    await untilNotHeard('the question', hearing, 700);
    listener.hangUp();
    await desk.until('the end', () => desk.channel('studio-1')?.mode === 'free');
  }

  it('a recorded call is played with its outline, picked, tagged, found, and deleted unless it is taken back', async () => {
    await callIn(fatou, 'on_hold');
    await callIn(lamin, 'on_hold');
    await goTo('Calls');
    const calls = screen('calls');
    const call = calls.locator('.call', { hasText: fatou });
    await plays(call);
    await call.locator('[data-act="favorite"]').click();
    await call.locator('[data-act="favorite"][data-lit]').waitFor();
    await call.locator('[data-act="more"]').click();
    await page().getByRole('menuitem', { name: 'Tags' }).click();
    await call.getByLabel('Add a tag').fill('rice');
    await page().keyboard.press('Enter');
    await call.locator('.tag', { hasText: 'rice' }).first().waitFor();
    await calls.locator('[data-field="tag"]').fill('Rice');
    await calls.locator('.call', { hasText: lamin }).waitFor({ state: 'detached' });
    await calls.locator('[data-field="tag"]').fill('');
    await calls.locator('[data-field="to"]').fill('2020-01-01');
    await calls.getByText('Nothing fits this search.').waitFor();
    await calls.locator('[data-field="to"]').fill('');
    const other = calls.locator('.call', { hasText: lamin });
    await other.locator('[data-act="more"]').click();
    await page().getByRole('menuitem', { name: 'Delete' }).click();
    await other.waitFor({ state: 'detached' });
    await page().locator('[data-act="undo"]').click();
    await other.waitFor();
    expect(await calls.locator('.call').count()).toBe(2);
  });

  it('a question is played, here and to air, called back, and deleted with its file', async () => {
    await callIn(fatou, 'ivr');
    await goTo('Questions');
    const question = screen('questions').locator('[data-question]');
    await plays(question);
    const url = `${product.url}${await question.locator('audio').getAttribute('src')}`;
    expect((await page().request.get(url)).status()).toBe(200);
    await isPlayedToAir(question);
    await question.locator('[data-act="call-back"]').click();
    await expect.poll(() => page().locator('#dial-number').inputValue()).toBe(fatou);
    await goTo('Questions');
    await question.locator('[data-act="more"]').click();
    await page().getByRole('menuitem', { name: 'Delete' }).click();
    await question.waitFor({ state: 'detached' });
    await page().reload();
    await screen('questions').getByText('No recorded questions yet').waitFor();
    await expect.poll(async () => (await page().request.get(url)).status()).toBe(404);
  });

  it('who called is in the address book, is written down, blocked, and found again', async () => {
    await goTo('Contacts');
    const people = screen('contacts');
    await people.locator(`[data-contact="${fatou}"]`).click();
    await people.locator('[data-field="name"]').fill('Fatou Jallow');
    await people.locator('[data-field="location"]').fill('Bakau');
    await people.locator('[data-field="location"]').press('Enter');
    await people.locator(`[data-contact="${fatou}"]`, { hasText: 'Fatou Jallow' }).waitFor();
    await people.locator('[data-person] .call').first().waitFor();
    await people.locator('[data-act="block"]').click();
    await people.locator('[data-act="block"][data-lit]').waitFor();
    await people.locator('[data-act="blocked"]').click();
    await people.locator(`[data-contact="${lamin}"]`).waitFor({ state: 'detached' });
    const refused = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, { from: fatou });
    expect(await refused.whenEnded()).toMatchObject({ status: 486 });
    await people.locator('[data-act="block"]').click();
    await people.locator('[data-act="blocked"]').click();
    await people.locator(`[data-contact="${lamin}"]`).waitFor();
  });

  it('an address book comes in from a file and goes out to one', async () => {
    const people = screen('contacts');
    await people.locator('.screen-tools [data-act="more"]').click();
    await page().getByRole('menuitem', { name: 'Import a file' }).click();
    await people.locator('[data-field="file"]').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('name;number;city\nAwa Ceesay;+2203011009;Basse\nNobody;;\n'),
    });
    await people.getByText('1 contact in this file').waitFor();
    await people.getByText('1 entry has no number').waitFor();
    await people.locator('[data-act="import"]').click();
    await people.getByText('1 contact saved').waitFor();
    await people.locator('[data-contact="+2203011009"]', { hasText: 'Awa Ceesay' }).waitFor();
    await people.locator('.screen-tools [data-act="more"]').click();
    const download = page().waitForEvent('download');
    await page().getByRole('menuitem', { name: 'Export as CSV' }).click();
    const file = await readFile(await (await download).path(), 'utf8');
    expect(file).toContain('+2203011009,Awa Ceesay,Basse');
    expect(file).toContain(`${fatou},Fatou Jallow,Bakau`);
  });

  it('two cards become one; a person is erased by pressing and holding only', async () => {
    const people = screen('contacts');
    await people.locator('[data-contact="+2203011009"] .person').click();
    await people.locator('[data-field="merge"]').fill('Fatou');
    await people.locator('[data-act="merge"]').click();
    await people.locator(`[data-person="${fatou}"]`).waitFor();
    await people.locator('[data-contact="+2203011009"]').waitFor({ state: 'detached' });
    await expect.poll(() => people.locator('[data-field="notes"]').inputValue()).toContain('+2203011009');

    const erase = people.getByRole('button', { name: /Press and hold: erases/ });
    await erase.click();
    await erase.hover();
    await page().mouse.down();
    await people.locator(`[data-contact="${fatou}"]`).waitFor({ state: 'detached' });
    await page().mouse.up();
    await goTo('Calls');
    await screen('calls').locator('.call', { hasText: lamin }).waitFor();
    await expect.poll(() => screen('calls').locator('.call', { hasText: fatou }).count()).toBe(0);
    expect(opened.complaints.filter((complaint) => !/401|404/.test(complaint))).toEqual([]);
  });
});
