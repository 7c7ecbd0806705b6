/**
 * The product as a user starts it: launcher, engine and server as processes of their own, on free ports, with a data folder
 * of its own under the system's temporary folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { freePort } from './free-port.ts';
import { waitFor } from './wait-for.ts';
import { endingWithUs } from './with-us.ts';

const root = resolve(import.meta.dirname, '../../..');
/** What a start takes at most on two cores that have nothing else to do. */
const calmStartMs = 2500;

export interface Product {
  readonly httpPort: number;
  readonly sipPort: number;
  /** SIP over TLS, and over WebSocket. */
  readonly sipTlsPort: number;
  readonly sipWsPort: number;
  readonly dataFolder: string;
  readonly url: string;
  /** Process id of 'engine' or 'server' as it runs now. */
  pid(part: 'engine' | 'server'): number;
  /** kill -9; resolves to the id that was killed. */
  kill(part: 'engine' | 'server'): number;
  health(): Promise<Health | null>;
  token(name: string, password: string): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

interface Health {
  status: string;
  version: string;
  http_port: number;
  https_port: number | null;
  sip_port: number;
  sip_tls_port: number;
  sip_ws_port: number;
  engine: unknown;
  database: unknown;
  uptime_s: number;
}

export const people = [
  { id: 'anna', name: 'Anna', role: 'producer', password: 'anna-password-1' },
  { id: 'ben', name: 'Ben', role: 'screener', password: 'ben-password-1' },
  { id: 'vera', name: 'Vera', role: 'viewer', password: 'vera-password-1' },
  { id: 'root', name: 'Root', role: 'administrator', password: 'root-password-1' },
] as const;

/** A station with one line of eight channels, a phone for Anna and for Ben, and a studio desk. */
export function stationSettings(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    station: { name: 'Radio Baobab', country: 'GM', languages: ['en'] },
    users: people,
    lines: [
      {
        id: 'studio',
        type: 'sip',
        label: 'Studio line',
        number: '+2207000001',
        capacity: 8,
        trust: ['127.0.0.1/32'],
      },
    ],
    phones: [
      { user: 'anna', username: 'anna', password: 'anna-sip-secret' },
      { user: 'ben', username: 'ben', password: 'ben-sip-secret' },
    ],
    host: { type: 'phone', username: 'desk', password: 'desk-sip-secret' },
    dial: { allow: ['.*'] },
    // No telephone of a test is taken for gone because the machine held it up.
    audio: { rtp_timeout_ms: 20_000 },
    ...more,
  };
}

export async function startProduct(
  settings: Record<string, unknown> = stationSettings(),
  env: Record<string, string> = {},
): Promise<Product> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'openline-e2e-'));
  const settingsFile = join(dataFolder, 'station.json');
  writeFileSync(settingsFile, JSON.stringify(settings));
  const launcher: ChildProcess = spawn(
    process.execPath,
    [...endingWithUs, join(root, 'packages/openline/src/main.ts'), 'start'],
    {
      cwd: root,
      env: {
        ...process.env,
        OPENLINE_DATA: dataFolder,
        OPENLINE_SETTINGS: settingsFile,
        OPENLINE_HOST: '127.0.0.1',
        // One that nobody gets by chance while the server is away, which some of the tests kill.
        OPENLINE_HTTP_PORT: String(await freePort()),
        OPENLINE_HTTPS_PORT: 'off',
        OPENLINE_SIP_HOST: '127.0.0.1',
        OPENLINE_SIP_PORT: '0',
        OPENLINE_RTP_PORTS: '0-0',
        OPENLINE_LOG: 'info',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let output = '';
  launcher.stdout?.on('data', (chunk) => (output += String(chunk)));
  launcher.stderr?.on('data', (chunk) => (output += String(chunk)));
  let hasEnded = false;
  launcher.on('exit', () => (hasEnded = true));

  const url = await waitFor('the address in what the launcher prints', () => {
    if (hasEnded) throw new Error(`the launcher ended:\n${output}`);
    return /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(output)?.[0];
  }).catch((error: unknown) => {
    launcher.kill('SIGKILL');
    throw new Error(`${String(error)}\n${output}`);
  });
  const health = async (): Promise<Health | null> => {
    try {
      const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) });
      return (await answer.json()) as Health;
    } catch {
      return null;
    }
  };
  const ready = await waitFor('the engine and the server to be up', async () => {
    const now = await health();
    return now !== null && now.status === 'ok' && now.sip_port > 0 && now;
  }).catch((error: unknown) => {
    launcher.kill('SIGKILL');
    throw new Error(`${String(error)}\n${output}`);
  });

  const pid = (part: 'engine' | 'server'): number => {
    const children = readFileSync(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8')
      .trim()
      .split(/\s+/);
    const found = children.find((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(join('packages', part, 'src', 'main.ts'));
      } catch {
        return false;
      }
    });
    return found === undefined ? -1 : Number(found);
  };

  return {
    httpPort: Number(new URL(url).port),
    sipPort: ready.sip_port,
    sipTlsPort: ready.sip_tls_port,
    sipWsPort: ready.sip_ws_port,
    dataFolder,
    url,
    pid,
    kill(part) {
      const id = pid(part);
      if (id > 0) process.kill(id, 'SIGKILL');
      return id;
    },
    health,
    async token(name, password) {
      const answer = await fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password }),
      });
      if (answer.status !== 200)
        throw new Error(`sign-in of ${name}: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { token: string }).token;
    },
    log: () => output,
    async stop() {
      if (!hasEnded) launcher.kill('SIGTERM');
      await waitFor('the launcher to end', () => hasEnded).catch(() => launcher.kill('SIGKILL'));
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** That the best of some times kept the promise, as far as a machine that is busy at this moment can keep any. */
export async function expectWithin(promisedMs: number, tookMs: readonly number[]): Promise<void> {
  const bestMs = Math.min(...tookMs);
  if (bestMs >= promisedMs) expect(bestMs).toBeLessThan(await promisedHereMs(promisedMs));
}

/**
 * What a promise of time is on this machine at this moment: `promisedMs`, or more where it takes longer than `calmStartMs` to
 * start a station beside.
 */
async function promisedHereMs(promisedMs: number): Promise<number> {
  const startedAt = performance.now();
  const product = await startProduct();
  const startMs = performance.now() - startedAt;
  await product.stop();
  return promisedMs * Math.max(1, startMs / calmStartMs);
}
