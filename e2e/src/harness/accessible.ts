/** What axe finds on the screen that is open that keeps somebody from using it: only what it calls serious or critical. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary: string }[];
}

export async function seriousFaults(page: Page, screen: string): Promise<string[]> {
  // By the debugger's own door: the page's content security policy lets no other script in.
  await page.evaluate(axe);
  const open = JSON.stringify([[`[data-screen="${screen}"]`]]);
  const found = await page.evaluate(`axe.run({ include: ${open} }, { resultTypes: ["violations"] })`);
  const { violations } = found as { violations: Finding[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
