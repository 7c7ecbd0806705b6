import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStationFiles } from '@openline/server';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-commands-'));
  env = { ...process.env, OPENLINE_DATA: join(folder, 'data'), OPENLINE_SETTINGS: '' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `openline …`, with that on its standard input. */
function openline(
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

async function canSignIn(id: string, password: string): Promise<boolean> {
  const opened = await openStationFiles(env);
  if (!opened.ok) throw new Error(opened.problems.join('\n'));
  const isRight = await opened.files.settings.isPassword(id, password);
  opened.files.close();
  return isRight;
}

test('a user is made, then given another password', async () => {
  expect(await openline(['user', 'add', 'anna', 'Anna', 'producer'], 'first-password\n')).toMatchObject({
    code: 0,
  });
  expect(await canSignIn('anna', 'first-password')).toBe(true);
  expect(await openline(['user', 'add', 'anna', 'Anna', 'producer'], 'other-password\n')).toEqual({
    code: 1,
    out: '',
    err: 'There is a user "anna" already.\n',
  });
  expect(await openline(['user', 'password', 'anna'], 'second-password\n')).toMatchObject({ code: 0 });
  expect(await canSignIn('anna', 'first-password')).toBe(false);
  expect(await canSignIn('anna', 'second-password')).toBe(true);
});

test('what cannot be is refused in one line', async () => {
  const role = await openline(['user', 'add', 'anna', 'Anna', 'king'], 'first-password\n');
  expect(role).toEqual({
    code: 1,
    out: '',
    err: 'users[0].role is "king": allowed is one of viewer, screener, producer, administrator\n',
  });
  expect(await openline(['user', 'password', 'nobody'], 'x\n')).toMatchObject({
    code: 1,
    err: 'There is no user "nobody".\n',
  });
  expect(await openline(['dance'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('openline start'),
  });
});

test('settings go out as one private document and come in at another station', async () => {
  await openline(['user', 'add', 'anna', 'Anna', 'producer'], 'first-password\n');
  const document = join(folder, 'station.json');
  expect(await openline(['settings', 'export', document])).toMatchObject({ code: 0 });
  expect(statSync(document).mode & 0o777).toBe(0o600);
  expect(readFileSync(document, 'utf8')).not.toContain('first-password');
  env = { ...env, OPENLINE_DATA: join(folder, 'other') };
  expect(await openline(['settings', 'import', document])).toMatchObject({ code: 0 });
  expect(await canSignIn('anna', 'first-password')).toBe(true);
  writeFileSync(document, '{"colour":1}');
  expect(await openline(['settings', 'import', document])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^colour is not a setting: allowed here: [^\n]*\n$/),
  });
});

test('a backup is one file, whole, and can be started from', async () => {
  await openline(['user', 'add', 'anna', 'Anna', 'producer'], 'first-password\n');
  const target = join(folder, 'elsewhere', 'openline.sqlite');
  expect(await openline(['backup', target])).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['openline.sqlite']);
  expect(await openline(['backup', target])).toMatchObject({ code: 1 });
  env = { ...env, OPENLINE_DATA: join(folder, 'elsewhere') };
  expect(await canSignIn('anna', 'first-password')).toBe(true);
});

test('a backup with the audio is a folder that can be started from', async () => {
  await openline(['user', 'add', 'anna', 'Anna', 'producer'], 'first-password\n');
  mkdirSync(join(folder, 'data', 'audio'), { recursive: true });
  writeFileSync(join(folder, 'data', 'audio', 'r1.wav'), 'sound');
  const target = join(folder, 'backup');
  expect(await openline(['backup', '--audio', target])).toMatchObject({ code: 0 });
  expect(readFileSync(join(target, 'audio', 'r1.wav'), 'utf8')).toBe('sound');
  env = { ...env, OPENLINE_DATA: target };
  expect(await canSignIn('anna', 'first-password')).toBe(true);
  expect(await openline(['backup', '--audio', target])).toMatchObject({ code: 1 });
});

test('doctor says of each thing whether it is well, and what to do if not', async () => {
  env = { ...env, OPENLINE_HTTP_PORT: '0', OPENLINE_SIP_PORT: '0' };
  const { out } = await openline(['doctor']);
  for (const thing of [
    'data folder',
    'disk',
    'clock',
    'timers',
    'page on TCP port 0',
    'SIP on UDP and TCP port 0',
    'SIP over TLS on TCP port 0',
    'SIP over WebSocket, ws and wss, on TCP port 0',
    'sound on UDP ports',
    'certificate, made by the station at its first start',
  ]) {
    expect(out).toMatch(new RegExp(`^(well|look)    ${thing}`, 'm'));
  }
  expect(existsSync(join(folder, 'data'))).toBe(true);
  expect(out).not.toContain('sound program');
});

test('doctor says that the program of a sound device is missing', async () => {
  const settings = join(folder, 'devices.json');
  const output = { type: 'device', program: 'pw-cat' };
  const host = { type: 'rtp', return: { type: 'device', program: 'pacat' } };
  writeFileSync(settings, JSON.stringify({ outputs: [output], host }));
  const nowhere = join(folder, 'no-programs');
  env = {
    ...env,
    OPENLINE_HTTP_PORT: '0',
    OPENLINE_SIP_PORT: '0',
    OPENLINE_SETTINGS: settings,
    PATH: nowhere,
  };
  const { out } = await openline(['doctor']);
  expect(out).toMatch(/^look {4}sound program pw-cat: is not installed.*pipewire-bin/m);
  expect(out).toMatch(/^look {4}sound program pacat: is not installed/m);
  mkdirSync(nowhere);
  writeFileSync(join(nowhere, 'pw-cat'), '');
  expect((await openline(['doctor'])).out).toMatch(/^well {4}sound program pw-cat/m);
});
