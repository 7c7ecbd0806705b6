// A console whose network is cut, beside another one and a presenter who go on: it says so, and comes back to the same
// desk. And the presenter's own next and drop.
import { createPhone, type Phone } from '@openline/callers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePage, signInAs, signInOn, startBrowser } from './harness/browser.ts';
import { type CuttableNetwork, cuttableNetwork } from './harness/cuttable-network.ts';
import { act, callIn, inMode, queueOf, strip, untilQueue, WAIT } from './harness/desk-on-page.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

describe.skipIf(!hasProgram('chromium'))('a console whose network is cut', () => {
  let product: Product;
  let browser: Browser;
  let listeners: Phone;
  let network: CuttableNetwork;
  let cutOff: ConsolePage;
  let second: ConsolePage;
  let presenter: ConsolePage;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    listeners = await createPhone();
    network = await cuttableNetwork(product);
    cutOff = await signInOn(browser, network.url, 'Anna');
    second = await signInAs(browser, product, 'Root');
    presenter = await signInAs(browser, product, 'Vera');
    await presenter.page.getByRole('navigation').getByRole('link', { name: 'Presenter' }).click();
    for (const [index, id] of ['studio-1', 'studio-2', 'studio-3'].entries()) {
      await callIn(product, listeners, cutOff.page, `+220300490${index}`);
      await act(cutOff.page, id, 'hold').click();
      await inMode(cutOff.page, id, 'on_hold');
      await act(cutOff.page, id, 'ready').click();
    }
    await untilQueue(cutOff.page, ['studio-1', 'studio-2', 'studio-3']);
  });

  afterAll(async () => {
    await browser?.close();
    await network?.close();
    await listeners?.close();
    await product?.stop();
  });

  /** What the three show of the same desk, in one word each. */
  const deskOf = async (page: Page): Promise<string> => {
    const modes = await page
      .locator('[data-channel]')
      .evaluateAll((all) =>
        all.map((one) => `${one.getAttribute('data-mode')}/${one.getAttribute('data-screening')}`),
      );
    return `${modes.join()} ${(await queueOf(page)).join()}`;
  };
  const nextAtPresenter = (id: string): Promise<void> =>
    presenter.page.locator(`.presenter-next[data-next="${id}"]`).waitFor(WAIT);

  it('was the same as the others before', async () => {
    await waitFor('the same desk', async () => (await deskOf(cutOff.page)) === (await deskOf(second.page)));
    await nextAtPresenter('studio-1');
    await presenter.page.locator('.presenter-next', { hasText: '+2203004900' }).waitFor(WAIT);
    expect(await presenter.page.locator('.presenter [data-act]').count()).toBe(0);
  });

  it('says so at once, disables what would lie, and keeps what is typed', async () => {
    const { page } = cutOff;
    network.cut();
    await page.context().setOffline(true);
    await page.getByText('No connection to the server').waitFor(WAIT);
    for (const control of ['.next [data-act="next"]', '[data-act="linesBusy"]', '.on-air', '.queue-grip']) {
      expect(await page.locator(control).first().isDisabled(), control).toBe(true);
    }
    expect(await act(page, 'studio-1', 'air').isDisabled()).toBe(true);
    await strip(page, 'studio-2').locator('[data-field="name"]').fill('Typed in the dark');
  });

  it('comes back to what the others did meanwhile, by itself', async () => {
    await second.page.locator('.next [data-act="next"]').click();
    await inMode(second.page, 'studio-1', 'master');
    await second.page.getByRole('button', { name: '+2203004902: one place up' }).click();
    await untilQueue(second.page, ['studio-3', 'studio-2']);
    await presenter.page.locator('[data-presented="studio-1"]').waitFor(WAIT);
    await nextAtPresenter('studio-3');
    expect(await strip(cutOff.page, 'studio-1').getAttribute('data-mode')).toBe('on_hold');

    network.mend();
    await cutOff.page.context().setOffline(false);
    await cutOff.page.locator('.page[data-phase="live"]').waitFor(WAIT);
    await waitFor('the same desk', async () => (await deskOf(cutOff.page)) === (await deskOf(second.page)));
    const seen = () => strip(second.page, 'studio-2').locator('[data-field="name"]').inputValue();
    await waitFor('what was typed, at the other', async () => (await seen()) === 'Typed in the dark');
    expect(await act(cutOff.page, 'studio-3', 'air').isDisabled()).toBe(false);
  });

  it('notices a network that is silent without a word from the browser, too', async () => {
    const before = network.swallowedTries();
    network.cut();
    await cutOff.page.getByText('No connection to the server').waitFor(WAIT);
    expect(await cutOff.page.locator('.on-air').isDisabled()).toBe(true);
    // It tries to come back, and that try is never answered.
    await waitFor('a try that is swallowed', () => network.swallowedTries() > before);
    network.mend();
    await cutOff.page.locator('.page[data-phase="live"]').waitFor(WAIT);
  });

  it('has a presenter beside it who takes the next and drops by press and hold only', async () => {
    const { page } = second;
    await page.getByRole('navigation').getByRole('link', { name: 'Presenter' }).click();
    const take = page.locator('.presenter-next [data-act="next"]');
    await take.click();
    expect(await page.locator('[data-presented="studio-3"]').count()).toBe(0);
    await take.hover();
    await page.mouse.down();
    await presenter.page.locator('[data-presented="studio-3"]').waitFor(WAIT);
    await page.mouse.up();
    await page.locator('[data-presented="studio-3"] [data-act="drop"]').hover();
    await page.mouse.down();
    await presenter.page.locator('[data-presented="studio-3"]').waitFor({ state: 'detached', ...WAIT });
    await page.mouse.up();
    await inMode(cutOff.page, 'studio-3', 'free');
  });
});
