// The console as something that is installed: what browsers need to know of it, that it opens while the server is away, that a
// new version is taken, and that it works where a browser allows none of this.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsolePage, openPage, signInOn, startBrowser } from './harness/browser.ts';
import { type ConsoleFront, startConsoleFront } from './harness/console-front.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

const DEADLINE_MS = 30_000;
const LOST = 'No connection to the server';
const dist = resolve(import.meta.dirname, '../../packages/console/dist');

describe.skipIf(!hasProgram('chromium'))('the installed console', () => {
  let product: Product;
  let browser: Browser;
  let front: ConsoleFront;
  let opened: ConsolePage;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });
  beforeEach(async () => {
    front = await startConsoleFront(product.httpPort);
  });
  afterEach(async () => {
    await opened?.close();
    await front.cut();
  });

  const worker = (page: Page) =>
    waitFor(
      'the service worker',
      () =>
        page.evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          return registration?.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
        }),
      DEADLINE_MS,
    );
  const caches_ = (page: Page) => page.evaluate(() => caches.keys());
  const lost = (page: Page) => page.getByText(LOST).waitFor();
  const desk = (page: Page) => page.locator('[data-channel="studio-1"]').waitFor();

  it('says of itself what browsers want to know before they install it', async () => {
    opened = await openPage(browser, product.url);
    const devtools = await opened.page.context().newCDPSession(opened.page);
    const manifest = await devtools.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // The browser of a test is a private window, which installs nothing.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
    const { icons, shortcuts } = JSON.parse(manifest.data ?? '') as {
      icons: { src: string; sizes: string; type: string }[];
      shortcuts: { url: string }[];
    };
    for (const { src, sizes, type } of icons) {
      const answer = await fetch(new URL(src, product.url));
      const drawn = type === 'image/png' ? sizeOfPng(await answer.bytes()) : 'any';
      expect([answer.status, answer.headers.get('content-type'), drawn]).toEqual([200, type, sizes]);
    }
    for (const { url } of shortcuts) expect((await fetch(new URL(url, product.url))).status).toBe(200);
  });

  it('opens while the server is away and waits for it, and keeps nothing of the station', async () => {
    opened = await signInOn(browser, front.url, 'Anna');
    const { page } = opened;
    await worker(page);
    await front.cut();
    await page.reload();
    await lost(page);
    await page.goto(`${front.url}/calls`);
    await lost(page);
    await front.mend();
    await page.goto(front.url);
    await desk(page);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map((request) => new URL(request.url).pathname);
    });
    const files = readdirSync(dist, { recursive: true }).map((file) => `/${String(file)}`);
    expect(kept).toContain('/index.html');
    expect(kept.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('finds its way back by itself when the server comes back', async () => {
    opened = await signInOn(browser, front.url, 'Anna');
    const { page } = opened;
    await worker(page);
    await front.cut();
    await page.reload();
    await lost(page);
    await front.mend();
    await desk(page);
    expect(await page.getByText(LOST).count()).toBe(0);
  });

  it('takes the version of a new server as soon as it is connected, and forgets the old one', async () => {
    opened = await signInOn(browser, front.url, 'Anna');
    const { page } = opened;
    await worker(page);
    const before = await caches_(page);
    await front.cut();
    await lost(page);
    const entry = serveNextVersion(front);
    await front.mend();
    await page.locator(`script[src="${entry}"]`).waitFor({ state: 'attached' });
    await desk(page);
    await waitFor(
      'the new files to be kept, and no others',
      async () => {
        const now = await caches_(page);
        return now.length === 1 && now[0] !== before[0];
      },
      DEADLINE_MS,
    );
    await front.cut();
    await page.reload();
    await lost(page);
    expect(await page.locator(`script[src="${entry}"]`).count()).toBe(1);
  });

  it('does not load the new version over a text that is being written, but offers it', async () => {
    opened = await signInOn(browser, front.url, 'Anna');
    const { page } = opened;
    await page.goto(`${front.url}/calls`);
    const search = page.getByRole('searchbox').first();
    await search.fill('Fatou');
    await front.cut();
    await lost(page);
    const entry = serveNextVersion(front);
    await front.mend();
    await page.getByText('There is a new version of this page').waitFor();
    expect(await search.inputValue()).toBe('Fatou');
    await page.getByRole('button', { name: 'Load it' }).click();
    await page.locator(`script[src="${entry}"]`).waitFor({ state: 'attached' });
  });

  it('works as well where the browser allows no service worker, as with plain HTTP in a house', async () => {
    // To a browser this name is a foreign one, so that the page has no secure context.
    const foreign = await startBrowser(['--host-resolver-rules=MAP desk.test 127.0.0.1']);
    try {
      const url = `http://desk.test:${product.httpPort}`;
      const page = await signInOn(foreign, url, 'Anna');
      expect(await page.page.evaluate(() => [isSecureContext, 'serviceWorker' in navigator])).toEqual([
        false,
        false,
      ]);
      const unexpected = page.complaints.filter((complaint) => !complaint.includes('401'));
      // The browser's own remark that a header is without effect on a page without a secure context.
      expect(unexpected.filter((complaint) => !complaint.includes('Cross-Origin-Opener-Policy'))).toEqual([]);
    } finally {
      await foreign.close();
    }
  });

  /** The same console under other names, as a build of changed sources would be. */
  function serveNextVersion(on: ConsoleFront): string {
    const text = (file: string) => readFileSync(join(dist, file), 'utf8');
    const scripts = readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.js'));
    const next = (file: string) => file.replace('.js', '-next.js');
    const renamed = (said: string) =>
      scripts.reduce((now, script) => now.replaceAll(script, next(script)), said);
    for (const script of scripts) {
      const body = renamed(text(`assets/${script}`));
      on.replaced.set(`/assets/${next(script)}`, { type: 'text/javascript', body });
    }
    const page = renamed(text('index.html'));
    for (const path of ['/', '/index.html', '/calls'])
      on.replaced.set(path, { type: 'text/html', body: page });
    const worker_ = text('service-worker.js');
    const version = /version:[`"']([0-9a-f]{16})/.exec(worker_)?.[1] ?? '';
    const body = renamed(worker_).replaceAll(version, 'f'.repeat(16));
    on.replaced.set('/service-worker.js', { type: 'text/javascript', body });
    return /src="(\/assets\/index-[^"]+\.js)"/.exec(page)?.[1] ?? '';
  }
});

function sizeOfPng(bytes: Uint8Array): string {
  // Width and height are the first two fields of IHDR (PNG, 11.2.2).
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return `${view.getUint32(16)}x${view.getUint32(20)}`;
}
