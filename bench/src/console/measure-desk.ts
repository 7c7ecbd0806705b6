/**
 * What the page costs while a show runs, and how fast it is there, as Chromium itself tells over its own protocol (DevTools).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { signInAs, startBrowser } from '@openline/e2e/harness/browser.ts';
import type { Product } from '@openline/e2e/harness/product.ts';
import type { Distribution } from '../distribution.ts';
import { Witness } from '../witness.ts';
import { type MainThreadTasks, traceTasks } from './trace-tasks.ts';

type ConsolePage = Awaited<ReturnType<typeof signInAs>>;
type Page = ConsolePage['page'];
type DevTools = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>;

export interface WorkFigures {
  strips: number;
  /** Of one core, of the page's main thread. */
  scriptPercent: number;
  layoutPercent: number;
  /** Everything that the page's main thread does. */
  taskPercent: number;
  tasks: MainThreadTasks;
  heapMb: number;
  heapGrowthMb: number;
  nodesGrowth: number;
  listenersGrowth: number;
  witnessMs: Distribution;
}

/** The desk with all its strips; a screen that is large enough for them. */
const VIEWPORT = { width: 1920, height: 1080 };
/** The browser compiles what runs often, and the first garbage is taken away. */
const SETTLE_MS = 20_000;

export async function measureWork(product: Product, seconds: number): Promise<WorkFigures> {
  const browser = await startBrowser();
  const opened = await signInAs(browser, product, 'Anna');
  const witness = new Witness();
  try {
    const { page } = opened;
    await page.setViewportSize(VIEWPORT);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await pause(SETTLE_MS);
    const heapBeforeMb = await keptHeapMb(devtools);
    await witness.latenessMs();
    const before = await readMetrics(devtools);
    const startedMs = performance.now();
    const tracing = await traceTasks(browser, page);
    await pause(seconds * 1000);
    const tasks = await tracing.stop();
    const elapsedS = (performance.now() - startedMs) / 1000;
    const after = await readMetrics(devtools);
    const percent = (name: string) => (100 * (after(name) - before(name))) / elapsedS;
    const witnessMs = await witness.latenessMs();
    const heapAfterMb = await keptHeapMb(devtools);
    const kept = await readMetrics(devtools);
    return {
      strips: await page.locator('.strip').count(),
      scriptPercent: percent('ScriptDuration'),
      layoutPercent: percent('LayoutDuration') + percent('RecalcStyleDuration'),
      taskPercent: percent('TaskDuration'),
      tasks,
      heapMb: heapAfterMb,
      heapGrowthMb: heapAfterMb - heapBeforeMb,
      nodesGrowth: kept('Nodes') - before('Nodes'),
      listenersGrowth: kept('JSEventListeners') - before('JSEventListeners'),
      witnessMs,
    };
  } finally {
    await witness.stop();
    await opened.close();
    await browser.close();
  }
}

/** The least of some collections: what comes in meanwhile is counted with one of them, and what is kept with all. */
async function keptHeapMb(devtools: DevTools): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await devtools.send('HeapProfiler.collectGarbage');
    found.push((await readMetrics(devtools))('JSHeapUsedSize') / 1e6);
    await pause(300);
  }
  return Math.min(...found);
}

async function readMetrics(devtools: DevTools): Promise<(name: string) => number> {
  const { metrics: all } = await devtools.send('Performance.getMetrics');
  const byName = new Map(all.map(({ name, value }) => [name, value]));
  return (name) => byName.get(name) ?? Number.NaN;
}

const WINDOW_MS = 2000;

export interface PaintFigures {
  /** One value a load. */
  firstPaintMs: number[];
  deskMs: number[];
  /** What the page's main thread ran until then: what is left of it on a machine that is busy with something else. */
  ranMs: number[];
}

/** Of somebody who is signed in, whose browser has nothing of the page yet. */
export async function measureFirstPaint(product: Product, rounds: number): Promise<PaintFigures> {
  const browser = await startBrowser();
  const signedIn = await signInAs(browser, product, 'Anna');
  const storageState = await signedIn.page.context().storageState();
  await signedIn.close();
  const firstPaintMs: number[] = [];
  const deskMs: number[] = [];
  const ranMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ viewport: VIEWPORT, storageState });
    const page = await context.newPage();
    // A new window of the browser loads parts of its own first.
    await pause(WINDOW_MS);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(noteWhenDeskIsPainted);
    await page.goto(product.url);
    const painted = await page.waitForFunction(() => (globalThis as Painted).openlineDeskMs);
    deskMs.push((await painted.jsonValue()) ?? Number.NaN);
    ranMs.push(1000 * (await readMetrics(devtools))('TaskDuration'));
    firstPaintMs.push(
      await page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      ),
    );
    await context.close();
  }
  await browser.close();
  return { firstPaintMs, deskMs, ranMs };
}

type Painted = typeof globalThis & { openlineDeskMs?: number };

/** Runs in the page: the second frame after the first strip stands there has certainly been drawn. */
function noteWhenDeskIsPainted(): void {
  const look = () => {
    if (!document.querySelector('.strip')) return void requestAnimationFrame(look);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        (globalThis as Painted).openlineDeskMs = performance.now();
      }),
    );
    return undefined;
  };
  look();
}
