/**
 * The three ways to work the console: with a mouse, with the keyboard alone, with a finger. A hand only does what a
 * person could: the keyboard's reaches a control with Tab, or by the keys of the desk.
 */
import type { Locator, Page } from 'playwright-core';

export interface Hand {
  press(control: Locator): Promise<void>;
  /** Presses and does not let go before `isDone`. */
  hold(control: Locator, isDone: () => Promise<void>): Promise<void>;
  type(field: Locator, text: string): Promise<void>;
  /** What a strip offers, by its button or its key. */
  act(channel: string, act: string): Promise<void>;
}

export function mouse(page: Page): Hand {
  return {
    press: (control) => control.click(),
    async hold(control, isDone) {
      await control.hover();
      await page.mouse.down();
      await isDone();
      await page.mouse.up();
    },
    async type(field, text) {
      await field.click();
      await page.keyboard.type(text);
    },
    act: (channel, act) => buttonOf(page, channel, act).click(),
  };
}

export function finger(page: Page): Hand {
  return {
    press: (control) => control.tap(),
    async hold(control, isDone) {
      await control.scrollIntoViewIfNeeded();
      const box = await control.boundingBox();
      if (!box) throw new Error('nothing to be touched');
      const touch = await page.context().newCDPSession(page);
      const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      await isDone();
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    },
    async type(field, text) {
      await field.tap();
      await page.keyboard.type(text);
    },
    act: (channel, act) => buttonOf(page, channel, act).tap(),
  };
}

/** The keys of the desk, as its map has them. */
const keys: Readonly<Record<string, string>> = { screen: 's', ready: 'q', record: 'r', drop: 'd', hold: 'h' };
const MOST_TABS = 400;

export function keyboard(page: Page): Hand {
  async function reach(control: Locator): Promise<void> {
    await control.waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${String(control)}`);
  }
  return {
    async press(control) {
      await reach(control);
      await page.keyboard.press('Enter');
    },
    async hold(control, isDone) {
      await reach(control);
      await page.keyboard.down('Enter');
      await isDone();
      await page.keyboard.up('Enter');
    },
    async type(field, text) {
      await reach(field);
      await page.keyboard.type(text);
    },
    async act(channel, act) {
      const button = buttonOf(page, channel, act);
      await button.waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press(channel.replace(/^.*-/, ''));
      await page.keyboard.press(keys[act] ?? '?');
    },
  };
}

function buttonOf(page: Page, channel: string, act: string): Locator {
  const strip = page.locator(`[data-channel="${channel}"]`);
  return act === 'record'
    ? strip.getByRole('button', { name: /record this call/ })
    : strip.locator(`[data-act="${act}"]`);
}
