/** `openline doctor`: looks at what a station needs of its machine and says what to do about each fault. */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { readConfig } from '@openline/server';
import { isTcpPortFree, isUdpPortFree } from '../free-port.ts';
import { complain } from './with-station.ts';

export interface Finding {
  what: string;
  isWell: boolean;
  advice: string;
}

/** Room for about a day of program and calls. */
const LEAST_FREE_BYTES = 5 * 1024 ** 3;
const TIMER_TESTS = 50;
const LATE_MS = 5;

export async function runDoctor(): Promise<number> {
  const read = readConfig(process.env);
  if (!read.ok) return complain(read.problems);
  const { dataFolder, httpHost, httpPort } = read.config;
  const sipPort = Number(process.env['OPENLINE_SIP_PORT'] || 5060);
  const sipHost = process.env['OPENLINE_SIP_HOST'] || '0.0.0.0';
  const findings: Finding[] = [
    folder(dataFolder),
    disk(dataFolder),
    clock(),
    await lateness(),
    {
      what: `page on TCP port ${httpPort}`,
      isWell: httpPort === 0 || (await isTcpPortFree(httpPort, httpHost)),
      advice: 'in use, by this station if it runs; otherwise set OPENLINE_HTTP_PORT to another one',
    },
    {
      what: `SIP on UDP and TCP port ${sipPort}`,
      isWell:
        sipPort === 0 || ((await isUdpPortFree(sipPort, sipHost)) && (await isTcpPortFree(sipPort, sipHost))),
      advice: 'in use, by this station if it runs; otherwise set OPENLINE_SIP_PORT to another one',
    },
  ];
  for (const { what, isWell, advice } of findings) {
    console.log(isWell ? `well    ${what}` : `look    ${what}: ${advice}`);
  }
  return findings.every((finding) => finding.isWell) ? 0 : 1;
}

function folder(path: string): Finding {
  const advice = 'cannot be written; give it to the user that runs Openline, or set OPENLINE_DATA';
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return { what: `data folder ${path}`, isWell: true, advice };
  } catch {
    return { what: `data folder ${path}`, isWell: false, advice };
  }
}

function disk(path: string): Finding {
  const advice = 'recordings will fill it; make room or set OPENLINE_DATA to a larger disk';
  try {
    const { bavail, bsize } = statfsSync(path);
    const freeGb = (bavail * bsize) / 1024 ** 3;
    return { what: `disk, ${freeGb.toFixed(1)} GB free`, isWell: bavail * bsize >= LEAST_FREE_BYTES, advice };
  } catch {
    return { what: 'disk', isWell: false, advice: 'the data folder cannot be looked at' };
  }
}

function clock(): Finding {
  const isPlausible = new Date().getUTCFullYear() >= 2026;
  return {
    what: 'clock',
    isWell: isPlausible,
    advice: 'the date is wrong; switch on time synchronisation (NTP)',
  };
}

/** Audio is sent every 20 ms: a machine whose timers come late is too busy or saves too much power. */
async function lateness(): Promise<Finding> {
  let worstMs = 0;
  for (let test = 0; test < TIMER_TESTS; test += 1) {
    const startedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
    worstMs = Math.max(worstMs, performance.now() - startedAt - 10);
  }
  return {
    what: `timers, ${worstMs.toFixed(1)} ms late at worst`,
    isWell: worstMs < LATE_MS,
    advice: 'the machine is busy; stop other programs, or use the performance governor',
  };
}
