/**
 * Real-time priority for one thread, on Linux machines that grant it (root, or CAP_SYS_NICE) and have `chrt`. A nice
 * value would not do: where processes are grouped by session it counts within the group only. Used by
 * call/worker-media-plane.ts for the media thread; without it the clock is as punctual as the machine is idle.
 */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const TASKS = '/proc/self/task';
/** V8's own threads: compiler and garbage collector. */
const HELPER_NAME = 'V8Worker';

/** The kernel's number of the calling thread, null where there is none to be had. */
export function kernelThreadId(): number | null {
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}

/**
 * Round robin at the two lowest real-time priorities: above all ordinary work, below the kernel's own. The thread waits
 * for V8's helpers when garbage is collected, so they come with it, one step below. Resolves to success.
 */
export async function makeRealTime(threadId: number): Promise<boolean> {
  const isGranted = await setPriority(threadId, 2);
  if (isGranted) await Promise.all(helperThreads().map((helper) => setPriority(helper, 1)));
  return isGranted;
}

function helperThreads(): number[] {
  try {
    return readdirSync(TASKS)
      .filter((task) => readFileSync(`${TASKS}/${task}/comm`, 'utf8').startsWith(HELPER_NAME))
      .map(Number);
  } catch {
    // A thread ended while its name was read: the helpers stay as they are.
    return [];
  }
}

async function setPriority(threadId: number, priority: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const options = ['--rr', '--pid', String(priority), String(threadId)];
  execFile('chrt', options, (error) => resolve(error === null));
  return promise;
}
