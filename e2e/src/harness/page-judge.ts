/**
 * What a page is like for those who hear it, work it by keys, or enlarge it: axe on it in both themes, and rules of our own.
 * Everything is looked at in the page itself; what is wrong comes back as lines to be read.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeNode {
  target: unknown[];
  failureSummary?: string;
}

interface AxeResults {
  violations: { id: string; impact: string | null; nodes: AxeNode[] }[];
}

interface WithAxe {
  axe: { run: (context: unknown, options: unknown) => Promise<AxeResults> };
}

/** Before the page is opened, so that the page's own policy has no say in it. */
export async function bringAxe(page: Page): Promise<void> {
  await page.addInitScript(axeSource);
}

/** Menus are drawn beside the landmarks, where none can hold them. */
const leftOut = { region: { enabled: false } };
/** A matter of taste; everything above it is not. */
const TASTE = 'minor';

/**
 * All rules in the theme that the page is in, and of the other theme what can differ: the contrast. `part` where the rest of
 * the page was looked at already.
 */
export async function axeComplaints(page: Page, part = 'html'): Promise<string[]> {
  const results = await page.evaluate(
    async ({ within, rules }) => {
      const { axe } = window as unknown as WithAxe;
      const root = document.documentElement;
      const theme = root.dataset['theme'] ?? 'dark';
      /** Colours pass over, if only for a moment, and those that follow from others pass over after them. */
      async function settled(): Promise<void> {
        do await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        while (document.getAnimations().some((one) => one instanceof CSSTransition));
      }
      const options = { resultTypes: ['violations'], rules };
      const here = await axe.run(within, options);
      root.dataset['theme'] = theme === 'dark' ? 'light' : 'dark';
      await settled();
      const there = await axe.run(within, { ...options, rules: {}, runOnly: ['color-contrast'] });
      root.dataset['theme'] = theme;
      await settled();
      return [...here.violations, ...there.violations];
    },
    { within: part, rules: leftOut },
  );
  const serious = results.filter(({ impact }) => impact !== TASTE);
  return serious.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => {
      const why = failureSummary.replace(/\s+/g, ' ').slice(0, 200);
      return `${impact ?? ''} ${id}: ${target.join(' ')} (${why})`;
    }),
  );
}

/** Controls without a name or with another's, headings out of order, not one main, parts that lie beyond the page. */
export function ownComplaints(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const GROUP =
      '[role="group"], [role="radiogroup"], [role="dialog"], fieldset, article, nav, li:has(h3), section:has(> h3)';
    const wrong: string[] = [];
    const isSeen = (one: Element): boolean =>
      one.checkVisibility({ visibilityProperty: true }) && one.closest('[aria-hidden="true"]') === null;
    const all = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter(isSeen);

    function nameOf(one: Element): string {
      const by = one.getAttribute('aria-labelledby');
      const said = by
        ? by
            .split(' ')
            .map((id) => document.getElementById(id)?.textContent ?? '')
            .join(' ')
        : one.getAttribute('aria-label');
      if (said) return said.trim();
      const labels = 'labels' in one ? [...((one as HTMLInputElement).labels ?? [])] : [];
      if (labels.length > 0)
        return labels
          .map((label) => label.textContent)
          .join(' ')
          .trim();
      const isField = one.matches('input, select, textarea');
      return ((isField ? '' : one.textContent) || one.getAttribute('title') || '').trim();
    }

    const controls = all(
      'button, a[href], input, select, textarea, [role="slider"], [role="tab"], [role="menuitem"], [role="radio"]',
    );
    const named = new Map<string, Element[]>();
    for (const control of controls) {
      const name = nameOf(control);
      const kind = control.getAttribute('role') ?? control.localName;
      if (name === '') wrong.push(`no name: ${control.outerHTML.slice(0, 160)}`);
      const key = `${kind} "${name}"`;
      named.set(key, [...(named.get(key) ?? []), control]);
    }
    for (const [key, same] of named) {
      const groups = new Set(same.map((one) => one.closest(GROUP)));
      if (same.length > 1 && groups.size < same.length) wrong.push(`${same.length} times ${key}`);
    }

    const mains = all('main');
    if (mains.length !== 1) wrong.push(`${mains.length} times main`);
    const levels = all('h1, h2, h3, h4').map((one) => Number(one.localName.slice(1)));
    if (levels.filter((level) => level === 1).length !== 1)
      wrong.push(`headings ${levels.join(' ')}: not one h1`);
    levels.forEach((level, i) => {
      if (level > (levels[i - 1] ?? 0) + 1) wrong.push(`headings ${levels.join(' ')}: one is left out`);
    });
    if (document.documentElement.scrollWidth > innerWidth) {
      wrong.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
    }
    return wrong;
  });
}
