/**
 * What a station needs of its machine, looked at: may the data folder be written, is there room, is the clock plausible, do
 * timers come in time. Used by `openline doctor` and by the page about the station.
 */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

export interface MachineCheck {
  name: 'folder' | 'disk' | 'clock' | 'timers';
  isWell: boolean;
  /** Free bytes of the disk, lateness of timers in ms; null where there is nothing to measure. */
  figure: number | null;
}

/** Room for about a day of program and calls. */
const LEAST_FREE_BYTES = 5 * 1024 ** 3;
const TIMER_TESTS = 50;
const LATE_MS = 5;

/** Takes about a second: timers are watched. */
export async function checkMachine(dataFolder: string): Promise<MachineCheck[]> {
  // First: it makes the folder, and what is not there has no disk.
  const isWritable = canBeWritten(dataFolder);
  const disk = diskOf(dataFolder);
  const lateMs = await lateness();
  return [
    { name: 'folder', isWell: isWritable, figure: null },
    {
      name: 'disk',
      isWell: disk !== null && disk.freeBytes >= LEAST_FREE_BYTES,
      figure: disk?.freeBytes ?? null,
    },
    { name: 'clock', isWell: new Date().getUTCFullYear() >= 2026, figure: null },
    // Audio is sent every 20 ms: a machine whose timers come late is too busy or saves too much power.
    { name: 'timers', isWell: lateMs < LATE_MS, figure: lateMs },
  ];
}

export function diskOf(folder: string): { freeBytes: number; totalBytes: number } | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}

/** At which others in the network reach this machine; this machine's own name for itself when there is none. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  return outside.length > 0 ? outside.map(({ address }) => address) : ['127.0.0.1'];
}

function canBeWritten(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function lateness(): Promise<number> {
  let worstMs = 0;
  for (let test = 0; test < TIMER_TESTS; test += 1) {
    const startedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
    worstMs = Math.max(worstMs, performance.now() - startedAt - 10);
  }
  return worstMs;
}
