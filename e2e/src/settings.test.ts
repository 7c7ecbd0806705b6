// The settings in Chromium, with what they change proved outside of the page: a line that SIPp calls, a user who signs in, a role
// that holds at once, a prompt from a file and from the microphone; and two administrators, and what is locked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPhone, tone } from '@openline/callers';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFaults } from './harness/accessible.ts';
import { openPage, startBrowser } from './harness/browser.ts';
import { connectConsole, type DeskConsole } from './harness/desk-console.ts';
import { freePort } from './harness/free-port.ts';
import { axeComplaints, bringAxe } from './harness/page-judge.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { toneFile } from './harness/prompts.ts';
import { callerUntilDropped, runSipp } from './harness/sipp.ts';
import { untilHeard } from './harness/sound.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const hasBrowser = hasProgram('chromium');
const MICROPHONE = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const PASSWORD = 'seven sleepy herons';

/** A station that was set up by hand: Awa is its administrator. */
async function setUp(product: Product): Promise<void> {
  const token = /\/setup\?token=(\S+)/.exec(product.log())?.[1];
  const answer = await fetch(`${product.url}/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token,
      station: { name: 'Radio Baobab' },
      user: { name: 'Awa', password: PASSWORD },
    }),
  });
  expect(answer.status).toBe(200);
}

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.strip').first().waitFor();
}

const list = (page: Page): Locator => page.locator('.settings-list');
const field = (page: Page, path: string): Locator =>
  page.locator(`[data-field="${path}"] :is(input, select, textarea)`);

async function openSection(page: Page, name: string, section: string): Promise<void> {
  if (!page.url().includes('/settings')) await page.getByRole('link', { name: 'Settings' }).click();
  await list(page).getByRole('link', { name, exact: true }).click();
  await page.locator(`[data-section="${section}"]`).waitFor();
}

async function save(page: Page): Promise<void> {
  await page.locator('[data-act="save"]').click();
  await page.getByText('Saved. It is in force.').waitFor();
}

describe.skipIf(!hasBrowser)('the settings', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    product = await startProduct({ dial: { max_calls: 3 } });
    await setUp(product);
    browser = await startBrowser(MICROPHONE);
    ({ page } = await openPage(browser, product.url));
    await signIn(page, 'Awa', PASSWORD);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('rename the station, and every page says so at once', async () => {
    const other = await openPage(browser, product.url);
    await signIn(other.page, 'Awa', PASSWORD);
    await openSection(page, 'Station', 'station');
    await field(page, 'station.name').fill('Radio Kankurang');
    await save(page);
    await other.page.locator('.station', { hasText: 'Radio Kankurang' }).waitFor();
    await page.locator('.station', { hasText: 'Radio Kankurang' }).waitFor();
    expect(other.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
    await other.close();
  });

  it('keep what is not saved while another screen is open, and say a problem at its field', async () => {
    await openSection(page, 'Station', 'station');
    await field(page, 'station.country').fill('Gambia');
    await page.getByRole('link', { name: 'Desk', exact: true }).click();
    await page.locator('.strip').first().waitFor();
    await openSection(page, 'Station', 'station');
    expect(await field(page, 'station.country').inputValue()).toBe('Gambia');
    await page.locator('[data-act="save"]').click();
    await page
      .locator('[data-field="station.country"] .setting-problem', { hasText: 'two capital letters' })
      .waitFor();
    await page.locator('.save-problems', { hasText: 'Country' }).waitFor();
    await page.locator('[data-act="discard"]').click();
    expect(await field(page, 'station.country').inputValue()).toBe('');
  });

  it('show what the settings file decides as locked, and change it not', async () => {
    await openSection(page, 'Dialling rules', 'dialling');
    const locked = page.locator('[data-field="dial.max_calls"]');
    expect(await locked.locator('input').isDisabled()).toBe(true);
    await locked.getByText('set on the server').waitFor();
    expect(await field(page, 'dial.allow').isDisabled()).toBe(false);
  });

  it('say of a number whether it may be dialled, before that is saved', async () => {
    await openSection(page, 'Dialling rules', 'dialling');
    await field(page, 'dial.allow').fill('^\\+220');
    await page.getByLabel('A number to try').fill('+220 300 1234');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.locator('.tried[data-well="true"]').waitFor();
    await page.getByLabel('A number to try').fill('+33142685300');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.locator('.tried[data-well="false"]', { hasText: '+33142685300' }).waitFor();
    expect(await page.locator('[data-act="save"]').count()).toBe(1);
    await page.locator('[data-act="discard"]').click();
  });

  it.skipIf(!hasProgram('sipp'))('add a line, and a gateway that it trusts rings on it at once', async () => {
    await openSection(page, 'Lines', 'lines');
    await page.getByLabel('A GSM gateway or a PBX at a fixed address').check();
    const adding = page.getByRole('form', { name: 'Add a line' });
    await adding.getByLabel('Name', { exact: true }).fill('Mobile');
    expect(await adding.getByLabel('Short name').inputValue()).toBe('mobile');
    await adding.getByRole('button', { name: 'Add' }).click();
    await field(page, 'lines[1].capacity').fill('1');
    await field(page, 'lines[1].trust').fill('127.0.0.1');
    // The line that is there takes every call of this machine: it is told to take none.
    await page.locator('[data-line="studio"] .card-head').click();
    await field(page, 'lines[0].trust').fill('192.0.2.1');
    await save(page);

    const desk = await connectConsole(
      `ws://127.0.0.1:${product.httpPort}/ws?token=${await product.token('Awa', PASSWORD)}`,
    );
    const sipp = runSipp({
      scenario: callerUntilDropped,
      target: `127.0.0.1:${product.sipPort}`,
      localPort: await freePort(),
      mediaPort: await freePort(),
    });
    await desk.until('the new line to ring', () => desk.channel('mobile-1')?.mode === 'ring');
    await page.getByRole('link', { name: 'Desk', exact: true }).click();
    await page.locator('[data-channel="mobile-1"][data-mode="ring"]').waitFor();
    await desk.emit('channelMode', { 'mobile-1': 'on_hold' });
    await desk.until('the call to be answered', () => desk.channel('mobile-1').mode === 'on_hold');
    await desk.emit('channelMode', { 'mobile-1': 'free' });
    expect((await sipp.exit).code).toBe(0);
    desk.close();
  });

  it('add somebody who then signs in, and whose new role holds at once', async () => {
    await openSection(page, 'People and roles', 'people');
    const adding = page.getByRole('form', { name: 'Add somebody' });
    await adding.getByLabel('Name', { exact: true }).fill('Binta Sow');
    await adding.getByRole('button', { name: 'Add' }).click();
    const secret = page.locator('[data-user="binta-sow"] [data-field$=".password"] input');
    const password = await secret.inputValue();
    expect(password.length).toBeGreaterThanOrEqual(12);
    await save(page);

    const binta = await openPage(browser, product.url);
    await signIn(binta.page, 'Binta Sow', password);
    await binta.page.getByRole('link', { name: 'Settings' }).click();
    await binta.page.locator('[data-section="prompts"]').waitFor();
    expect(await list(binta.page).getByRole('link', { name: 'Lines' }).count()).toBe(0);
    await page.locator('[data-user="binta-sow"]').getByLabel('Role').selectOption('administrator');
    await save(page);
    await list(binta.page).getByRole('link', { name: 'Lines', exact: true }).waitFor();

    // Two administrators: the second to save learns what the first has done, and loses nothing.
    await openSection(binta.page, 'Station', 'station');
    await field(binta.page, 'station.country').fill('GM');
    await openSection(page, 'Station', 'station');
    await field(page, 'station.name').fill('Radio Sutura');
    await save(page);
    await binta.page.getByText('Somebody else has changed the settings meanwhile.').waitFor();
    await binta.page.locator('[data-conflict="station"]').waitFor();
    await binta.page.getByRole('button', { name: 'Take theirs' }).click();
    expect(await field(binta.page, 'station.name').inputValue()).toBe('Radio Sutura');
    await field(binta.page, 'station.country').fill('GM');
    await save(binta.page);
    await waitFor(
      'the first to see it',
      async () => (await field(page, 'station.country').inputValue()) === 'GM',
    );

    // Gone is gone: the page of who was removed is at the sign-in.
    await openSection(page, 'People and roles', 'people');
    await page.locator('[data-user="binta-sow"] .card-head').click();
    await page
      .locator('[data-user="binta-sow"]')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await page.getByText('Binta Sow goes when you save.').waitFor();
    await page.getByRole('button', { name: 'Put Binta Sow back' }).click();
    await page
      .locator('[data-user="binta-sow"]')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await save(page);
    await binta.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await binta.close();
  });

  it('take a prompt from a file and from the microphone, and give a deleted one back', async () => {
    await openSection(page, 'Prompts and greetings', 'prompts');
    const file = join(product.dataFolder, 'Bonjour à tous.wav');
    writeFileSync(file, toneFile(700));
    await page.getByLabel('Choose a sound file').setInputFiles(file);
    await page.locator('.made audio').waitFor();
    await page.locator('[data-act="keep"]').click();
    await page.locator('[data-prompt="bonjour-a-tous"]').waitFor();

    await page.getByLabel('Short name').fill('spoken');
    await page.locator('[data-act="record"]').click();
    await page.locator('[data-act="stop"]').waitFor();
    await soundFor(1200);
    await page.locator('[data-act="stop"]').click();
    await page.locator('.made audio').waitFor();
    await page.locator('[data-act="keep"]').click();
    await page.locator('[data-prompt="spoken"]').waitFor();
    const prompts = await promptsOf(product);
    expect(prompts.map(({ id }) => id)).toEqual(['bonjour-a-tous', 'spoken']);
    expect(prompts[1]?.duration_ms).toBeGreaterThan(500);

    await page.getByRole('button', { name: 'Delete bonjour-a-tous' }).click();
    await page.getByText('Prompt bonjour-a-tous deleted').waitFor();
    await page.locator('[data-act="undo"]').click();
    await page.locator('[data-prompt="bonjour-a-tous"]').waitFor();
  });

  it('let callers on hold hear a sound of the station, as soon as it is saved', async () => {
    await openSection(page, 'Hold and sound', 'sound');
    const file = join(product.dataFolder, 'jingle.wav');
    writeFileSync(file, toneFile(700));
    await page.getByLabel('Choose a sound file').setInputFiles(file);
    await page.locator('.made audio').waitFor();
    await page.locator('[data-act="keep"]').click();
    await page.getByText('jingle is kept and chosen').waitFor();
    await save(page);

    const caller = await createPhone({ keepMs: 0 });
    const desk = await connectConsole(
      `ws://127.0.0.1:${product.httpPort}/ws?token=${await product.token('Awa', PASSWORD)}`,
    );
    const call = await caller.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203000001',
      source: tone(900),
    });
    await desk.until('the call to ring', () => ringing(desk) !== undefined);
    const [channel = ''] = ringing(desk) ?? [];
    await desk.emit('channelMode', { [channel]: 'on_hold' });
    await desk.until('the call to be on hold', () => desk.channel(channel).mode === 'on_hold');
    await untilHeard('the caller hears the sound', call.rtp.hearing, 700);
    call.hangUp();
    desk.close();
    await caller.close();
    expect(await field(page, 'audio.hold').inputValue()).toBe('jingle.wav');
  });

  it('send the program to an output of every kind, say what is wrong with one, and how each is', async () => {
    await bringAxe(page);
    await page.reload();
    await page.locator('.station').waitFor();
    await openSection(page, 'Outputs', 'outputs');
    await field(page, 'program_stream.access').selectOption('signed_in');
    await field(page, 'program_stream.max_webrtc_listeners').fill('2');
    const adding = page.getByRole('form', { name: 'Add an output' });
    const outputs = [
      {
        kind: 'An Icecast server',
        name: 'Web',
        part: 'url',
        bad: 'radio',
        good: 'icecast://127.0.0.1:9/air.opus',
      },
      {
        kind: 'A studio link by RTP (AES67)',
        name: 'Link',
        part: 'address',
        bad: 'there',
        good: '127.0.0.1',
      },
      { kind: 'A sound device of the server', name: 'Monitor', part: 'device', bad: '-D', good: 'none-such' },
      {
        kind: 'A call to a transmitter site',
        name: 'Hill',
        part: 'address',
        bad: 'hill',
        good: 'sip:hill@127.0.0.1:9',
      },
    ];
    for (const [index, { kind, name, part, bad }] of outputs.entries()) {
      await adding.getByLabel(kind).check();
      await adding.getByLabel('Name', { exact: true }).fill(name);
      await adding.getByRole('button', { name: 'Add' }).click();
      await field(page, `outputs[${index}].${part}`).fill(bad);
      await page.locator(`[data-output="${name.toLowerCase()}"]`, { hasText: 'not saved yet' }).waitFor();
    }
    await page.locator('[data-act="save"]').click();
    for (const [index, { name, part, good }] of outputs.entries()) {
      const card = page.locator(`[data-output="${name.toLowerCase()}"]`);
      await card.and(page.locator('[data-wrong]')).waitFor();
      await card.locator('.card-head').click();
      await card.locator(`[data-field$=".${part}"] .setting-problem`).waitFor();
      await field(page, `outputs[${index}].${part}`).fill(good);
    }
    await field(page, 'outputs[3].address').waitFor();
    expect(await axeComplaints(page, '[data-screen="settings"]')).toEqual([]);
    await save(page);
    await page.locator('[data-output="web"][data-state="failed"] .output-error').waitFor();
    await page.locator('[data-output="link"][data-state="running"]').waitFor();
    await page.locator('[data-output="monitor"][data-state="failed"] .output-error').waitFor();
    await page.locator('audio[src="/program"]').waitFor();

    const hill = page.locator('[data-output="hill"]');
    // Nobody answers there: it is called for half a minute before that counts as a failure.
    const hillCalls = page.locator('[data-output="hill"]:is([data-state="starting"], [data-state="failed"])');
    await hillCalls.waitFor();
    await hill.getByRole('button', { name: 'Remove Hill' }).click();
    await page.getByText('Hill goes when you save.').waitFor();
    await page.getByRole('button', { name: 'Put Hill back' }).click();
    await hillCalls.waitFor();
    expect(await page.locator('[data-act="save"]').count()).toBe(0);
    await hill.getByRole('button', { name: 'Remove Hill' }).click();
    await save(page);
    await hill.waitFor({ state: 'detached' });
    expect(await page.locator('[data-output]').count()).toBe(3);
  });

  it('let a phone be told to encrypt its sound always', async () => {
    await openSection(page, 'Phones and studio desk', 'phones');
    await page.getByRole('button', { name: 'Give Awa a phone' }).click();
    await field(page, 'phones[0].srtp').selectOption('required');
    await save(page);
    await page.reload();
    expect(await field(page, 'phones[0].srtp').inputValue()).toBe('required');
  });

  it('show what was done, and how the machine is', async () => {
    await openSection(page, 'Who did what', 'log');
    await page.locator('.log', { hasText: 'settings.changed' }).waitFor();
    await openSection(page, 'About', 'about');
    await page.locator('[data-check="folder"][data-well="true"]').waitFor();
    await page.locator('.facts', { hasText: `:${product.sipPort}` }).waitFor();
    expect(await page.locator('[data-check]').count()).toBe(4);
  });

  it('change the own password without being signed out', async () => {
    await openSection(page, 'Your password', 'password');
    await page.getByLabel('Password until now').fill('not it');
    await page.getByLabel('New password').fill('nine green hills');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('That is not your password until now.').waitFor();
    await page.getByLabel('Password until now').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Your password is changed.').waitFor();
    expect(await product.token('Awa', 'nine green hills')).not.toBe('');
    await openSection(page, 'Station', 'station');
    await page.reload();
    await page.locator('[data-section="station"]').waitFor();
  });

  it.each(['dark', 'light'])('keep nobody from using them, in the %s theme', async (theme) => {
    await page.evaluate((name) => localStorage.setItem('openline.theme', name), theme);
    await page.reload();
    for (const section of ['lines', 'phones', 'prompts', 'log']) {
      await page.goto(`${product.url}/settings/${section}`);
      await page.locator(`[data-section="${section}"]`).waitFor();
      await page.locator(`[data-section="${section}"] > :not(h2)`).first().waitFor();
      expect(await seriousFaults(page, 'settings'), `${section}, ${theme}`).toEqual([]);
    }
  });
});

function ringing(desk: DeskConsole): [string, unknown] | undefined {
  const channels = desk.state().mixer.channels as Record<string, { mode: string }>;
  return Object.entries(channels).find(([, { mode }]) => mode === 'ring');
}

interface Prompt {
  id: string;
  duration_ms: number;
}

async function promptsOf(product: Product): Promise<readonly Prompt[]> {
  const token = await product.token('Awa', PASSWORD);
  const answer = await fetch(`${product.url}/api/prompts`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { prompts: Prompt[] }).prompts;
}
