import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

const root = { id: 'root', name: 'Root', role: 'administrator', password: 'root-password' };
const anna = { id: 'anna', name: 'Anna', role: 'producer', password: 'anna-password' };
let folder: string;
let station: WebStation;

async function start(users: readonly object[] = [root, anna]): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'openline-web-'));
  mkdirSync(join(folder, 'audio'));
  mkdirSync(join(folder, 'console'));
  station = await startWebStation({
    users,
    audioFolder: join(folder, 'audio'),
    consoleFolder: join(folder, 'console'),
  });
}
beforeEach(() => start());
afterEach(async () => {
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

const json = { 'content-type': 'application/json' };
function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(station.url + path, {
    method,
    headers: body === undefined ? headers : { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const bearer = (userId: string) => ({ authorization: `Bearer ${station.signIn.open(userId)}` });

test('health is for everybody, metrics for this machine', async () => {
  expect(await (await send('GET', '/health')).json()).toEqual({
    status: 'ok',
    version: 'v1.2.3',
    http_port: 1,
    sip_port: 2,
    https_port: null,
    sip_tls_port: 3,
    sip_ws_port: 4,
    engine: 'up',
    database: 'ok',
    uptime_s: 3,
  });
  expect((await send('GET', '/ready')).status).toBe(200);
  expect(await (await send('GET', '/metrics')).text()).toMatch(/^openline_engine_up 1$/m);
});

test('the protocol can be read without signing in: a page that needs nothing from elsewhere, and a document', async () => {
  const page = await send('GET', '/docs');
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  for (const event of ['messages:removeTags', 'calls:fetch', 'currentBucketUpdate', 'unknown_channel']) {
    expect(html).toContain(`<code>${event}</code>`);
  }
  const links = [...html.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link]) => link);
  expect(links).toEqual(['data:,', '/docs/style.css', '/docs/asyncapi.json']);
  expect(html).toContain('<tr id="client-messages:send">');
  expect(html).not.toMatch(/<script|style=|onclick/);
  expect((await send('GET', '/docs/style.css')).headers.get('content-type')).toContain('text/css');
  const document = await (await send('GET', '/docs/asyncapi.json')).json();
  expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: 'v1.2.3' } });
});

test('the document names the address that it was asked at, and repeats nothing that is no address', async () => {
  const serverFor = async (host: string) => {
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request(`${station.url}/docs/asyncapi.json`, { headers: { host } }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += String(chunk)));
        answer.on('end', () => resolve(body));
      });
      asked.on('error', reject).end();
    });
    return JSON.parse(text).servers.station;
  };
  expect(await serverFor('desk.radio.example:8080')).toMatchObject({
    host: 'desk.radio.example:8080',
    protocol: 'ws',
  });
  expect(await serverFor('[fd00::1]:8080')).toMatchObject({ host: '[fd00::1]:8080' });
  expect(await serverFor('a"b/<script>')).toMatchObject({ host: 'station.example' });
});

test('signing in gives a token and a cookie that scripts cannot read; signing out ends both', async () => {
  const answer = await send('POST', '/api/session', { name: 'anna', password: 'anna-password' });
  expect(answer.status).toBe(200);
  const { token, user } = (await answer.json()) as { token: string; user: unknown };
  expect(user).toEqual({ id: 'anna', name: 'Anna', role: 'producer' });
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^openline_session=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  const withCookie = { cookie: cookie.split(';')[0] ?? '' };
  expect((await send('GET', '/api/me', undefined, withCookie)).status).toBe(200);
  expect((await send('GET', '/api/me', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await send('DELETE', '/api/session', undefined, withCookie)).status).toBe(204);
  expect((await send('GET', '/api/me', undefined, withCookie)).status).toBe(401);
});

test('a wrong password and an unknown name are told apart by nothing', async () => {
  const wrong = await send('POST', '/api/session', { name: 'anna', password: 'wrong-password' });
  const unknown = await send('POST', '/api/session', { name: 'nobody', password: 'wrong-password' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.text()).toBe(await unknown.text());
});

test.each([
  ['no JSON', '{'],
  ['a wrong shape', '{"name":1}'],
  ['more than was asked', '{"name":"a","password":"b","role":"administrator"}'],
])('a body that is %s is refused with 400', async (_name, body) => {
  const answer = await fetch(`${station.url}/api/session`, { method: 'POST', headers: json, body });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    error: { code: 'bad_request', msg: 'The request is not in the form that is expected.' },
  });
});

