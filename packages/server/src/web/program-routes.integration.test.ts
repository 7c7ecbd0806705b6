import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };

let folder: string;
let station: WebStation;
let engine: Server | null;
/** Listeners that the engine has. */
let listeners: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-program-'));
  for (const name of ['audio', 'console']) mkdirSync(join(folder, name));
  listeners = 0;
  engine = createServer((request, response) => {
    if (request.url === '/output%3Alink.sdp') {
      response.writeHead(200, { 'content-type': 'application/sdp' }).end('v=0');
    } else if (request.url === '/program') {
      listeners++;
      response.on('close', () => listeners--);
      response.writeHead(200, { 'content-type': 'audio/ogg; codecs=opus' }).write('OggS');
    } else response.writeHead(404).end();
  });
  const socket = join(folder, 'program.sock');
  await new Promise<void>((resolve) => engine?.listen(socket, resolve));
  station = await startWebStation({
    users: [{ id: 'anna', name: 'Anna', role: 'viewer' }],
    audioFolder: join(folder, 'audio'),
    consoleFolder: join(folder, 'console'),
    programSocket: socket,
  });
});

afterEach(async () => {
  engine?.closeAllConnections();
  engine?.close();
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

const allow = (access: string) =>
  station.settings.change((document) => ({ ...document, program_stream: { access } }));

/** Leaves again as soon as it is answered. */
async function listen(user?: string, path = '/program', method = 'GET') {
  const leaving = new AbortController();
  const headers = user === undefined ? {} : { authorization: `Bearer ${station.signIn.open(user)}` };
  const answer = await fetch(station.url + path, { method, headers, signal: leaving.signal });
  const first = answer.status === 200 && method === 'GET' ? await answer.body?.getReader().read() : undefined;
  leaving.abort();
  return { answer, status: answer.status, bytes: Buffer.from(first?.value ?? []).toString() };
}

test('the live program is nowhere until the settings say who may listen', async () => {
  expect((await listen('anna')).status).toBe(404);
});

test('it is for who is signed in, when the settings say so', async () => {
  await allow('signed_in');
  expect((await listen()).status).toBe(401);
  const { answer, bytes } = await listen('anna');
  expect(bytes).toBe('OggS');
  expect(answer.headers.get('content-type')).toBe('audio/ogg; codecs=opus');
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('it is for everybody, when the settings say so, and who leaves is gone', async () => {
  await allow('open');
  expect((await listen()).bytes).toBe('OggS');
  await vi.waitFor(() => expect(listeners).toBe(0), PATIENCE);
});

test('who only asks whether it is there gets no sound', async () => {
  await allow('open');
  expect((await listen(undefined, '/program', 'HEAD')).status).toBe(200);
  await vi.waitFor(() => expect(listeners).toBe(0), PATIENCE);
});

test('while the engine is away it says so', async () => {
  await allow('open');
  engine?.closeAllConnections();
  await new Promise((resolve) => engine?.close(resolve));
  engine = null;
  expect((await listen()).status).toBe(503);
});

test('the description of an RTP output is for receivers, who cannot sign in', async () => {
  expect(await listen(undefined, '/program/link.sdp')).toMatchObject({ status: 200, bytes: 'v=0' });
  expect((await listen(undefined, '/program/other.sdp')).status).toBe(404);
  expect((await listen(undefined, '/program/..%2Fprogram')).status).toBe(404);
});

const offer = async (user?: string, body = 'v=0', type = 'application/sdp') =>
  await fetch(`${station.url}/program/whep`, {
    method: 'POST',
    headers: {
      'content-type': type,
      ...(user === undefined ? {} : { authorization: `Bearer ${station.signIn.open(user)}` }),
    },
    body,
  });

test('who listens by WebRTC is answered with the address that ends it, where they may listen', async () => {
  expect((await offer('anna')).status).toBe(404);
  await allow('signed_in');
  expect((await offer()).status).toBe(401);
  const answer = await offer('anna');
  expect(answer.status).toBe(201);
  expect(answer.headers.get('content-type')).toContain('application/sdp');
  expect(await answer.text()).toBe('v=0 answer');
  const end = async () =>
    (await fetch(station.url + answer.headers.get('location'), { method: 'DELETE' })).status;
  expect(await end()).toBe(204);
  expect(await end()).toBe(404);
});

test('what is no offer of a listener is refused, and one too many is asked to come again', async () => {
  await allow('open');
  expect((await offer(undefined, 'hello')).status).toBe(400);
  expect((await offer(undefined, '{}', 'application/json')).status).toBe(400);
  await offer();
  await offer();
  const full = await offer();
  expect([full.status, full.headers.get('retry-after')]).toEqual([503, '10']);
});
