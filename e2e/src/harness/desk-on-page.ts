/** The desk on a page of the console, as the tests look at it and press on it: by its landmarks, not by its looks. */
import { type Phone, type PhoneCall, tone } from '@openline/callers';
import type { Locator, Page } from 'playwright-core';
import type { Product } from './product.ts';
import { PATIENCE_MS, waitFor } from './wait-for.ts';

export const WAIT = { timeout: PATIENCE_MS };

export const strip = (page: Page, id: string): Locator => page.locator(`[data-channel="${id}"]`);

export const act = (page: Page, id: string, name: string): Locator =>
  strip(page, id).locator(`[data-act="${name}"]`);

export const inMode = (page: Page, id: string, mode: string): Promise<void> =>
  page.locator(`[data-channel="${id}"][data-mode="${mode}"]`).waitFor(WAIT);

/** Ids of the queue, in order. */
export const queueOf = (page: Page): Promise<string[]> =>
  page
    .locator('[data-queued]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-queued') ?? ''));

export async function untilQueue(page: Page, ids: readonly string[]): Promise<void> {
  await waitFor(`the queue ${ids.join()}`, async () => (await queueOf(page)).join() === ids.join());
}

/** Rings in, on the next free channel. */
export async function callIn(
  product: Product,
  listeners: Phone,
  page: Page,
  from: string,
): Promise<PhoneCall> {
  const ringing = page.locator('[data-channel][data-mode="ring"]');
  const before = await ringing.count();
  const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
  const call = await listeners.call(uri, { from, source: tone(900) });
  await waitFor('the ring', async () => (await ringing.count()) > before);
  return call;
}
