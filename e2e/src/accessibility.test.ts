// The console for those who hear it, work it by keys, or enlarge it: axe and rules of our own on every screen, with what opens
// on it, in both themes. One station with something of everything, one page that walks through it.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, openPage, startBrowser } from './harness/browser.ts';
import { type BusyStation, startBusyStation } from './harness/busy-station.ts';
import { axeComplaints, bringAxe, ownComplaints } from './harness/page-judge.ts';
import { reachComplaints } from './harness/page-reach.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { people } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

const root = people[3];
const settingsSections = [
  'station',
  'lines',
  'people',
  'phones',
  'texts',
  'prompts',
  'sound',
  'dialling',
  'keeping',
  'programs',
  'log',
  'password',
  'about',
];

describe.skipIf(!hasProgram('chromium'))('the console is accessible:', () => {
  let browser: Browser;
  let station: BusyStation;
  let opened: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    [browser, station] = await Promise.all([startBrowser(), startBusyStation()]);
    opened = await openPage(browser, 'about:blank', { reducedMotion: 'reduce' });
    page = opened.page;
    await bringAxe(page);
    await page.goto(station.product.url);
  });
  afterAll(async () => {
    await browser?.close();
    await station?.close();
  });

  const screen = (name: string): Locator => page.locator(`[data-screen="${name}"]`);
  const press = (selector: string): Promise<void> => page.locator(selector).first().click();
  const escape = (): Promise<void> => page.keyboard.press('Escape');

  /** Without loading the page anew. */
  async function goTo(path: string): Promise<void> {
    await page.evaluate((to) => history.pushState(null, '', to), path);
  }

  /** Of a part that has just opened, or of the whole page. */
  async function expectGood(what: string, part?: string): Promise<void> {
    const wrong = [...(await axeComplaints(page, part)), ...(await ownComplaints(page))];
    expect(wrong, what).toEqual([]);
  }

  it('the sign-in, also when it is refused', async () => {
    await page.getByLabel('Name').fill(root.name);
    expect(await page.title()).toBe('Sign in · Openline');
    await expectGood('sign-in');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name or password is not right.').waitFor();
    await expectGood('sign-in refused', 'main');
  });

  it('the desk with callers in every state, and all that opens on it', async () => {
    await page.getByLabel('Password').fill(root.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.inbox .text').nth(2).waitFor();
    await page.locator('[data-channel="trunk-1"][data-mode="defunct"]').waitFor();
    expect(await page.title()).toBe('Desk · Radio Baobab · Openline');
    await expectGood('the desk');
    await press('.inbox [data-act="open"]');
    await page.locator('.inbox .bubble, .conversation .bubble').first().waitFor();
    await expectGood('a conversation in the inbox', '.side');
    await page.getByRole('tab', { name: 'Dial' }).click();
    await expectGood('the dial pad', '.side');
    await page.getByRole('tab', { name: 'Calls' }).click();
    await page.locator('.side .call').first().waitFor();
    await expectGood('the last calls', '.side');
    await page.keyboard.press('?');
    await page.locator('.key-map').waitFor();
    await expectGood('the map of keys', '.key-map');
    await escape();
    for (const [what, opener, part] of [
      ['my menu', '.who', '[role="menu"]'],
      ['the alarms', '.alarm-chip', '[role="dialog"]'],
      ['the other operators', '.others', '[role="dialog"]'],
      ['my levels', '.operator[data-me] .operator-face', '[role="dialog"]'],
      ['the leveller of a caller', '[data-channel="studio-4"] [data-act="leveller"]', '[role="dialog"]'],
      ['how the next call is answered', '[data-channel="studio-6"] .autoanswer', '[role="menu"]'],
    ] as const) {
      await press(opener);
      await page.locator(part).waitFor();
      await expectGood(what, part);
      await escape();
      await page.locator(part).waitFor({ state: 'detached' });
    }
  });

  it('the presenter, with callers on air and next, and a text to read', async () => {
    await station.desk.emit('channelLock', { 'studio-1': false });
    await goTo('/presenter');
    await screen('presenter').locator('[data-act="drop"]').waitFor();
    await screen('presenter').locator('.presenter-next[data-next]').waitFor();
    expect(await page.title()).toBe('Presenter · Radio Baobab · Openline');
    await expectGood('the presenter', '[data-screen="presenter"]');
  });

  it('texts: the list, a conversation, a new one, the buckets, the menu of one', async () => {
    await goTo('/messages');
    await screen('messages').locator('.text').nth(2).waitFor();
    expect(await page.title()).toBe('Texts · Radio Baobab · Openline');
    await expectGood('texts', '[data-screen="messages"]');
    await press('[data-screen="messages"] [data-act="more"]');
    await page.getByRole('menu').waitFor();
    await expectGood('the menu of a text', '[role="menu"]');
    await escape();
    await press('[data-screen="messages"] [data-act="open"]');
    await screen('messages').locator('.bubble').first().waitFor();
    await expectGood('a conversation', '.screen-aside');
    for (const [path, what] of [
      ['/messages/new', '.new-text'],
      ['/messages/buckets', '.bucket'],
    ] as const) {
      await goTo(path);
      await screen('messages').locator(what).first().waitFor();
      await expectGood(path, '.screen-aside');
    }
  });

  it('questions and calls, with a player and tags open', async () => {
    for (const [name, title] of [
      ['questions', 'Questions'],
      ['calls', 'Calls'],
    ] as const) {
      await goTo(`/${name}`);
      await screen(name).locator('[data-act="listen"]').first().waitFor();
      expect(await page.title()).toBe(`${title} · Radio Baobab · Openline`);
      await press(`[data-screen="${name}"] [data-act="listen"]`);
      await screen(name).getByRole('slider').waitFor();
      await press(`[data-screen="${name}"] [data-act="more"]`);
      await page.getByRole('menuitem', { name: 'Tags' }).click();
      await screen(name).getByLabel('Add a tag', { exact: true }).waitFor();
      await expectGood(name, `[data-screen="${name}"]`);
    }
  });

  it('contacts: the list, a card, a new one, the import', async () => {
    await goTo('/contacts');
    await screen('contacts').locator('.person').nth(3).waitFor();
    await expectGood('contacts', '[data-screen="contacts"]');
    await screen('contacts').locator('.person', { hasText: 'Isatou Jobe' }).click();
    await screen('contacts').locator('[data-field="notes"]').waitFor();
    await expectGood('a card', '.screen-aside');
    for (const path of ['/contacts/new', '/contacts/import']) {
      await goTo(path);
      await screen('contacts').locator('.screen-aside input').first().waitFor({ state: 'attached' });
      await expectGood(path, '.screen-aside');
    }
  });

  it('the first steps of a station', async () => {
    for (const step of ['line', 'phone', 'call']) {
      await goTo(`/start/${step}`);
      await screen('start').locator('a[aria-current="step"]').waitFor();
      await screen('start').locator(`[data-step="${step}"] h2`).waitFor();
      await expectGood(step, '[data-screen="start"]');
    }
  });

  it('each part of the settings', async () => {
    for (const section of settingsSections) {
      await goTo(`/settings/${section}`);
      await page
        .locator(`[data-section="${section}"] :is(input, select, button, li, dd, td)`)
        .first()
        .waitFor();
      await expectGood(section, '[data-screen="settings"]');
    }
    expect(opened.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });

  it('what happens is said politely, and nothing while nothing happens', async () => {
    await goTo('/');
    await page.locator('.clock').waitFor();
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const live = '[role="status"], [role="alert"], [aria-live="polite"], output';
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const region = (target instanceof Element ? target : target.parentElement)?.closest(live);
          if (region) said.push(region.textContent);
        }
      }).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
    const said = (): Promise<string[]> => page.evaluate(() => (window as unknown as { said: string[] }).said);
    const times = new Set<string | null>();
    await waitFor('the clock', async () => times.add(await page.locator('.clock').textContent()).size > 3);
    expect(await said()).toEqual([]);
    await station.listeners.call(station.uri, { from: '+2203011030' });
    await waitFor('the ringing to be said', async () =>
      (await said()).some((text) => text.includes('Ringing')),
    );
    expect(await page.locator('[aria-live="assertive"]').count()).toBe(0);
  });

  it('nothing moves for those who asked for less motion, a ringing strip neither', async () => {
    await goTo('/');
    await page.locator('.strip[data-mode="ring"]').first().waitFor();
    await waitFor('everything to be at rest', async () =>
      page.evaluate(() => document.getAnimations().every(({ playState }) => playState === 'finished')),
    );
    expect(await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)).toBe(true);
  });

  it('at 200 % nothing is out of reach, and the page is not wider than its window', async () => {
    await page.setViewportSize({ width: 683, height: 384 });
    for (const path of [
      '/',
      '/presenter',
      '/messages',
      '/messages/new',
      '/questions',
      '/calls',
      '/contacts/new',
    ]) {
      await goTo(path);
      await page.locator('[data-screen]:visible :is(button, input):visible').first().waitFor();
      expect(await reachComplaints(page), path).toEqual([]);
    }
    for (const section of settingsSections) {
      await goTo(`/settings/${section}`);
      await page.locator(`[data-section="${section}"]`).waitFor();
      expect(await reachComplaints(page), section).toEqual([]);
    }
  });
});
