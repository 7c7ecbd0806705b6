// What the console may cost and whom it may ask: the size of what is loaded, compressed, and that no screen asks anybody but the
// station's own server. How fast it is, is measured by the benchmark.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInAs, startBrowser } from './harness/browser.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

const dist = resolve(import.meta.dirname, '../../packages/console/dist');
const MOST_BYTES = 250_000;
const SCREENS = ['/', '/presenter', '/messages', '/questions', '/calls', '/contacts', '/settings'];

/** Fonts and pictures are sent as they are. */
function compressedBytes(file: string): number {
  const bytes = readFileSync(join(dist, file));
  return /\.(?:woff2|png)$/.test(file) ? bytes.length : gzipSync(bytes, { level: 9 }).length;
}

function listed(files: readonly string[]): string {
  return files.map((file) => `${file} ${compressedBytes(file)}`).join('\n');
}

describe.skipIf(!hasProgram('chromium'))('the console, loaded', () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
    product = await startProduct();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('is less than 250 kB with everything that the desk needs, fonts and pictures among it', async () => {
    const opened = await signInAs(browser, product, 'Anna');
    const { page, asked } = opened;
    await page.evaluate(() => document.fonts.ready);
    // The form's answer and the desk come by the same load: nothing is asked for twice.
    const paths = new Set(asked.map((url) => new URL(url).pathname.replace(/\/$/, '/index.html')));
    const files = [...paths].map((path) => path.slice(1)).filter((file) => existsSync(join(dist, file)));
    const { length: kinds } = files.filter((file) => /\.(?:js|css|html|woff2)$/.test(file));
    expect(kinds, listed(files)).toBeGreaterThanOrEqual(4);
    const total = files.reduce((sum, file) => sum + compressedBytes(file), 0);
    expect(total, listed(files)).toBeLessThan(MOST_BYTES);
    await opened.close();
  });

  it('is less than 250 kB with every screen', () => {
    const files = globSync('**/*.{js,css,html,svg,webmanifest}', { cwd: dist });
    const total = files.reduce((sum, file) => sum + compressedBytes(file), 0);
    expect(total, listed(files)).toBeLessThan(MOST_BYTES);
  });

  it('comes compressed from the server, and is what was built', async () => {
    const script = globSync('assets/index-*.js', { cwd: dist })[0] ?? '';
    const answer = await fetch(`${product.url}/${script}`, { headers: { 'accept-encoding': 'br' } });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(await answer.text()).toBe(readFileSync(join(dist, script), 'utf8'));
    const stored = brotliDecompressSync(readFileSync(join(dist, `${script}.br`)));
    expect(stored.equals(readFileSync(join(dist, script)))).toBe(true);
  });

  it('asks nobody but the station on any screen, and for nothing that its policy forbids', async () => {
    const opened = await signInAs(browser, product, 'Root');
    const { page, asked, complaints } = opened;
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(`${request.url()} ${request.failure()?.errorText}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.blockedURI} ${event.violatedDirective}`),
      );
    });
    const inRail = await page
      .locator('a[href^="/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    for (const path of new Set([...SCREENS, ...inRail.filter((href) => href !== null)])) {
      await page.goto(product.url + path);
      await waitFor(`the screen ${path}`, () => page.locator('main:visible').count(), 20_000);
      await page.waitForLoadState('networkidle');
    }
    const { host } = new URL(product.url);
    const elsewhere = asked.filter((url) => !/^(?:data|blob):/.test(url) && new URL(url).host !== host);
    expect(elsewhere).toEqual([]);
    expect(asked.length).toBeGreaterThan(SCREENS.length);
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
    expect(failed.filter((failure) => !failure.endsWith('net::ERR_ABORTED'))).toEqual([]);
    await opened.close();
  });
});