test("another site's page can change nothing", async () => {
  const body = { name: 'anna', password: 'anna-password' };
  const answer = await send('POST', '/api/session', body, { origin: 'http://evil.example' });
  expect(answer.status).toBe(403);
  expect((await send('POST', '/api/session', body, { origin: station.url })).status).toBe(200);
});

test('who guesses fills neither the audit log nor the desk’s time', async () => {
  for (let guess = 0; guess < 15; guess += 1) {
    await send('POST', '/api/session', { name: 'anna', password: `guess-${guess}` });
  }
  const last = await send('POST', '/api/session', { name: 'anna', password: 'anna-password' });
  expect([last.status, last.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  expect(station.audit).toHaveLength(10);
});

test('settings are for administrators, secrets leave masked, what was wrong comes back as lines', async () => {
  expect((await send('GET', '/api/settings')).status).toBe(401);
  expect((await send('GET', '/api/settings', undefined, bearer('anna'))).status).toBe(403);
  const read = await send('GET', '/api/settings', undefined, bearer('root'));
  const { settings } = (await read.json()) as { settings: { phones: unknown[] } };
  settings.phones = [{ user: 'anna', username: 'anna', password: 'sip-secret' }];
  const put = await send('PUT', '/api/settings', settings, bearer('root'));
  expect(put.status).toBe(200);
  expect(await put.text()).not.toContain('sip-secret');
  expect(station.settings.current.phones[0]?.password).toBe('sip-secret');
  const bad = await send('PUT', '/api/settings', { ...settings, colour: 1 }, bearer('root'));
  expect(bad.status).toBe(422);
  expect(await bad.json()).toMatchObject({
    error: { problems: [expect.stringMatching(/^colour is not a setting/)] },
  });
  expect(station.audit.map((entry) => [entry.userId, entry.action])).toEqual([['root', 'settings.changed']]);
});

test('a producer can read who did what, a screener cannot', async () => {
  await station.settings.change((document) => ({
    ...document,
    users: [...document.users, { ...anna, id: 'ben', role: 'screener', name: 'Ben' }],
  }));
  await send('POST', '/api/session', { name: 'anna', password: 'wrong-password' });
  expect((await send('GET', '/api/audit', undefined, bearer('ben'))).status).toBe(403);
  expect((await send('GET', '/api/audit?limit=none', undefined, bearer('anna'))).status).toBe(400);
  const answer = await send('GET', '/api/audit?limit=1', undefined, bearer('anna'));
  expect(await answer.json()).toMatchObject({
    entries: [{ action: 'session.refused', userId: null, details: { code: 'wrong_password' } }],
  });
});

test('the set-up link makes the administrator and signs them in', async () => {
  await station.stop();
  await start([]);
  const body = {
    token: station.setUpToken,
    station: { name: 'Radio Baobab' },
    user: { name: 'Musa Bah', password: 'a long password' },
  };
  expect((await send('POST', '/api/setup', { ...body, token: 'guess' })).status).toBe(403);
  const answer = await send('POST', '/api/setup', body);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ user: { id: 'musa-bah', role: 'administrator' } });
  expect((await send('POST', '/api/setup', body)).status).toBe(409);
});

