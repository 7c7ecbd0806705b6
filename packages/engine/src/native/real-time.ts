/**
 * Real-time priority for one thread, on Linux machines that grant it (root, or CAP_SYS_NICE) and have `chrt`. A nice
 * value would not do: where processes are grouped by session it counts within the group only. Used by
 * call/worker-media-plane.ts for the media thread; without it the clock is as punctual as the machine is idle.
 */
import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/** The kernel's number of the calling thread, null where there is none to be had. */
export function kernelThreadId(): number | null {
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}

/** Round robin at the lowest real-time priority: above all ordinary work, below the kernel's own. Resolves to success. */
export async function makeRealTime(threadId: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  execFile('chrt', ['--rr', '--pid', '1', String(threadId)], (error) => resolve(error === null));
  return promise;
}
