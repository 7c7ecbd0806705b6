import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 20 };

let folder: string;
let launcher: ChildProcess;
let output: string;
let exitCode: number | null | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-launcher-'));
});
afterEach(async () => {
  const left = children();
  if (exitCode === undefined) launcher.kill('SIGKILL');
  await vi.waitUntil(() => !left.some(isRunning), PATIENCE);
  rmSync(folder, { recursive: true, force: true });
});

function start(settings: unknown = {}, env: Record<string, string> = {}): void {
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  output = '';
  exitCode = undefined;
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      OPENLINE_DATA: join(folder, 'data'),
      OPENLINE_SETTINGS: file,
      OPENLINE_HOST: '127.0.0.1',
      OPENLINE_SIP_HOST: '127.0.0.1',
      OPENLINE_HTTP_PORT: '0',
      OPENLINE_SIP_PORT: '0',
      OPENLINE_RTP_PORTS: '0-0',
      OPENLINE_LOG: 'warn',
      ...env,
    },
  });
  launcher = started;
  started.stdout?.on('data', (chunk) => (output += String(chunk)));
  started.stderr?.on('data', (chunk) => (output += String(chunk)));
  started.on('close', (code) => {
    if (launcher === started) exitCode = code;
  });
}

/** Process ids of the engine and the server. */
function children(): number[] {
  const path = `/proc/${launcher.pid}/task/${launcher.pid}/children`;
  try {
    return readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
function pidOf(part: 'engine' | 'server'): number {
  const isIt = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`packages/${part}/src/main.ts`);
  return children().find(isIt) ?? 0;
}
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Health {
  status: string;
  http_port: number;
  sip_port: number;
  uptime_s: number;
}
const address = (): string => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? 'http://127.0.0.1:9';
/** Resolves once engine and server both work. */
function healthy(): Promise<Health> {
  return vi.waitFor(async () => {
    const health = (await (await fetch(`${address()}/health`)).json()) as Health;
    expect(health.status, output).toBe('ok');
    return health;
  }, PATIENCE);
}
/** Kills it and waits until another runs in its place. */
async function kill(part: 'engine' | 'server'): Promise<void> {
  const pid = pidOf(part);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => {
    expect(pidOf(part)).toBeGreaterThan(0);
    expect(pidOf(part)).not.toBe(pid);
  }, PATIENCE);
}

test('prints the address and a set-up link that works once, and answers there', async () => {
  start();
  const health = await healthy();
  expect(new URL(address()).port).toBe(String(health.http_port));
  const link = /http\S+\/setup\?token=(\S+)/.exec(output);
  const body = JSON.stringify({
    token: link?.[1],
    station: { name: 'Radio' },
    user: { name: 'Musa', password: 'a long password' },
  });
  const setUp = () =>
    fetch(`${address()}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  expect((await setUp()).status).toBe(200);
  expect((await setUp()).status).toBe(409);
});

test('a killed server comes back alone, where it was; a killed engine too', async () => {
  start();
  const before = await healthy();
  const engine = pidOf('engine');
  await kill('server');
  const afterServer = await healthy();
  expect(pidOf('engine')).toBe(engine);
  expect(afterServer).toMatchObject({ http_port: before.http_port, sip_port: before.sip_port });

  const server = pidOf('server');
  await kill('engine');
  const afterEngine = await healthy();
  expect(pidOf('server')).toBe(server);
  expect(afterEngine.sip_port).toBe(before.sip_port);
});

test('SIGTERM ends everything, with exit code 0', async () => {
  start();
  await healthy();
  const running = children();
  expect(running).toHaveLength(2);
  launcher.kill('SIGTERM');
  await vi.waitFor(() => expect(exitCode).toBe(0), PATIENCE);
  expect(running.filter(isRunning)).toEqual([]);
});

test('when the launcher is killed, nothing stays behind', async () => {
  start();
  await healthy();
  const running = children();
  launcher.kill('SIGKILL');
  await vi.waitFor(() => expect(running.filter(isRunning)).toEqual([]), PATIENCE);
});

test('a start right after the launcher was killed waits for what is left behind, and takes the same ports', async () => {
  start();
  const { http_port, sip_port } = await healthy();
  const left = children();
  for (const pid of left) process.kill(pid, 'SIGSTOP');
  launcher.kill('SIGKILL');
  await vi.waitFor(() => expect(launcher.signalCode).toBe('SIGKILL'), PATIENCE);
  start({}, { OPENLINE_HTTP_PORT: String(http_port), OPENLINE_SIP_PORT: String(sip_port) });
  await vi.waitFor(() => expect(output).toContain('waiting for the former engine'), PATIENCE);
  for (const pid of left) process.kill(pid, 'SIGCONT');
  await vi.waitFor(() => expect(left.filter(isRunning)).toEqual([]), PATIENCE);
  expect(await healthy(), output).toMatchObject({ http_port, sip_port });
  expect(exitCode).toBeUndefined();
});

test('wrong settings stop the start with one line each and exit code 1', async () => {
  start({ lines: [{ id: 'a', capacity: 'four' }], colour: 'red' });
  await vi.waitFor(() => expect(exitCode).toBe(1), PATIENCE);
  expect(output.trim().split('\n')).toEqual([
    'lines[0].capacity is "four": allowed is a whole number from 1 to 64',
    expect.stringMatching(/^colour is not a setting: allowed here: station, users/),
  ]);
});

test('a wrong environment stops the start before anything is started', async () => {
  start({}, { OPENLINE_HTTP_PORT: 'http', OPENLINE_SIP_PORT: '70000', OPENLINE_LOG: 'loud' });
  await vi.waitFor(() => expect(exitCode).toBe(1), PATIENCE);
  expect(output.trim().split('\n')).toEqual([
    'OPENLINE_HTTP_PORT is "http": allowed is a port from 0 to 65535, 0 for any free one',
    'OPENLINE_SIP_PORT is "70000": allowed is a port from 0 to 65535, 0 for any free one',
    expect.stringMatching(/^OPENLINE_LOG is "loud": allowed is one of fatal/),
  ]);
});

test.each([
  [{ OPENLINE_HOST: '192.0.2.7' }, 'OPENLINE_HOST is "192.0.2.7", which cannot be used (EADDRNOTAVAIL)'],
  [{ OPENLINE_SIP_HOST: '192.0.2.7' }, 'OPENLINE_SIP_HOST is "192.0.2.7", which is not here (EADDRNOTAVAIL)'],
])('an address that this machine does not have is named: %o', async (env, complaint) => {
  start({}, env);
  await vi.waitFor(() => expect(exitCode).toBe(1), PATIENCE);
  expect(output).toContain(`${complaint}: allowed is an address of this machine`);
});

test('nobody else on the machine can read the database', async () => {
  start();
  await healthy();
  expect(statSync(join(folder, 'data', 'openline.sqlite')).mode & 0o077).toBe(0);
});
