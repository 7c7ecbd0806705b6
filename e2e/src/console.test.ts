// The console in Chromium, as people work it: first set-up, sign-in, a call answered, written down, put on hold and to
// air by mouse and by keys, refusals, roles, and the server dying under it.
import { createPhone, type Phone, type PhoneCall, tone } from '@openline/callers';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, openPage, signInAs, startBrowser } from './harness/browser.ts';
import { openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { expectWithin, type Product, startProduct } from './harness/product.ts';
import { stationPhone } from './harness/station-phone.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const hasBrowser = hasProgram('chromium');
/** Asking who is signed in is answered by 401 while nobody is; browsers write that down by themselves. */
const isAsked = (complaint: string) => complaint.includes('401');

describe.skipIf(!hasBrowser)('the first start', () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await startProduct({});
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('leads from the one-time link to the desk, and says what is wrong on the way', async () => {
    const link = /http:\S+\/setup\?token=\S+/.exec(product.log())?.[0];
    expect(link).toBeDefined();
    const { page, complaints } = await openPage(browser, link ?? '');
    await page.getByLabel('Station name').fill('Radio Baobab');
    await page.getByLabel('Your name').fill('Anna');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('The password is too short').waitFor();
    await page.getByLabel('Password').fill('seven sleepy herons');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Radio Baobab').waitFor();
    await page.getByRole('link', { name: 'Later, open the desk' }).click();
    await page.locator('.strip[data-mode="free"]').nth(5).waitFor();
    expect(await page.locator('.strip').count()).toBe(6);
    expect(complaints.filter((complaint) => !isAsked(complaint))).toEqual([]);

    const again = await openPage(browser, link ?? '');
    await again.page.getByLabel('Station name').fill('Radio Other');
    await again.page.getByLabel('Your name').fill('Eve');
    await again.page.getByLabel('Password').fill('long enough, but late');
    await again.page.getByRole('button', { name: 'Go on' }).click();
    await again.page.getByText('has been used already').waitFor();
  });
});