test('a recording is for who is signed in, whole or in part', async () => {
  writeFileSync(join(folder, 'audio', 'rec-1.wav'), Buffer.from('0123456789'));
  expect((await send('GET', '/audio/rec-1.wav')).status).toBe(401);
  const whole = await send('GET', '/audio/rec-1.wav', undefined, bearer('anna'));
  expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([
    200,
    'audio/wav',
    '0123456789',
  ]);
  expect((await send('GET', '/audio/rec-1.peaks')).status).toBe(401);
  const outline = await send('GET', '/audio/rec-1.peaks', undefined, bearer('anna'));
  expect(await outline.json()).toEqual({ duration_ms: 1000, peaks: [0, 50, 100] });
  const none = await send('GET', '/audio/rec-2.peaks', undefined, bearer('anna'));
  expect(none.status).toBe(404);
  const part = await send('GET', '/audio/rec-1.wav', undefined, { ...bearer('anna'), range: 'bytes=2-4' });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ]);
  const beyond = await send('GET', '/audio/rec-1.wav', undefined, { ...bearer('anna'), range: 'bytes=10-' });
  expect(beyond.status).toBe(416);
});

test('a request that is too large is called that, and is not read', async () => {
  const answer = await send('POST', '/api/session', { name: 'x'.repeat(2_000_000), password: '' });
  expect(answer.status).toBe(413);
});

test('what this version does not have is not there, rather than a page of the console', async () => {
  expect((await send('GET', '/program')).status).toBe(404);
});

test.each([
  '/audio/..%2fsecret.wav',
  '/audio/%2e%2e%2fsecret.wav',
  '/audio/../secret.wav',
  '/audio/rec.wav%00',
  '/..%2fsecret.wav',
])('nothing outside the audio folder is served for %s', async (path) => {
  writeFileSync(join(folder, 'secret.wav'), 'secret');
  // fetch() would clean the path up before it is sent.
  const answer = await rawGet(path, bearer('anna'));
  expect(answer).not.toContain('secret');
});

test('every path of the console is its page, with a policy without inline; before it is built, a page that waits', async () => {
  const waiting = await send('GET', '/');
  expect([waiting.status, await waiting.text()]).toEqual([503, expect.stringContaining('being built')]);
  writeFileSync(join(folder, 'console', 'index.html'), '<title>Console</title>');
  for (const path of ['/', '/setup?token=x', '/desk']) {
    const answer = await send('GET', path);
    expect([answer.status, await answer.text()]).toEqual([200, '<title>Console</title>']);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  }
  expect((await send('GET', '/assets/none.js')).status).toBe(404);
  expect((await send('GET', '/api/none')).status).toBe(404);
});

test('what the build has compressed is sent so to whom takes it; files with a hash are kept for good, others asked for anew', async () => {
  mkdirSync(join(folder, 'console', 'assets'));
  const script = 'export {};'.repeat(500);
  writeFileSync(join(folder, 'console', 'assets', 'index-a1.js'), script);
  writeFileSync(join(folder, 'console', 'assets', 'index-a1.js.br'), brotliCompressSync(script));
  writeFileSync(join(folder, 'console', 'service-worker.js'), script);
  const asked = async (path: string, encoding: string) => {
    const answer = await send('GET', path, undefined, { 'accept-encoding': encoding });
    expect(await answer.text()).toBe(script);
    return ['content-encoding', 'content-type', 'cache-control', 'vary'].map((name) =>
      answer.headers.get(name),
    );
  };
  const [script_, forGood] = ['application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'];
  expect(await asked('/assets/index-a1.js', 'gzip, br')).toEqual(['br', script_, forGood, 'accept-encoding']);
  expect(await asked('/assets/index-a1.js', 'identity')).toEqual([null, script_, forGood, 'accept-encoding']);
  expect(await asked('/service-worker.js', 'br')).toEqual([null, script_, 'no-cache', 'accept-encoding']);
});

function rawGet(path: string, headers: Record<string, string>): Promise<string> {
  const { port } = new URL(station.url);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}
