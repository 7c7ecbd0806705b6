/** What a window is too small for. What is wrong comes back as lines to be read. */
import type { Page } from 'playwright-core';

const CONTROLS = 'button, a[href], input, select, textarea, [role="slider"]';

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
