/**
 * The tasks of a page's main thread, from Chromium's own trace: how long each took by the clock, and how much of that the thread
 * really ran. On a machine that is busy with something else only the latter says something of the page.
 */
import type { startBrowser } from '@openline/e2e/harness/browser.ts';
import type { signInAs } from '@openline/e2e/harness/browser.ts';

type Browser = Awaited<ReturnType<typeof startBrowser>>;
type Page = Awaited<ReturnType<typeof signInAs>>['page'];

export interface MainThreadTasks {
  count: number;
  /** Over 50 ms of processor time. */
  long: number;
  longestMs: number;
  /** Over 50 ms by the clock. */
  longByClock: number;
  longestByClockMs: number;
}

/** Trace Event Format, as far as it is read here. Times are microseconds. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
}

const LONG_US = 50_000;
const MARK = 'openline-bench';
const TASK = 'ThreadControllerImpl::RunTask';

export async function traceTasks(
  browser: Browser,
  page: Page,
): Promise<{ stop(): Promise<MainThreadTasks> }> {
  const devtools = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordAsMuchAsPossible',
      includedCategories: ['toplevel', 'blink.user_timing'],
      excludedCategories: ['*'],
    },
  });
  // Says which of all threads is the page's.
  await page.evaluate((mark) => performance.mark(mark), MARK);
  return {
    async stop() {
      const isComplete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
      await devtools.send('Tracing.end');
      await isComplete;
      await devtools.detach();
      const mark = events.find(({ name }) => name === MARK);
      if (!mark) throw new Error('the page is not in the trace');
      const tasks = events.filter(
        ({ name, ph, pid, tid }) => name === TASK && ph === 'X' && pid === mark.pid && tid === mark.tid,
      );
      // The trace may begin or end within a task, which then has no time.
      const ran = tasks.flatMap(({ tdur }) => tdur ?? []);
      const took = tasks.flatMap(({ dur }) => dur ?? []);
      return {
        count: tasks.length,
        long: ran.filter((us) => us > LONG_US).length,
        longestMs: longestMs(ran),
        longByClock: took.filter((us) => us > LONG_US).length,
        longestByClockMs: longestMs(took),
      };
    },
  };
}

/** NaN when there is none. */
function longestMs(us: readonly number[]): number {
  return us.reduce((longest, one) => Math.max(longest, one), us.length === 0 ? Number.NaN : 0) / 1000;
}
