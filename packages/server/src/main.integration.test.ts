import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStationFiles } from './station-files.ts';
import { RawClient } from './web/testing/raw-client.ts';

const server = fileURLToPath(new URL('main.ts', import.meta.url));
const engine = fileURLToPath(new URL('../../engine/src/main.ts', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 20 };
const root = { id: 'root', name: 'Root', role: 'administrator' as const, password: 'root-password' };

let folder: string;
let env: NodeJS.ProcessEnv;
let processes: ChildProcess[];
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-server-'));
  processes = [];
  env = {
    ...process.env,
    OPENLINE_DATA: join(folder, 'data'),
    OPENLINE_SETTINGS: '',
    OPENLINE_HOST: '127.0.0.1',
    OPENLINE_SIP_HOST: '127.0.0.1',
    OPENLINE_HTTP_PORT: '0',
    OPENLINE_SIP_PORT: '0',
    OPENLINE_RTP_PORTS: '0-0',
    OPENLINE_LOG: 'error',
  };
  await changeUsers(() => [root]);
  [{ address }] = await Promise.all([start(server), start(engine)]);
  await vi.waitUntil(async () => (await health()).status === 'ok', PATIENCE);
});
afterEach(async () => {
  for (const child of processes) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(entry: string): Promise<{ address: string }> {
  const child = fork(entry, [], { env, execArgv: ['--disable-warning=ExperimentalWarning'], silent: true });
  processes.push(child);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { address: string }));
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}`)));
  });
}

/** As the command line does, in the database, beside whatever runs. */
async function changeUsers(edit: (users: readonly object[]) => readonly object[]): Promise<void> {
  const opened = await openStationFiles(env);
  if (!opened.ok) throw new Error(opened.problems.join('\n'));
  const result = await opened.files.settings.change((document) => ({
    ...document,
    users: edit(document.users),
  }));
  opened.files.close();
  if (!result.ok) throw new Error(result.problems.join('\n'));
}

async function health(): Promise<{ status: string }> {
  return (await (await fetch(`${address}/health`)).json()) as { status: string };
}
async function signIn(name: string, password: string): Promise<string | null> {
  const answer = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  return answer.status === 200 ? ((await answer.json()) as { token: string }).token : null;
}

test('a change of the settings is in force at once: at the consoles and in the engine', async () => {
  const token = await signIn('root', 'root-password');
  const console_ = await RawClient.open(`${address.replace('http', 'ws')}/ws?token=${token}`);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const read = await fetch(`${address}/api/settings`, { headers });
  const { settings } = (await read.json()) as { settings: { lines: unknown[] } };
  settings.lines.push({ id: 'second', capacity: 2, trust: ['127.0.0.2/32'] });
  const put = await fetch(`${address}/api/settings`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(settings),
  });
  expect(put.status).toBe(200);
  await console_.frame('channelUpdate', (frame) => JSON.stringify(frame.data).includes('"second-2"'));
  // Up means that the engine knows it: nobody else reports a line.
  await vi.waitFor(async () => {
    const again = await RawClient.open(`${address.replace('http', 'ws')}/ws?token=${token}`);
    again.close();
    expect(again.frames[0]?.data).toMatchObject({
      lines: { second: { status: 'up' } },
      mixer: { channels: { 'second-1': { mode: 'free' } } },
    });
  }, PATIENCE);
  console_.close();
});

test('meters come to who asks for them, while they do', async () => {
  const token = await signIn('root', 'root-password');
  const console_ = await RawClient.open(`${address.replace('http', 'ws')}/ws?token=${token}`);
  console_.emit('subscribe', { meters: true });
  expect((await console_.frame('meters')).data).toMatchObject({
    channels: {},
    host: null,
    program: [-100, -100],
  });
  console_.emit('subscribe', { meters: false });
  await console_.settled();
  console_.close();
});

test('what the command line changes beside the running server is taken over', async () => {
  expect(await signIn('anna', 'anna-password')).toBeNull();
  await changeUsers((users) => [
    ...users,
    { id: 'anna', name: 'Anna', role: 'producer', password: 'anna-password' },
  ]);
  await vi.waitFor(async () => expect(await signIn('anna', 'anna-password')).not.toBeNull(), {
    timeout: 30_000,
    interval: 300,
  });
  expect(await signIn('root', 'root-password')).not.toBeNull();
});

test.each([
  ['server', server],
  ['engine', engine],
])('a %s whose launcher is gone while it starts does not stay behind', async (_, entry) => {
  const ownEnv = { ...env, OPENLINE_DATA: join(folder, 'another') };
  const child = fork(entry, [], {
    env: ownEnv,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    silent: true,
  });
  processes.push(child);
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  expect(await exit).toBe(0);
});
