import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_FRAME_CHARS } from '@openline/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RawClient } from '../testing/raw-client.ts';
import { startWebStation, type WebStation } from '../testing/web-station.ts';

const users = [
  { id: 'anna', name: 'Anna', role: 'producer', password: 'anna-password' },
  { id: 'vera', name: 'Vera', role: 'viewer', password: 'vera-password' },
];
const PATIENCE = { timeout: 30_000, interval: 20 };

let folder: string;
let station: WebStation;
const clients: RawClient[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-web-'));
  station = await startWebStation({ users, audioFolder: folder, consoleFolder: folder });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(userId: string): Promise<RawClient> {
  const client = await RawClient.open(`${station.wsUrl}?token=${station.signIn.open(userId)}`);
  clients.push(client);
  return client;
}
const cookie = (userId: string) => ({ cookie: `a=b; openline_session=${station.signIn.open(userId)}` });

test('initialize is the first frame and says who we are', async () => {
  const anna = await connect('anna');
  expect(anna.frames[0]).toMatchObject({
    event: 'initialize',
    data: {
      station: { name: 'Openline', settings_changed: null },
      server_version: 'v1.2.3',
      you: { user_id: 'anna', name: 'Anna', role: 'producer' },
      mixer: { channels: {} },
    },
  });
});

test('without a session the upgrade is refused with 401, elsewhere with 404', async () => {
  await expect(RawClient.open(station.wsUrl)).rejects.toThrow('401');
  await expect(RawClient.open(`${station.wsUrl}?token=guess`)).rejects.toThrow('401');
  await expect(RawClient.open(`${station.wsUrl}/x`, cookie('anna'))).rejects.toThrow('404');
});

test('a cookie opens it from our own page only', async () => {
  clients.push(await RawClient.open(station.wsUrl, { ...cookie('anna'), origin: station.url }));
  await expect(
    RawClient.open(station.wsUrl, { ...cookie('anna'), origin: 'http://evil.example' }),
  ).rejects.toThrow('403');
});

test('an event with an id gets exactly one ack', async () => {
  const anna = await connect('anna');
  anna.emit('channelMuted', { 'studio-1': true }, 'a');
  await anna.frame('ack');
  await anna.settled();
  expect(anna.frames.filter((frame) => frame.id === 'a')).toEqual([
    { event: 'ack', id: 'a', data: { ok: true } },
  ]);
  expect(station.desk.done).toMatchObject([
    {
      action: { event: 'channelMuted', key: 'studio-1', value: true },
      by: { userId: 'anna', role: 'producer' },
    },
  ]);
});

test('a refused key has its event_error, the other keys apply', async () => {
  const anna = await connect('anna');
  anna.emit('channelMode', { nowhere: 'master', 'studio-1': 'master', 'studio-2': true }, 'a');
  const ack = await anna.frame('ack');
  expect(ack.data).toMatchObject({ ok: false, error: { key: 'studio-2', code: 'bad_data' } });
  const errors = anna.frames.filter((frame) => frame.event === 'event_error');
  expect(errors).toMatchObject([
    { data: { event: 'channelMode', key: 'studio-2', code: 'bad_data' } },
    { data: { event: 'channelMode', key: 'nowhere', code: 'unknown_channel' } },
  ]);
  expect(station.desk.done.map(({ action }) => action.key)).toEqual(['studio-1']);
});

test('what the role does not allow never reaches the desk', async () => {
  const vera = await connect('vera');
  vera.emit('masterMuted', true, 'a');
  expect((await vera.frame('ack')).data).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect((await vera.frame('event_error')).data).toMatchObject({ event: 'masterMuted', code: 'forbidden' });
  expect(station.desk.done).toEqual([]);
});

test.each([
  ['not JSON', '{"event":', 'not_json'],
  ['a list', '[]', 'no_event'],
  ['no event', '{"data":1}', 'no_event'],
  ['an unknown event', '{"event":"launch"}', 'unknown_event'],
  ['an event of every object', '{"event":"constructor"}', 'unknown_event'],
  ['a huge frame', JSON.stringify({ event: 'ping', data: 'x'.repeat(MAX_FRAME_CHARS) }), 'too_large'],
  ['several megabytes', JSON.stringify({ event: 'ping', data: 'x'.repeat(5_000_000) }), 'too_large'],
  ['deep nesting', `{"event":"ping","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'too_large'],
])('%s is told as a client:error and the connection stays open', async (_name, text, code) => {
  const anna = await connect('anna');
  anna.sendRaw(text);
  expect((await anna.frame('client:error')).data).toMatchObject({ code });
  await anna.settled();
  expect(anna.closeCode).toBeNull();
  expect(station.desk.done).toEqual([]);
});

test('a binary frame is told as not JSON', async () => {
  const anna = await connect('anna');
  anna.sendRaw(Buffer.from([1, 2, 3]));
  expect((await anna.frame('client:error')).data).toMatchObject({ code: 'not_json' });
});

test('ping is answered with the same data, to self', async () => {
  const [anna, vera] = [await connect('anna'), await connect('vera')];
  anna.emit('ping', { a: [1, null] });
  expect((await anna.frame('pong')).data).toEqual({ a: [1, null] });
  await vera.settled();
  expect(vera.frames.some((frame) => frame.event === 'pong')).toBe(false);
});

test('a bug in the desk costs the event only', async () => {
  const anna = await connect('anna');
  station.desk.bug = new Error('oops, a secret');
  anna.emit('masterMuted', true, 'a');
  expect((await anna.frame('ack')).data).toMatchObject({ ok: false, error: { code: 'server_error' } });
  expect(JSON.stringify(anna.frames)).not.toContain('oops');
  station.desk.bug = null;
  anna.emit('masterMuted', true, 'b');
  await anna.frame('ack', (frame) => frame.id === 'b');
  expect(station.desk.done).toHaveLength(1);
});

test('audiences: all, others, self', async () => {
  const [anna, vera] = [await connect('anna'), await connect('vera')];
  anna.emit('masterMuted', true, 'a');
  await anna.frame('ack');
  const client = station.desk.done[0]?.by.client ?? '';
  const frame = (on_air: boolean) => ({ event: 'masterUpdate' as const, data: { on_air } });
  station.sockets.send({ to: 'all' }, frame(true));
  station.sockets.send({ to: 'others', than: client }, { event: 'masterVolumeChange', data: 50 });
  station.sockets.send({ to: 'self', client }, frame(false));
  await Promise.all([anna.settled(), vera.settled()]);
  const seen = (of: RawClient) =>
    of.frames.filter((each) => each.event.startsWith('master')).map((each) => each.data);
  expect(seen(anna)).toEqual([{ on_air: true }, { on_air: false }]);
  expect(seen(vera)).toEqual([{ on_air: true }, 50]);
});

test('meters go to who asked, and are watched only while somebody does', async () => {
  const [anna, vera] = [await connect('anna'), await connect('vera')];
  const meters = {
    event: 'meters' as const,
    data: {
      channels: {},
      host: null,
      players: {},
      program: [-3, -9] as [number, number],
      air: [-3, -9] as [number, number],
    },
  };
  anna.emit('subscribe', { meters: true }, 'a');
  await anna.frame('ack');
  station.sockets.sendMeters(meters);
  await anna.frame('meters');
  await vera.settled();
  expect(vera.frames.some((frame) => frame.event === 'meters')).toBe(false);
  anna.close();
  await vi.waitFor(() => expect(station.metersWanted).toEqual([true, false]), PATIENCE);
});

test('too many events at once are refused in words, without an answer to each', async () => {
  const anna = await connect('anna');
  for (let count = 0; count < 2_000; count += 1) anna.emit('noop', null);
  await anna.frame('client:error', (frame) => JSON.stringify(frame).includes('too_many_events'));
  anna.emit('ping', 'end');
  expect(anna.frames.length).toBeLessThan(20);
  expect(anna.closeCode).toBeNull();
});

test('a client that does not read is cut, and slows nobody', async () => {
  const [anna, vera] = [await connect('anna'), await connect('vera')];
  vera.socket.pause();
  const frame = { event: 'pong' as const, data: 'x'.repeat(100_000) };
  let sent = 0;
  await vi.waitFor(() => {
    for (let burst = 0; burst < 20; burst += 1) station.sockets.send({ to: 'all' }, frame);
    sent += 20;
    expect(station.sockets.size).toBe(1);
  }, PATIENCE);
  await anna.settled();
  expect(anna.frames.filter((each) => each.event === 'pong')).toHaveLength(sent);
});

test('signing out, a new role and a removed user close their clients, nobody else’s', async () => {
  const token = station.signIn.open('anna');
  const leaving = await RawClient.open(`${station.wsUrl}?token=${token}`);
  const [anna, vera] = [await connect('anna'), await connect('vera')];
  clients.push(leaving);
  station.signIn.end(token);
  await vi.waitFor(() => expect(leaving.closeCode).toBe(4401), PATIENCE);
  await station.settings.change((document) => ({
    ...document,
    users: document.users.map((user) => (user.id === 'vera' ? { ...user, role: 'screener' } : user)),
  }));
  await vi.waitFor(() => expect(vera.closeCode).toBe(4401), PATIENCE);
  await anna.settled();
  expect(anna.closeCode).toBeNull();
});

test('who was removed can do nothing any more, also by not hearing that they were', async () => {
  const [anna, watcher] = [await connect('anna'), await connect('vera')];
  // The closing handshake waits for a client that reads; this one only writes.
  anna.socket.pause();
  await station.settings.change((document) => ({
    ...document,
    users: document.users.filter((user) => user.id !== 'anna'),
  }));
  anna.emit('masterMuted', true, 'a');
  await vi.waitFor(() => expect(anna.socket.bufferedAmount).toBe(0));
  // Several times through the event loop, each behind what came before it.
  for (let turn = 0; turn < 5; turn += 1) await watcher.settled();
  expect(station.desk.done).toEqual([]);
});

test('no token is ever logged', async () => {
  const token = station.signIn.open('anna');
  clients.push(await RawClient.open(`${station.wsUrl}?token=${token}`));
  await fetch(`${station.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(station.log.join('')).not.toContain(token);
});
