/**
 * What a process costs, as Linux tells of it: processor time, of all threads and of the busiest, and resident memory.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes at 100 for everything in /proc. */
const MS_PER_CLOCK_TICK = 10;

export interface CpuTimes {
  atMs: number;
  processMs: number;
  threadMs: Map<string, number>;
}

export interface CpuShare {
  /** Of one core, 0-100 and more for several. */
  processPercent: number;
  busiestThreadPercent: number;
}

/** null where there is no /proc. */
export function readCpuTimes(pid: number): CpuTimes | null {
  try {
    const threadMs = new Map<string, number>();
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      threadMs.set(thread, cpuMs(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
    }
    return { atMs: performance.now(), processMs: cpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8')), threadMs };
  } catch {
    return null;
  }
}

export function cpuShare(from: CpuTimes | null, to: CpuTimes | null): CpuShare | null {
  if (from === null || to === null) return null;
  const elapsedMs = to.atMs - from.atMs;
  const threads = [...to.threadMs].map(([id, ms]) => ms - (from.threadMs.get(id) ?? 0));
  return {
    processPercent: (100 * (to.processMs - from.processMs)) / elapsedMs,
    busiestThreadPercent: (100 * Math.max(...threads)) / elapsedMs,
  };
}

/** null where there is no /proc. */
export function residentMb(pid: number): number | null {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) / 1024;
  } catch {
    return null;
  }
}

/** proc(5): the name is in parentheses and may hold anything; utime and stime are the 12th and 13th field after it. */
function cpuMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_CLOCK_TICK;
}
