import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles } from '@openline/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

let folder: string;
let station: WebStation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-test-call-'));
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

const ask = (role: string, body: unknown) =>
  fetch(`${station.url}/api/test-call`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(role === '' ? {} : { authorization: `Bearer ${station.signIn.open(role)}` }),
    },
    body: JSON.stringify(body),
  });

test('a producer has the station call itself, and is told on which channel it rings', async () => {
  const answer = await ask('producer', { line: 'studio' });
  expect([answer.status, await answer.json()]).toEqual([200, { channel_id: 'studio-1' }]);
  expect(station.audit.map(({ action, userId }) => [action, userId])).toEqual([['test_call', 'producer']]);
});

test('who may not dial may not, and what is no line is refused in words', async () => {
  expect((await ask('', { line: 'studio' })).status).toBe(401);
  expect((await ask('screener', { line: 'studio' })).status).toBe(403);
  expect((await ask('producer', { line: 7 })).status).toBe(400);
  const unknown = await ask('producer', { line: 'other' });
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'no_line' } }]);
  expect(station.audit).toEqual([]);
});
