// Programs of the former system, written against its document: no token, its spellings, its data.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, refusal } from '@openline/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordAction } from '../../desk/records/records.ts';
import { RawClient } from '../testing/raw-client.ts';
import { startWebStation, type WebStation } from '../testing/web-station.ts';

const users = [
  { id: '702', name: 'Awa', role: 'screener', password: 'awa-password' },
  { id: 'root', name: 'Root', role: 'administrator', password: 'root-password' },
];
let folder: string;
let station: WebStation;
const acted: RecordAction[] = [];
const clients: RawClient[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-web-'));
  station = await startWebStation({
    users,
    audioFolder: folder,
    consoleFolder: folder,
    openRecords: () => ({
      act(actions) {
        acted.push(...actions);
        return actions.filter(({ key }) => key === 'gone').map(({ key }) => refusal('unknown_message', key));
      },
      unfinished: () => null,
    }),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  acted.splice(0);
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function allow(older: { allow: string[]; role?: string; origins?: string[] }): Promise<void> {
  const changed = await station.settings.change((document) => ({ ...document, older_clients: older }));
  if (!changed.ok) throw new Error(changed.problems.join('\n'));
}
const address = (userId: string) => `${station.wsUrl.replace(/\/ws$/, '/')}?user_id=${userId}`;
async function connect(userId: string, headers: Record<string, string> = {}): Promise<RawClient> {
  const client = await RawClient.open(address(userId), headers);
  clients.push(client);
  return client;
}

test('without the setting there is nothing at their address', async () => {
  await expect(connect('701')).rejects.toThrow('404');
});

test('from another address than those named nobody comes in', async () => {
  await allow({ allow: ['192.0.2.0/24', '::1/128'] });
  await expect(connect('701')).rejects.toThrow('403');
  await expect(RawClient.open(`${station.wsUrl}?user_id=701`)).rejects.toThrow('401');
});

test('from a named address they are in as a producer, with users under both names', async () => {
  await allow({ allow: ['127.0.0.0/8'] });
  const client = await connect('701');
  const { data } = client.frames[0] ?? { data: null };
  expect(data).toMatchObject({ you: { user_id: '701', name: '701', role: 'producer' } });
  expect(data).toHaveProperty('users');
  expect(data).toHaveProperty('operators');
});

test('nobody becomes more than the setting says, and a known user no more than they are', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const known = await connect('702');
  expect(known.frames[0]?.data).toMatchObject({ you: { name: 'Awa', role: 'screener' } });
  const root = await connect('root');
  expect(root.frames[0]?.data).toMatchObject({ you: { name: 'Root', role: 'producer' } });
  await allow({ allow: ['127.0.0.1'], role: 'viewer' });
  const viewer = await connect('701');
  viewer.emit('masterOnAir', true, 'a');
  expect((await viewer.frame('ack')).data).toMatchObject({ ok: false, error: { code: 'forbidden' } });
});

test.each(['', 'a b', '__proto__', 'x'.repeat(40), '%00'])('the user id %j is none', async (userId) => {
  await allow({ allow: ['127.0.0.1'] });
  await expect(connect(userId)).rejects.toThrow('403');
});

test('their spellings are the events of today, and a refusal comes back in their spelling', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const client = await connect('701');
  client.emit('messageSend', { t1: { type: 'sms_out', endpoint: 2207000001, content: 'Hello' } }, 'a');
  client.emit('messageDelete', { m1: null, gone: null }, 'b');
  client.emit('messageFavoriteSet', ['m2', 3], 'c');
  client.emit('messageFavoriteUnset', ['m2'], 'd');
  await client.frame('ack', ({ id }) => id === 'd');
  expect(acted.map(({ event, key }) => [event, key])).toEqual([
    ['messages:send', 't1'],
    ['messages:delete', 'm1'],
    ['messages:delete', 'gone'],
    ['messages:favorite', 'm2'],
    ['messages:favorite', '3'],
    ['messages:unfavorite', 'm2'],
  ]);
  expect(acted[0]?.value).toMatchObject({ endpoint: '2207000001', channel_id: null, reply_to: null });
  expect((await client.frame('event_error')).data).toMatchObject({ event: 'messageDelete', key: 'gone' });
});

test('a client of today does not get their spellings', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const client = await RawClient.open(`${station.wsUrl}?token=${station.signIn.open('root')}`);
  clients.push(client);
  client.emit('messageSend', examples['messages:send']);
  expect((await client.frame('client:error')).data).toMatchObject({ code: 'unknown_event' });
});

test('a channel that is gone is null in a keyed channelUpdate', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const client = await connect('701');
  station.sockets.send({ to: 'all' }, { event: 'channelUpdate', data: { 'studio-2': null } });
  expect((await client.frame('channelUpdate')).data).toEqual({ 'studio-2': null });
});

test('a page of another server comes in only when it is named', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const origin = 'http://desk.example:8000';
  await expect(connect('701', { origin })).rejects.toThrow('403');
  await allow({ allow: ['127.0.0.1'], origins: [origin] });
  expect((await connect('701', { origin })).frames).toHaveLength(1);
});

test('who is in is put out when the setting is taken back', async () => {
  await allow({ allow: ['127.0.0.1'] });
  const client = await connect('701');
  const closed = new Promise((done) => client.socket.once('close', done));
  await allow({ allow: [] });
  expect(await closed).toBe(4401);
});
