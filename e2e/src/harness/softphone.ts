/**
 * A softphone in a browser: JsSIP on a page of its own, in Chromium. It registers as one account or another, calls and is
 * rung; its microphone says a tone, and what it hears can be asked for. The page comes from this machine, as that of a station's own softphone would.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { startBrowser } from './browser.ts';
import { PATIENCE_MS, waitFor } from './wait-for.ts';

export interface SoftphoneAccount {
  /** Of the station's WebSocket. */
  url: string;
  username: string;
  password: string;
  toneHz: number;
}

export interface Softphone {
  /** In place of a former registration. Resolves when the station has taken it. */
  register(account: SoftphoneAccount): Promise<void>;
  /** Resolves when it is on its way. */
  call(target: string): Promise<void>;
  /** Resolves when somebody rings. */
  untilRung(): Promise<void>;
  answer(): Promise<void>;
  /** Each is a further offer; they resolve when it was answered. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  restartIce(): Promise<void>;
  /** Resolves to the level of the tone, dB. */
  untilHears(hz: number): Promise<number>;
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

const page = resolve(import.meta.dirname, 'softphone-page.js');

export async function startSoftphone(): Promise<Softphone> {
  const server = await serve(await bundled());
  const { port } = server.address() as AddressInfo;
  const browser = await startBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
  ]);
  const tab = await (await browser.newContext()).newPage();
  const said: string[] = [];
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(error.message));
  await tab.goto(`http://127.0.0.1:${port}/`);
  const untilState = (state: string): Promise<unknown> =>
    tab
      .waitForFunction((wanted) => document.body.dataset['state'] === wanted, state, { timeout: PATIENCE_MS })
      .catch(async (error: unknown) => {
        const now = await tab.evaluate(() => document.body.dataset['state']);
        throw new Error(`${String(error)}: the softphone is ${now}\n${said.join('\n')}`);
      });
  return {
    async register(account) {
      await tell(tab, 'register', { ...account });
      await untilState('registered');
    },
    async call(target) {
      await tell(tab, 'call', { target });
      await untilState('ringing');
    },
    untilRung: async () => void (await untilState('rung')),
    async answer() {
      await tell(tab, 'answer', {});
      await untilState('confirmed');
    },
    async hold() {
      await tell(tab, 'hold', {});
      await untilState('on hold');
    },
    async resume() {
      await tell(tab, 'resume', {});
      await untilState('resumed');
    },
    async restartIce() {
      await tell(tab, 'restartIce', {});
      await untilState('restarted');
    },
    async untilHears(hz) {
      return await waitFor(`the softphone to hear ${hz} Hz\n${said.join('\n')}`, async () => {
        const db = await tell(tab, 'heardDb', { hz });
        return typeof db === 'number' && db > -60 && db;
      });
    },
    async hangUp() {
      await tell(tab, 'hangUp', {});
      await untilState('ended');
    },
    async close() {
      await browser.close();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Asks the page, which knows these words. */
async function tell(tab: Page, name: string, data: object): Promise<unknown> {
  return await tab.evaluate(
    ([act, details]) => {
      const acts = (globalThis as unknown as { softphone: Record<string, (details: object) => unknown> })
        .softphone;
      return acts[act]?.(details);
    },
    [name, data] as const,
  );
}

async function bundled(): Promise<string> {
  const built = (await build({
    configFile: false,
    root: join(page, '..'),
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: page, formats: ['iife'], name: 'softphonePage' } },
  })) as Rollup.RollupOutput[];
  return built[0]?.output[0].code ?? '';
}

async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/softphone.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(
      isScript
        ? script
        : '<!doctype html><title>Softphone</title><body><script src="/softphone.js"></script>',
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
