import type { Initialize } from '@openline/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from './client.ts';
import type { Client } from './client.ts';

/** The server's end of a socket, in the test's hands. */
class FakeSocket extends EventTarget {
  readonly sent: { event: string; data: unknown; id?: string }[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket['sent'][number]);
  }
  close(): void {
    this.isClosed = true;
    this.dispatchEvent(new Event('close'));
  }
  receive(event: string, data: unknown, id?: string): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ event, data, id }) }));
  }
}

const side = { level: 75, muted: false };
const channel = {
  type: 'sip',
  label: 'Studio 1',
  number: null,
  line_id: 'studio',
  direction: null,
  mode: 'free',
  timestamp: 1,
  level: 75,
  muted: false,
  recording: false,
  autoanswer: null,
  contact: { number: '+2201', name: null, location: null, notes: null },
  call_id: null,
  error: null,
  pending: null,
  quality: null,
  held_by_remote: false,
} as const;
const initial: Initialize = {
  server_version: 'v0',
  server_time: 1,
  you: { user_id: 'anna', name: 'Anna', role: 'producer' },
  lines: {},
  mixer: {
    channels: { 'studio-1': channel, 'studio-2': channel },
    master: {
      level: 75,
      muted: false,
      on_air: false,
      recording: false,
      delay: 0,
      delay_state: { state: 'bypass', depth_ms: 0, safe: false },
      in: side,
      out: side,
    },
    host: { level: 75, muted: false, connected: false },
  },
  users: {},
  operators: {},
  buckets: {},
  current_bucket: null,
  alarms: {},
};

let sockets: FakeSocket[];
let urls: string[];
let client: Client;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  urls = [];
  client = connect('ws://127.0.0.1:1/ws', {
    token: 't&t',
    minPauseMs: 100,
    maxPauseMs: 400,
    pingIntervalMs: 1_000,
    makeSocket: (url) => {
      urls.push(url);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

const socket = () => sockets.at(-1) ?? new FakeSocket();
const openUp = () => socket().receive('initialize', initial);

test('it is open when it has the state, and says who asks by token', () => {
  expect(client.connection).toBe('connecting');
  openUp();
  expect(client.connection).toBe('open');
  expect(client.state).toEqual(initial);
  expect(urls).toEqual(['ws://127.0.0.1:1/ws?token=t%26t']);
});

test('an event is resolved by its own ack', async () => {
  openUp();
  const first = client.emit('channelMode', { 'studio-1': 'master' });
  const second = client.emit('masterOnAir', true);
  const [{ id: firstId } = { id: '' }, { id: secondId } = { id: '' }] = socket().sent;
  socket().receive('ack', { ok: false, error: { code: 'forbidden', msg: 'no' } }, secondId);
  socket().receive('ack', { ok: true }, firstId);
  expect(await first).toEqual({ ok: true });
  expect(await second).toEqual({ ok: false, error: { code: 'forbidden', msg: 'no' } });
});

test('deltas are merged, null takes a channel out, and handlers see the new state', () => {
  openUp();
  const modes: unknown[] = [];
  const off = client.on('channelUpdate', () => modes.push(client.state?.mixer.channels['studio-1']?.mode));
  socket().receive('channelUpdate', { 'studio-1': { mode: 'ring' }, 'studio-2': null });
  expect(client.state?.mixer.channels).toEqual({ 'studio-1': { ...channel, mode: 'ring' } });
  off();
  socket().receive('channelUpdate', { 'studio-1': { mode: 'on_hold' } });
  expect(modes).toEqual(['ring']);
});

test('own faders and cards, which are echoed to others only, are in the state once they are accepted', async () => {
  openUp();
  void client.emit('channelVolume', { 'studio-1': 50 });
  void client.emit('channelContactInfo', { 'studio-1': { name: 'Awa' } });
  void client.emit('masterProperty', { name: 'level', value: 20 });
  const refused = client.emit('hostVolume', 10);
  expect(client.state?.mixer.channels['studio-1']?.level).toBe(75);
  for (const { id } of socket().sent.slice(0, 3)) socket().receive('ack', { ok: true }, id);
  socket().receive('ack', { ok: false, error: { code: 'forbidden', msg: 'no' } }, socket().sent[3]?.id);
  await refused;
  const { channels, master, host } = client.state?.mixer ?? initial.mixer;
  expect(channels['studio-1']).toMatchObject({ level: 50, contact: { number: '+2201', name: 'Awa' } });
  expect([master.level, host.level]).toEqual([20, 75]);
});

test('a lost connection answers what was under way, and comes back with growing pauses and a new state', async () => {
  openUp();
  const pending = client.emit('masterOnAir', true);
  socket().close();
  expect(await pending).toMatchObject({ ok: false, error: { code: 'connection_lost' } });
  expect(await client.emit('masterOnAir', true)).toMatchObject({ ok: false });
  expect(client.connection).toBe('waiting');
  expect(client.state).toEqual(initial);
  for (const pauseMs of [100, 200, 400, 400]) {
    const { length } = sockets;
    vi.advanceTimersByTime(pauseMs - 1);
    expect(sockets).toHaveLength(length);
    vi.advanceTimersByTime(pauseMs / 2 + 1);
    expect(sockets).toHaveLength(length + 1);
    socket().close();
  }
  vi.advanceTimersByTime(1_000);
  socket().receive('initialize', { ...initial, server_version: 'v1' });
  expect(client.connection).toBe('open');
  expect(client.state?.server_version).toBe('v1');
});

test('a server that is silent counts as lost', () => {
  openUp();
  vi.advanceTimersByTime(1_000);
  expect(socket().sent).toEqual([{ event: 'ping', data: null }]);
  socket().receive('pong', null);
  vi.advanceTimersByTime(1_000);
  expect(client.connection).toBe('open');
  vi.advanceTimersByTime(1_000);
  expect(client.connection).toBe('waiting');
  expect(sockets[0]?.isClosed).toBe(true);
});

test('what an earlier socket still says changes nothing', () => {
  openUp();
  const [former] = sockets;
  former?.close();
  vi.advanceTimersByTime(200);
  openUp();
  former?.receive('channelUpdate', { 'studio-1': { mode: 'ring' } });
  former?.dispatchEvent(new Event('close'));
  expect(client.connection).toBe('open');
  expect(client.state?.mixer.channels['studio-1']?.mode).toBe('free');
});

test('closed is closed', () => {
  openUp();
  client.close();
  vi.advanceTimersByTime(10_000);
  expect(client.connection).toBe('closed');
  expect(sockets).toHaveLength(1);
});
