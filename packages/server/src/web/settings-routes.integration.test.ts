import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles } from '@openline/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWebStation, type WebStation } from './testing/web-station.ts';

let folder: string;
let station: WebStation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-settings-'));
  for (const name of ['audio', 'console']) mkdirSync(join(folder, name));
  station = await startWebStation({
    users: roles.map((role) => ({ id: role, name: role, role, password: 'a-password' })),
    audioFolder: join(folder, 'audio'),
    consoleFolder: join(folder, 'console'),
  });
});
afterEach(async () => {
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface View {
  settings: { station: { name: string }; users: { id: string; role: string; password?: string }[] };
  revision: string;
  users_without_password: string[];
}

interface Asked {
  token?: string;
  body?: unknown;
  revision?: string;
}

const tokenOf = (user: string) => station.signIn.open(user);

function send(method: string, path: string, { token, body, revision }: Asked = {}): Promise<Response> {
  return fetch(station.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token ?? tokenOf('administrator')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const read = async (): Promise<View> => (await (await send('GET', '/api/settings')).json()) as View;
const errorOf = async (answer: Response) =>
  ((await answer.json()) as { error: { code: string; problems?: string[] } }).error;
const named = (view: View, name: string) => ({ ...view.settings, station: { name } });

test('of two administrators who change the same settings, the second learns that they have changed', async () => {
  const view = await read();
  const first = await send('PUT', '/api/settings', {
    body: named(view, 'Radio One'),
    revision: view.revision,
  });
  expect(first.status).toBe(200);
  expect(first.headers.get('etag')).toBe(`"${((await first.json()) as View).revision}"`);
  const second = await send('PUT', '/api/settings', {
    body: named(view, 'Radio Two'),
    revision: view.revision,
  });
  expect([second.status, (await errorOf(second)).code]).toEqual([412, 'settings_changed']);
  const now = await read();
  expect(now.settings.station.name).toBe('Radio One');
  expect(
    (await send('PUT', '/api/settings', { body: named(now, 'Radio Two'), revision: now.revision })).status,
  ).toBe(200);
});

test('a new password is another revision too', async () => {
  const view = await read();
  const users = view.settings.users.map((user) => ({ ...user, password: 'another-password' }));
  await send('PUT', '/api/settings', { body: { ...view.settings, users } });
  expect((await read()).revision).not.toBe(view.revision);
});

test('the last administrator can neither be removed nor made less', async () => {
  const view = await read();
  const others = view.settings.users.filter(({ role }) => role !== 'administrator');
  const removed = await send('PUT', '/api/settings', { body: { ...view.settings, users: others } });
  expect([removed.status, (await errorOf(removed)).problems]).toEqual([
    422,
    ['users have no administrator with a password: allowed is one at least'],
  ]);
  const nobody = { id: 'new', name: 'New', role: 'administrator' };
  const users = [...others, nobody];
  expect((await send('PUT', '/api/settings', { body: { ...view.settings, users } })).status).toBe(422);
});

test('a user without a password is named, and none with one', async () => {
  const view = await read();
  const users = [...view.settings.users, { id: 'new', name: 'New', role: 'viewer' }];
  await send('PUT', '/api/settings', { body: { ...view.settings, users } });
  expect((await read()).users_without_password).toEqual(['new']);
});

test('a new password of one’s own ends every other session of the user, and not this one', async () => {
  const [here, elsewhere] = [tokenOf('viewer'), tokenOf('viewer')];
  const change = (password: string) =>
    send('PUT', '/api/me/password', { token: here, body: { password, new_password: 'nine green hills' } });
  const wrong = await change('not it');
  expect([wrong.status, (await errorOf(wrong)).code]).toEqual([401, 'wrong_password']);
  expect((await change('a-password')).status).toBe(204);
  expect((await send('GET', '/api/me', { token: here })).status).toBe(200);
  expect((await send('GET', '/api/me', { token: elsewhere })).status).toBe(401);
  expect((await change('a-password')).status).toBe(401);
  expect((await change('nine green hills')).status).toBe(204);
});

test('guessing at one’s own password is slowed down', async () => {
  const token = tokenOf('viewer');
  const guess = () =>
    send('PUT', '/api/me/password', { token, body: { password: 'guess', new_password: 'long enough' } });
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await guess()).status).toBe(401);
  expect((await guess()).status).toBe(429);
});

test('the schema says what is allowed, the export holds the hashes, and both are for administrators', async () => {
  const schema = (await (await send('GET', '/api/settings/schema')).json()) as {
    properties: { lines: { items: { properties: { capacity: object } } } };
  };
  expect(schema.properties.lines.items.properties.capacity).toMatchObject({ minimum: 1, maximum: 64 });
  const exported = await send('GET', '/api/settings/export');
  expect(await exported.text()).toContain('$argon2id$');
  expect(exported.headers.get('content-disposition')).toContain('attachment');
  for (const path of ['/api/settings', '/api/settings/schema', '/api/settings/export']) {
    expect((await send('GET', path, { token: tokenOf('producer') })).status).toBe(403);
  }
});

test('a number is tried on settings that do not hold yet', async () => {
  const view = await read();
  const wanted = { ...view.settings, dial: { allow: ['^\\+220'] } };
  const body = { number: '+220 300 1234', settings: wanted };
  expect(await (await send('POST', '/api/settings/try-number', { body })).json()).toMatchObject({
    number: '+2203001234',
    is_allowed: true,
  });
  const now = await send('POST', '/api/settings/try-number', { body: { number: '+220 300 1234' } });
  expect(await now.json()).toMatchObject({ is_allowed: false });
  const bad = { number: '1', settings: { dial: { allow: ['('] } } };
  expect((await send('POST', '/api/settings/try-number', { body: bad })).status).toBe(422);
});
