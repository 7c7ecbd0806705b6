import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpRoles, mayAsk, roles } from '@openline/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

let folder: string;
let station: WebStation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-prompts-'));
  for (const name of ['audio', 'console', 'prompts']) mkdirSync(join(folder, name));
  station = await startWebStation({
    users: roles.map((role) => ({ id: role, name: role, role, password: 'a-password' })),
    audioFolder: join(folder, 'audio'),
    consoleFolder: join(folder, 'console'),
    promptsFolder: join(folder, 'prompts'),
  });
});
afterEach(async () => {
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  as?: string;
  type?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

function send(
  method: string,
  path: string,
  { as = 'producer', type, body, headers }: Asked = {},
): Promise<Response> {
  return fetch(station.url + path, {
    method,
    headers: {
      ...(as === '' ? {} : { authorization: `Bearer ${station.signIn.open(as)}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}
const upload = (id: string, body: Asked['body'] = 'RIFF and more', as = 'producer') =>
  send('PUT', `/api/prompts/${id}`, { as, type: 'audio/wav', body });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

test('a prompt is uploaded, listed, listened to in parts, and deleted', async () => {
  const put = await upload('welcome');
  const prompt = { id: 'welcome', audio_url: '/api/prompts/welcome', duration_ms: 1, bytes: 13, changed: 2 };
  expect([put.status, await put.json()]).toEqual([200, { prompt }]);
  expect(await (await send('GET', '/api/prompts')).json()).toEqual({ prompts: [prompt], greetings: {} });
  const part = await send('GET', '/api/prompts/welcome', { headers: { range: 'bytes=5-7' } });
  expect([part.status, await part.text(), part.headers.get('content-type')]).toEqual([
    206,
    'and',
    'audio/wav',
  ]);
  expect((await send('DELETE', '/api/prompts/welcome')).status).toBe(204);
  expect((await send('DELETE', '/api/prompts/welcome')).status).toBe(404);
  expect((await send('GET', '/api/prompts/welcome')).status).toBe(404);
  expect(station.audit.map(({ action, userId }) => [action, userId])).toEqual([
    ['prompt.saved', 'producer'],
    ['prompt.deleted', 'producer'],
  ]);
});

test('it is checked by what is in it', async () => {
  const answer = await upload('welcome', '<html>');
  expect([answer.status, await codeOf(answer)]).toEqual([422, 'bad_prompt']);
  expect(await (await send('GET', '/api/prompts')).json()).toMatchObject({ prompts: [] });
});

test.each(['Welcome', 'a'.repeat(41), '..%2f..%2fopenline', '-x', 'a.wav', 'a%00b'])(
  'an id is a plain word: %s is refused',
  async (id) => {
    expect((await upload(id)).status).toBe(400);
  },
);

test('an upload that is too large, or no sound by its type, is refused', async () => {
  const large = await upload('welcome', new Uint8Array(33 * 1024 * 1024));
  expect([large.status, await codeOf(large)]).toEqual([413, 'too_large']);
  const json = await send('PUT', '/api/prompts/welcome', { type: 'application/json', body: '{}' });
  expect(json.status).toBe(400);
  const elsewhere = await send('POST', '/api/session', { type: 'audio/wav', body: 'RIFF' });
  expect(elsewhere.status).toBeGreaterThanOrEqual(400);
});

test('a bucket is given a greeting that exists, and loses it with the prompt', async () => {
  const greet = (bucket: string, body: unknown, as = 'producer') =>
    send('PUT', `/api/buckets/${bucket}/greeting`, {
      as,
      type: 'application/json',
      body: JSON.stringify(body),
    });
  await upload('welcome');
  expect(await codeOf(await greet('morning', { prompt: 'nothing' }))).toBe('unknown_prompt');
  expect((await greet('evening', { prompt: 'welcome' })).status).toBe(404);
  expect((await greet('morning', { prompt: 7 })).status).toBe(400);
  expect((await greet('morning', { prompt: 'welcome' }, 'screener')).status).toBe(403);
  expect(await (await greet('morning', { prompt: 'welcome' })).json()).toEqual({
    greetings: { morning: 'welcome' },
  });
  await send('DELETE', '/api/prompts/welcome');
  expect(await (await send('GET', '/api/prompts')).json()).toMatchObject({ greetings: {} });
  expect((await greet('morning', { prompt: null })).status).toBe(200);
});

test('every right is asked of every role', async () => {
  await upload('welcome');
  const requests = {
    'prompts:read': () => [
      (as: string) => send('GET', '/api/prompts', { as }),
      (as: string) => send('GET', '/api/prompts/welcome', { as }),
    ],
    'prompts:write': () => [
      (as: string) => upload('welcome', 'RIFF', as),
      (as: string) =>
        send('PUT', '/api/buckets/morning/greeting', {
          as,
          type: 'application/json',
          body: '{"prompt":null}',
        }),
      (as: string) => send('DELETE', '/api/prompts/not-there', { as }),
    ],
  } as const;
  expect(Object.keys(httpRoles)).toEqual([...Object.keys(requests), 'test-call']);
  for (const right of Object.keys(requests) as (keyof typeof requests)[]) {
    for (const ask of requests[right]()) {
      expect((await ask('')).status).toBe(401);
      for (const role of roles) expect((await ask(role)).status !== 403).toBe(mayAsk(role, right));
    }
  }
});

test('another site cannot upload with the browser of somebody who is signed in', async () => {
  const answer = await send('PUT', '/api/prompts/welcome', {
    type: 'audio/wav',
    body: 'RIFF',
    headers: { origin: 'http://elsewhere.example' },
  });
  expect([answer.status, await codeOf(answer)]).toEqual([403, 'wrong_origin']);
});
