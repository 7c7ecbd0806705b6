/** Where the keyboard gets to on a page, and what a window is too small for. What is wrong comes back as lines to be read. */
import type { Page } from 'playwright-core';

const MOST_TABS = 300;
const CONTROLS = 'button, a[href], input, select, textarea, [role="slider"]';

/** Tab from the beginning until it comes round: whether it gets to every control, and shows where it is. */
export async function tabComplaints(page: Page): Promise<string[]> {
  await page.evaluate((controls) => {
    const isReachable = (one: Element): boolean =>
      one.checkVisibility({ visibilityProperty: true }) &&
      !one.matches(':disabled, [aria-disabled="true"], [aria-hidden="true"]') &&
      (one as HTMLElement).tabIndex >= 0;
    const all = [...document.querySelectorAll(controls)].filter(isReachable);
    // Of a group that is gone through by arrows one is reached by Tab.
    Object.assign(window, {
      missed: new Set(all.filter((one) => !one.matches('[role="radio"], [role="tab"]'))),
    });
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, CONTROLS);
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press('Tab');
    const { at, isShown, name } = await page.evaluate(() => {
      const active = document.activeElement ?? document.body;
      const { missed } = window as unknown as { missed: Set<Element> };
      missed.delete(active);
      const hasOutline = (one: Element | null): boolean =>
        one !== null &&
        getComputedStyle(one).outlineStyle !== 'none' &&
        getComputedStyle(one).outlineWidth !== '0px';
      const mine = active as HTMLElement;
      mine.dataset['tabbed'] ??= String(missed.size) + Math.random();
      return {
        at: active === document.body ? '' : mine.dataset['tabbed'],
        // A row of tabs passes the focus on to one of them.
        isShown:
          active.matches('body, [role="tablist"]') ||
          hasOutline(active) ||
          hasOutline(active.closest('label')),
        name: active.outerHTML.slice(0, 120),
      };
    });
    if (at !== '' && seen.has(at)) break;
    seen.add(at);
    if (!isShown) wrong.push(`the focus is not seen on ${name}`);
  }
  const missed = await page.evaluate(() =>
    [...(window as unknown as { missed: Set<Element> }).missed].map((one) => one.outerHTML.slice(0, 120)),
  );
  return [...wrong, ...missed.map((one) => `Tab does not get to ${one}`)];
}

/** Controls that cannot be brought into view, or that something lies over. */
export function reachComplaints(page: Page): Promise<string[]> {
  return page.evaluate((controls) => {
    const wrong: string[] = [];
    for (const one of document.querySelectorAll(controls)) {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('[aria-hidden="true"], .unseen'))
        continue;
      one.scrollIntoView({ block: 'center', inline: 'center' });
      const { left, top, width, height } = one.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      const hit =
        x < 0 || y < 0 || x > innerWidth || y > innerHeight ? null : document.elementFromPoint(x, y);
      const isHit =
        hit !== null && (one.contains(hit) || hit.contains(one) || hit.closest('label')?.contains(one));
      if (!isHit)
        wrong.push(`${one.outerHTML.slice(0, 120)} is under ${hit?.outerHTML.slice(0, 80) ?? 'nothing'}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) {
      wrong.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
    }
    return wrong;
  }, CONTROLS);
}
