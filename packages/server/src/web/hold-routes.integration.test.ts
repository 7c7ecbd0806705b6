import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles } from '@openline/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

let folder: string;
let station: WebStation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-hold-'));
  for (const name of ['audio', 'console']) mkdirSync(join(folder, name));
  station = await startWebStation({
    users: roles.map((role) => ({ id: role, name: role, role })),
    audioFolder: join(folder, 'audio'),
    consoleFolder: join(folder, 'console'),
  });
});
afterEach(async () => {
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sound = (bytes = 100_000) => `RIFF${'x'.repeat(bytes)}`;
const send = (method: string, path: string, as = 'administrator', body?: string) =>
  fetch(station.url + path, {
    method,
    headers: {
      authorization: `Bearer ${station.signIn.open(as)}`,
      ...(body === undefined ? {} : { 'content-type': 'audio/wav' }),
    },
    ...(body === undefined ? {} : { body }),
  });
const statusOf = async (name: string, body = sound()) =>
  (await send('PUT', `/api/hold/${name}`, 'administrator', body)).status;

test('a sound for hold is uploaded and listed, and lies where the engine looks', async () => {
  expect(await (await send('GET', '/api/hold')).json()).toEqual({ files: [] });
  const answer = await send('PUT', '/api/hold/waiting.wav', 'administrator', sound());
  expect([answer.status, await answer.json()]).toEqual([200, { files: ['waiting.wav'] }]);
  expect(readFileSync(join(folder, 'audio', 'hold', 'waiting.wav'), 'utf8')).toBe(sound());
  expect(station.audit.map(({ action }) => action)).toEqual(['hold.saved']);
});

test('what is no sound, no plain name, too short or there already is refused', async () => {
  expect(await statusOf('waiting.wav', '<html>')).toBe(422);
  expect(await statusOf('waiting.wav', sound(10))).toBe(422);
  expect(await statusOf('waiting.mp3')).toBe(400);
  expect(await statusOf('..%2fwaiting.wav')).toBe(400);
  expect(await statusOf('waiting.wav')).toBe(200);
  expect(await statusOf('waiting.wav')).toBe(422);
});

test('it is for administrators', async () => {
  expect((await send('GET', '/api/hold', 'producer')).status).toBe(403);
  expect((await send('PUT', '/api/hold/waiting.wav', 'producer', sound())).status).toBe(403);
});