describe.skipIf(!hasBrowser)('the desk', () => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;
  let producerPage: ConsolePage;
  let screenerPage: ConsolePage;
  let anna: Phone;

  const strip = (opened: ConsolePage, channel = 'studio-1'): Locator =>
    opened.page.locator(`[data-channel="${channel}"]`);
  const inMode = (opened: ConsolePage, mode: string, channel = 'studio-1'): Promise<void> =>
    opened.page.locator(`[data-channel="${channel}"][data-mode="${mode}"]`).waitFor();
  const act = (opened: ConsolePage, name: string): Locator => strip(opened).locator(`[data-act="${name}"]`);

  async function ring(from: string): Promise<PhoneCall> {
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, { from, source: tone(900) });
    await inMode(producerPage, 'ring');
    return call;
  }

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    listeners = await createPhone();
    anna = await stationPhone(product, 'anna', tone(700));
    producerPage = await signInAs(browser, product, 'Anna');
    screenerPage = await signInAs(browser, product, 'Ben');
  });

  afterAll(async () => {
    await browser?.close();
    await listeners?.close();
    await anna?.close();
    await product?.stop();
  });

  it('lets nobody in with a wrong password, and keeps the name that was typed', async () => {
    const opened = await openPage(browser, product.url);
    const { page } = opened;
    await page.getByLabel('Name').fill('Anna');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name or password is not right.').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Anna');
    await opened.close();
  });

  it('takes a call from ring to hold to air and out, by mouse and by keys, and shows it at every console', async () => {
    const { page } = producerPage;
    const call = await ring('+2203004711');
    await inMode(screenerPage, 'ring');
    expect(await strip(producerPage).locator('.strip-word').textContent()).toBe('Ringing');
    await strip(producerPage).getByText('+2203004711').waitFor();

    await act(producerPage, 'hold').click();
    await inMode(producerPage, 'on_hold');
    await inMode(screenerPage, 'on_hold');
    expect(call.state).toBe('answered');

    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.keyboard.press('a');
    await inMode(producerPage, 'master');
    await page.keyboard.press('m');
    await strip(screenerPage).locator('button[aria-pressed="true"]', { hasText: 'Mute' }).waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('h');
    await inMode(producerPage, 'on_hold');
    await page.keyboard.press('d');
    await inMode(screenerPage, 'free');
    await waitFor('the caller to be hung up', () => call.state === 'ended');
  });

  /** Milliseconds until the page shows that hold was pressed. */
  async function pressHold(): Promise<number> {
    await ring('+2203004712');
    const feedbackMs = await act(producerPage, 'hold').evaluate(
      (button) =>
        new Promise<number>((resolve) => {
          const whole = button.closest('.strip');
          if (!(button instanceof HTMLElement) || !whole) return resolve(Number.POSITIVE_INFINITY);
          const pressedAt = performance.now();
          const seen = () => resolve(performance.now() - pressedAt);
          new MutationObserver(seen).observe(whole, { attributes: true, subtree: true, childList: true });
          return button.click();
        }),
    );
    await inMode(producerPage, 'on_hold');
    return feedbackMs;
  }

  it('shows within 100 ms that a button was pressed', async () => {
    const tookMs = [await pressHold()];
    // The best of a few: a shared machine may hold one of them up, a slow page holds up all.
    while (tookMs.length < 5 && !tookMs.some((ms) => ms < 100)) {
      await act(producerPage, 'drop').click();
      await inMode(producerPage, 'free');
      tookMs.push(await pressHold());
    }
    expect(Math.min(...tookMs)).toBeLessThan(100);
  });

  it('carries what a screener types about a caller to the producer, and keeps it after the call', async () => {
    await strip(screenerPage).locator('[data-field="name"]').fill('Fatou Jallow');
    await strip(screenerPage).locator('[data-field="notes"]').fill('School fees');
    const seen = (field: string) => strip(producerPage).locator(`[data-field="${field}"]`).inputValue();
    await waitFor('the name at the producer', async () => (await seen('name')) === 'Fatou Jallow');
    await waitFor('the notes at the producer', async () => (await seen('notes')) === 'School fees');
    await act(producerPage, 'drop').click();
    await inMode(producerPage, 'free');
    expect(await seen('name')).toBe('Fatou Jallow');
  });

  it('offers a screener no way to the air, and a viewer nothing at all', async () => {
    const viewerPage = await signInAs(browser, product, 'Vera');
    await ring('+2203004713');
    await inMode(screenerPage, 'ring');
    await inMode(viewerPage, 'ring');
    expect(await act(producerPage, 'air').count()).toBe(1);
    expect(await act(screenerPage, 'air').count()).toBe(0);
    expect(await act(screenerPage, 'hold').count()).toBe(1);
    expect(await strip(viewerPage).locator('[data-act]').count()).toBe(0);
    expect(await viewerPage.page.locator('.on-air').isDisabled()).toBe(true);
    await viewerPage.close();
    await act(producerPage, 'reject').click();
    await inMode(producerPage, 'free');
  });

  it('takes a caller aside to the headset, and both to air in one step', async () => {
    await ring('+2203004714');
    await act(producerPage, 'screen').click();
    await inMode(producerPage, 'anna');
    await strip(screenerPage).getByText('Anna').waitFor();
    await act(producerPage, 'airBoth').click();
    await inMode(producerPage, 'master');
    await producerPage.page.locator('[data-user="anna"][data-tone="air-off"]').waitFor();
    expect(await act(producerPage, 'screen').count()).toBe(0);
    await producerPage.page.locator('[data-user="anna"] [data-act="offAir"]').click();
    await producerPage.page.locator('[data-user="anna"][data-tone="quiet"]').waitFor();
    await act(producerPage, 'drop').click();
    await inMode(producerPage, 'free');
  });

  it('goes on air by press and hold only', async () => {
    const onAir = producerPage.page.locator('.on-air');
    await onAir.click();
    expect(await onAir.getAttribute('aria-pressed')).toBe('false');
    await onAir.hover();
    await producerPage.page.mouse.down();
    await producerPage.page.locator('.on-air[aria-pressed="true"]').waitFor();
    await producerPage.page.mouse.up();
    await screenerPage.page.locator('.on-air[aria-pressed="true"]').waitFor();
  });

  it('moves a fader by keys, wheel and finger, and shows it at the other console', async () => {
    const fader = (opened: ConsolePage) => strip(opened).getByRole('slider');
    const level = async (opened: ConsolePage) => Number(await fader(opened).getAttribute('aria-valuenow'));
    await fader(producerPage).focus();
    await producerPage.page.keyboard.press('ArrowUp');
    await waitFor('the key', async () => (await level(producerPage)) === 76);
    await fader(producerPage).hover();
    await producerPage.page.mouse.wheel(0, 100);
    await waitFor('the wheel', async () => (await level(producerPage)) === 75);

    const box = await fader(producerPage).boundingBox();
    if (!box) throw new Error('the fader is not on the page');
    await producerPage.page.mouse.move(box.x + box.width / 2, box.y + 20);
    await producerPage.page.mouse.down();
    expect(await level(producerPage)).toBe(75);
    await producerPage.page.mouse.move(box.x + box.width / 2, box.y + 80, { steps: 8 });
    await producerPage.page.mouse.up();
    await waitFor('the finger', async () => (await level(producerPage)) < 70);
    expect(await fader(producerPage).getAttribute('aria-valuetext')).toContain('below unity');
    await waitFor(
      'the fader at the screener',
      async () => (await level(screenerPage)) === (await level(producerPage)),
    );
    await fader(producerPage).dblclick();
    await waitFor('unity at the screener', async () => (await level(screenerPage)) === 75);
  });

  it('sets the leveller of one channel at its strip, where every console sees that it is otherwise', async () => {
    await act(producerPage, 'leveller').click();
    const panel = producerPage.page.locator('[data-leveller="studio-1"]');
    await panel.locator('[data-field="on"] input').click();
    await strip(screenerPage).locator('.leveller[data-differs]').waitFor();
    await panel.locator('[data-field="target_db"] input:disabled').waitFor();
    await panel.locator('[data-act="leveller-as-set"]').click();
    await strip(screenerPage).locator('.leveller:not([data-differs])').waitFor();
    await panel.locator('[data-field="on"] input:checked').waitFor();
    await producerPage.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await act(producerPage, 'leveller').getAttribute('data-differs')).toBeNull();
  });

  it('builds the broadcast delay, dumps by press and hold only, and goes back to none', async () => {
    const { page } = producerPage;
    const state = (of: string) => `.delay-control[data-state="${of}"]`;
    const set = async (name: string) => {
      await page.locator('[data-act="delay"]').click();
      await page.getByRole('menuitemradio', { name, exact: true }).click();
    };
    const witness = await openConsole(product, 'Ben');
    const dumps = () =>
      witness.frames
        .filter(({ event }) => event === 'calls:update')
        .flatMap(({ data }) => Object.values(data as Record<string, { type?: string } | null>))
        .filter((call) => call?.type === 'dump');
    await page.locator('[data-act="delay"]').click();
    const longest = await page.getByRole('menuitemradio').last().boundingBox();
    expect((longest?.y ?? Infinity) + (longest?.height ?? 0)).toBeLessThan(page.viewportSize()?.height ?? 0);
    await page.keyboard.press('Escape');
    await set('3s');
    await screenerPage.page.locator(state('building')).waitFor();
    const dump = page.locator('[data-act="dump"]:enabled').first();
    await dump.click();
    await set('5s');
    await witness.until('the delay of 5 s', () => witness.state().mixer?.master?.delay === 5);
    expect(dumps()).toEqual([]);
    await dump.hover();
    await page.mouse.down();
    await witness.until('the dump', () => dumps().length > 0);
    await page.mouse.up();
    witness.close();
    await set('No delay');
    await screenerPage.page.locator(state('bypass')).waitFor();
  });

  it('shows why a call could not be made, where it was asked for', async () => {
    const { page } = producerPage;
    await page.getByRole('tab', { name: 'Dial' }).click();
    await page.getByLabel('Number to call').fill('not a number');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    const reason = page.locator('.dial [role="status"]');
    await reason.waitFor();
    expect(await reason.textContent()).toContain('"not a number" is not a telephone number');
  });

  it('records a call, lists it with its story, and plays the recording', async () => {
    const { page } = producerPage;
    await ring('+2203004716');
    await act(producerPage, 'hold').click();
    await inMode(producerPage, 'on_hold');
    await strip(producerPage).getByRole('button', { name: 'record this call' }).click();
    await strip(producerPage).locator('button[aria-pressed="true"]', { hasText: 'Rec' }).waitFor();
    await soundFor(1200);
    await act(producerPage, 'drop').click();
    await inMode(producerPage, 'free');

    await page.getByRole('tab', { name: 'Calls' }).click();
    const entry = page.locator('.call', { hasText: '+2203004716' });
    await entry.getByRole('button', { name: 'Play the recording' }).click();
    const playedS = await entry.locator('audio').evaluate(
      (audio) =>
        new Promise<number>((resolve, reject) => {
          if (!(audio instanceof HTMLAudioElement)) return reject(new Error('this is no player'));
          audio.addEventListener('durationchange', () => resolve(audio.duration));
          audio.addEventListener('error', () =>
            reject(new Error(audio.error?.message ?? 'it does not play')),
          );
          return audio.duration > 0 ? resolve(audio.duration) : audio.load();
        }),
    );
    expect(playedS).toBeGreaterThan(1);
    await entry.getByRole('button', { name: 'Call back' }).click();
    expect(await page.getByLabel('Number to call').inputValue()).toBe('+2203004716');
  });

  it('gives every control a name, and targets that a finger can hit', async () => {
    const flaws = await producerPage.page.evaluate(() => {
      const controls = document.querySelectorAll<HTMLElement>(
        'button, input, textarea, select, [role="slider"]',
      );
      return [...controls].flatMap((control) => {
        if (control.offsetParent === null || control.getAttribute('aria-hidden') === 'true') return [];
        const name = control.getAttribute('aria-label') ?? control.textContent;
        const { width, height } = control.getBoundingClientRect();
        const isSmall = control.tagName === 'BUTTON' && (width < 44 || height < 44);
        return name.trim() === '' || isSmall ? [`${control.outerHTML.slice(0, 120)} ${width}x${height}`] : [];
      });
    });
    expect(flaws).toEqual([]);
  });

  it('shows six strips and the master without scrolling at 1366 by 768', async () => {
    const { page } = producerPage;
    const seen = await page.evaluate(() => {
      const strips = [...document.querySelectorAll('.strip')].slice(0, 6);
      const places = [...strips, document.querySelector('.master')].map((one) =>
        one?.getBoundingClientRect(),
      );
      return places.every((place) => place !== undefined && place.bottom <= 768 && place.right <= 1366);
    });
    expect(seen).toBe(true);
    expect(await page.locator('.strip').count()).toBe(8);
  });

  it('says at once that the server is gone, keeps what is being typed, and is back by itself', async () => {
    const { page } = producerPage;
    await ring('+2203004715');
    await act(producerPage, 'hold').click();
    await inMode(producerPage, 'on_hold');
    product.kill('server');
    await page.getByText('No connection to the server').waitFor();
    expect(await act(producerPage, 'drop').isDisabled()).toBe(true);
    await strip(producerPage).locator('[data-field="name"]').fill('Typed in the dark');
    const tookMs = [await untilLive()];
    await inMode(producerPage, 'on_hold');
    const seen = () => strip(screenerPage).locator('[data-field="name"]').inputValue();
    await waitFor('the name at the screener', async () => (await seen()) === 'Typed in the dark');
    await act(producerPage, 'drop').click();
    await inMode(producerPage, 'free');
    // The better of two: a shared machine may hold one of them up.
    if (tookMs.some((ms) => ms >= 3000)) {
      product.kill('server');
      await page.getByText('No connection to the server').waitFor();
      tookMs.push(await untilLive());
    }
    await expectWithin(3000, tookMs);
  });

  /** Milliseconds from the server's return to the page's. */
  async function untilLive(): Promise<number> {
    await waitFor('the server to be back', () => product.health());
    const backAt = performance.now();
    await producerPage.page.locator('.page[data-phase="live"]').waitFor();
    return performance.now() - backAt;
  }

  it('asks nobody but its own server, and its page complains of nothing', () => {
    const host = new URL(product.url).host;
    expect(producerPage.asked.filter((address) => new URL(address).host !== host)).toEqual([]);
    // The server was killed a moment ago; that the connection was refused meanwhile is what the browser writes down.
    const isOfTheKill = (complaint: string) => complaint.includes('ERR_') || complaint.includes('WebSocket');
    const left = producerPage.complaints.filter(
      (complaint) => !isAsked(complaint) && !isOfTheKill(complaint),
    );
    expect(left).toEqual([]);
  });

  it('signs out, and the desk is gone', async () => {
    const { page } = screenerPage;
    await page.getByRole('button', { name: 'Your menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.locator('.strip').count()).toBe(0);
  });
});
