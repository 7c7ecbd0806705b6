/**
 * Chromium with a page of the console in it, through the system's own browser. What the page complained about and whom it
 * asked is kept, because a console that is quiet and stays at home is part of what is promised.
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { buildConsole } from './console-build.ts';
import { people, type Product } from './product.ts';
import { findProgram } from './peer-programs.ts';

export interface ConsolePage {
  readonly page: Page;
  /** Errors and warnings of the page, violations of its content security policy among them. */
  readonly complaints: readonly string[];
  /** Every address the page asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** For the console as it is now. */
export async function startBrowser(more: readonly string[] = []): Promise<Browser> {
  buildConsole();
  const executablePath = findProgram('chromium');
  if (executablePath === null) throw new Error('there is no chromium here');
  return chromium.launch({
    executablePath,
    // Without a language, as where nothing is set, it cannot open files whose names are not plain ASCII.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...more],
  });
}

/** A screen, and whether it is touched. */
export type Device = Pick<
  BrowserContextOptions,
  'viewport' | 'hasTouch' | 'reducedMotion' | 'deviceScaleFactor'
>;

export async function openPage(browser: Browser, url: string, device: Device = {}): Promise<ConsolePage> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: 'en-GB',
    ...device,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  await page.goto(url);
  return { page, complaints, asked, close: () => context.close() };
}

/** Signs in by the form, as a person does, and waits for the desk. */
export function signInAs(
  browser: Browser,
  product: Product,
  name: string,
  device: Device = {},
): Promise<ConsolePage> {
  return signInOn(browser, product.url, name, device);
}

/** The same where the product is reached by another address than its own. */
export async function signInOn(
  browser: Browser,
  url: string,
  name: string,
  device: Device = {},
): Promise<ConsolePage> {
  const person = people.find((each) => each.name === name);
  if (!person) throw new Error(`no such person: ${name}`);
  const opened = await openPage(browser, url, device);
  await opened.page.getByLabel('Name').fill(person.name);
  await opened.page.getByLabel('Password').fill(person.password);
  await opened.page.getByRole('button', { name: 'Sign in' }).click();
  await opened.page.locator('[data-channel="studio-1"]').waitFor();
  return opened;
}
