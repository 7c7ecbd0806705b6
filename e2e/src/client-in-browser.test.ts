// The client package in a browser, on a page that is not the console: it connects by token, mirrors the state, and comes
// back after the server has died, as it does in Node.
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type * as ClientPackage from '@openline/client';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './harness/browser.ts';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

declare global {
  // What the page of this test keeps.
  var connectDesk: typeof ClientPackage.connect;
  var desk: ClientPackage.Client;
}

const html =
  '<!doctype html><title>A page of somebody else</title><link rel="icon" href="data:,"><script type="module">' +
  'import { connect } from "/client.js"; globalThis.connectDesk = connect;</script>';

describe.skipIf(!hasProgram('chromium'))('the client package in a browser (chromium)', () => {
  let product: Product;
  let producer: DeskConsole;
  let browser: Browser;
  let pages: Server;
  let page: Page;

  beforeAll(async () => {
    product = await startProduct();
    producer = await openConsole(product, 'Anna');
    const program = await bundledClient();
    pages = createServer((request, response) => {
      const isProgram = request.url === '/client.js';
      response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html');
      response.end(isProgram ? program : html);
    });
    await new Promise<void>((listening) => pages.listen(0, '127.0.0.1', listening));
    browser = await startBrowser();
    page = await browser.newPage();
    const address = pages.address();
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
    await page.waitForFunction(() => 'connectDesk' in globalThis);
    await page.evaluate(
      ({ url, token }) => {
        globalThis.desk = globalThis.connectDesk(url, { token });
      },
      { url: `ws://127.0.0.1:${product.httpPort}/ws`, token: await product.token('Ben', 'ben-password-1') },
    );
    await untilOpen();
  });
  afterAll(async () => {
    await browser?.close();
    producer?.close();
    pages?.close();
    await product?.stop();
  });

  const untilOpen = () =>
    waitFor('it to be open', () => page.evaluate(() => globalThis.desk.connection === 'open'), 20_000);
  const state = () => page.evaluate(() => globalThis.desk.state);

  it('mirrors the state, what others do and what it does itself', async () => {
    expect((await state())?.you).toMatchObject({ user_id: 'ben', role: 'screener' });
    await producer.emit('masterVolume', 40);
    await waitFor('the level', async () => (await state())?.mixer.master.level === 40);
    const outcomes = await page.evaluate(async () => [
      await globalThis.desk.emit('channelVolume', { 'studio-1': 30 }),
      await globalThis.desk.emit('masterVolume', 50),
      await globalThis.desk.emit('buckets:fetch', null),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'forbidden' } },
      { ok: true, answer: { buckets: [{ name: 'Inbox' }] } },
    ]);
    const now = await state();
    expect([now?.mixer.channels['studio-1']?.level, now?.mixer.master.level]).toEqual([30, 40]);
  });

  it('comes back by itself after the server has died, with the state', async () => {
    product.kill('server');
    await waitFor('the loss to be noticed', () => page.evaluate(() => globalThis.desk.connection !== 'open'));
    await untilOpen();
    expect((await state())?.mixer.channels['studio-1']?.level).toBe(30);
  });
});

/** The package as one program, which is what a page needs of it. */
async function bundledClient(): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve('@openline/client'));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['es'] } },
  });
  const [bundle] = [built].flat();
  const [chunk] = bundle && 'output' in bundle ? bundle.output : [];
  if (chunk === undefined) throw new Error('the client package was not built');
  return chunk.code;
}
