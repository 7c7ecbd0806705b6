import type { Initialize } from '@openline/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect, retryPauseMs } from './client.ts';
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
  contact: { number: '+2201', name: null, location: null, notes: null, point: null },
  call_id: null,
  error: null,
  pending: null,
  quality: null,
  held_by_remote: false,
  leveller: null,
  screening: null,
  priority: 0,
  locked: false,
  caller: null,
} as const;
const initial: Initialize = {
  station: { name: 'Radio', settings_changed: null },
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
    host: {
      level: 75,
      muted: false,
      connected: false,
      feed: null,
      connection: null,
      input: null,
      return: null,
      user: null,
    },
    players: {},
  },
  queue: { order: [], by_hand: false, on_next: 'keep', lines_busy: false },
  users: {},
  operators: {},
  buckets: {},
  current_bucket: null,
  prompts: {},
  outputs: {},
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
    firstPauseMs: 100,
    quickTries: 2,
    longestPauseMs: 400,
    pingIntervalMs: 1_000,
    openWithinMs: 2_000,
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
  expect(await first).toEqual({ ok: true, id: firstId, answer: undefined });
  expect(await second).toMatchObject({ ok: false, error: { code: 'forbidden', msg: 'no' } });
});

test('an error that comes after the ack has the id that the outcome told', async () => {
  openUp();
  const errors: unknown[] = [];
  client.onFrame((frame) => frame.event === 'event_error' && errors.push([frame.id, frame.data.code]));
  const outcome = client.emit('channelMode', { 'studio-1': 'ben' });
  const [{ id } = { id: '' }] = socket().sent;
  socket().receive('ack', { ok: true }, id);
  const late = { event: 'channelMode', key: 'studio-1', code: 'user_did_not_answer', msg: 'no' };
  socket().receive('event_error', late, id);
  expect(errors).toEqual([[(await outcome).id, 'user_did_not_answer']]);
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

test('the queue is merged like everything else, and a caller in it has their screening', () => {
  openUp();
  socket().receive('channelUpdate', { 'studio-1': { screening: 'ready', priority: 1, locked: false } });
  socket().receive('queueUpdate', { order: ['studio-1'], on_next: 'hold' });
  expect(client.state?.mixer.channels['studio-1']).toEqual({ ...channel, screening: 'ready', priority: 1 });
  expect(client.state?.queue).toEqual({
    order: ['studio-1'],
    by_hand: false,
    on_next: 'hold',
    lines_busy: false,
  });
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
  // Pauses are spread by a quarter either way.
  for (const pauseMs of [100, 100, 200, 400, 400]) {
    const { length } = sockets;
    vi.advanceTimersByTime(pauseMs * 0.75 - 1);
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

test('a try that is swallowed by the network is given up, and made again', () => {
  vi.advanceTimersByTime(1_999);
  expect(client.connection).toBe('connecting');
  vi.advanceTimersByTime(1);
  expect(client.connection).toBe('waiting');
  expect(sockets[0]?.isClosed).toBe(true);
  vi.advanceTimersByTime(200);
  expect(sockets).toHaveLength(2);
  // One that got as far as the server has the whole time again for its state.
  vi.advanceTimersByTime(1_500);
  socket().dispatchEvent(new Event('open'));
  vi.advanceTimersByTime(1_500);
  openUp();
  expect(client.connection).toBe('open');
});

test('a server that is asked whether it is there, and is silent, counts as lost in that time', () => {
  openUp();
  vi.advanceTimersByTime(900);
  client.check(300);
  socket().receive('pong', null);
  vi.advanceTimersByTime(300);
  expect(client.connection).toBe('open');
  client.check(300);
  vi.advanceTimersByTime(299);
  expect(client.connection).toBe('open');
  vi.advanceTimersByTime(1);
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

test('a promise brings the answer that was for this client alone, and only its own', async () => {
  openUp();
  const first = client.emit('calls:fetch', { limit: 1 });
  const second = client.emit('calls:fetch', { limit: 2 });
  const [{ id: firstId } = { id: '' }, { id: secondId } = { id: '' }] = socket().sent;
  socket().receive('calls:list', { calls: [], cursor: 'a' }, firstId);
  socket().receive('calls:list', { calls: [], cursor: 'b' }, secondId);
  socket().receive('ack', { ok: true }, secondId);
  socket().receive('ack', { ok: true }, firstId);
  expect(await first).toEqual({ ok: true, id: firstId, answer: { calls: [], cursor: 'a' } });
  expect(await second).toEqual({ ok: true, id: secondId, answer: { calls: [], cursor: 'b' } });
});

test('of several texts, the ids of those that were stored are there though one was refused', async () => {
  openUp();
  const text = { type: 'sms_out', endpoint: '1', content: 'Hello' } as const;
  const outcome = client.emit('messages:send', { t1: text, t2: text, t3: text });
  const id = socket().sent[0]?.id;
  socket().receive('messages:sent', { t1: 'm1' }, id);
  socket().receive('messages:sent', { t3: 'm3' }, id);
  socket().receive('event_error', { event: 'messages:send', key: 't2', code: 'no_text_line', msg: 'no' }, id);
  socket().receive('ack', { ok: false, error: { code: 'no_text_line', key: 't2', msg: 'no' } }, id);
  expect(await outcome).toMatchObject({ ok: false, error: { key: 't2' }, answer: { t1: 'm1', t3: 'm3' } });
});

test('of own faders those that were accepted are in the state, the refused one is not', async () => {
  openUp();
  const outcome = client.emit('channelVolume', { 'studio-1': 50, 'studio-2': 0 });
  const id = socket().sent[0]?.id;
  socket().receive(
    'event_error',
    { event: 'channelVolume', key: 'studio-2', code: 'bad_data', msg: 'no' },
    id,
  );
  socket().receive('ack', { ok: false, error: { code: 'bad_data', key: 'studio-2', msg: 'no' } }, id);
  await outcome;
  expect(client.state?.mixer.channels['studio-1']?.level).toBe(50);
  expect(client.state?.mixer.channels['studio-2']?.level).toBe(75);
});

test('buckets, the current one and the delay are mirrored', () => {
  openUp();
  socket().receive('buckets:update', {
    b1: { name: 'Morning', created: 1 },
    b2: { name: 'Night', created: 2 },
  });
  socket().receive('buckets:update', { b1: null });
  socket().receive('currentBucketUpdate', 'b2');
  const delay = { delay: 7, delay_state: { state: 'building', depth_ms: 10, safe: false } };
  socket().receive('masterUpdate', delay);
  expect(client.state?.buckets).toEqual({ b2: { name: 'Night', created: 2 } });
  expect(client.state?.current_bucket).toBe('b2');
  expect(client.state?.mixer.master).toMatchObject(delay);
});

test('an event that is never acknowledged is given up', async () => {
  openUp();
  const outcome = client.emit('masterOnAir', true);
  for (let second = 0; second < 10; second += 1) {
    vi.advanceTimersByTime(1_000);
    socket().receive('pong', null);
  }
  expect(await outcome).toMatchObject({ ok: false, error: { code: 'connection_lost' } });
});

test('it comes back at once when it is told that the network is there again', () => {
  openUp();
  socket().close();
  client.retry();
  client.retry();
  expect(sockets).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(sockets).toHaveLength(2);
});

test('it tries again often while a server restarts, then less and less, and never waits longer than five seconds', () => {
  const pauses = [0, 7, 8, 9, 10, 11, 12, 40].map((failures) => retryPauseMs(failures, 0.5));
  expect(pauses).toEqual([350, 350, 700, 1400, 2800, 4000, 4000, 4000]);
  expect([retryPauseMs(20, 0), retryPauseMs(20, 1)]).toEqual([3000, 5000]);
});

test('an event of a later server changes nothing, and every frame is shown', () => {
  openUp();
  const frames: string[] = [];
  client.onFrame(({ event }) => frames.push(event));
  socket().receive('fromTheFuture', {});
  socket().receive('currentBucketUpdate', 'b1');
  expect(client.state).toEqual({ ...initial, current_bucket: 'b1' });
  expect(frames).toEqual(['fromTheFuture', 'currentBucketUpdate']);
});

test('closed is closed', () => {
  openUp();
  client.close();
  vi.advanceTimersByTime(10_000);
  expect(client.connection).toBe('closed');
  expect(sockets).toHaveLength(1);
});
