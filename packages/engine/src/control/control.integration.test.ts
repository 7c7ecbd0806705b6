import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectControl } from './control-client.ts';
import type { AnyControlEvent, ControlClient } from './control-client.ts';
import { ControlServer } from './control-server.ts';
import type { CommandHandlers } from './control-server.ts';
import { CONTROL_VERSION } from './contract.ts';
import type { Snapshot } from './contract.ts';

const snapshot: Snapshot = {
  controlVersion: CONTROL_VERSION,
  engineVersion: '0.0.0',
  instance: 'i',
  startedAt: 1,
  sipPort: { udp: 1, tcp: 2 },
  legs: [],
  accounts: [],
  trunks: [],
  recordings: [],
  players: [],
  program: { levelDb: 0, isMuted: false, isOnAir: false },
  isConfigured: false,
};

const refuse = () => ({ ok: false, code: 'failed', msg: 'not in this test' }) as const;
const handlers: CommandHandlers = {
  'engine.configure': refuse,
  'leg.answer': refuse,
  'leg.reject': refuse,
  'leg.dial': refuse,
  'leg.connect': refuse,
  'leg.reoffer': refuse,
  'leg.candidate': refuse,
  'leg.hangup': () => ({ ok: true, data: null }),
  'legs.place': refuse,
  'leg.whisper': refuse,
  'leg.levels': refuse,
  'listener.connect': refuse,
  'listener.close': refuse,
  'leg.tag': () => {
    throw new Error('planted');
  },
  'program.set': refuse,
  'player.start': refuse,
  'player.level': refuse,
  'player.stop': refuse,
  'program.delay': refuse,
  'program.dump': refuse,
  'record.start': refuse,
  'record.stop': refuse,
  'message.send': () => Promise.resolve({ ok: true, data: { status: 202 } }),
  'message.answer': refuse,
};

const PATIENCE = { timeout: 30_000, interval: 10 };

let folder: string;
let path: string;
let server: ControlServer;
const bugs: unknown[] = [];
const open: { close(): void }[] = [];

function makeServer(): ControlServer {
  return new ControlServer({ path, handlers, snapshot: () => snapshot, onBug: (error) => bugs.push(error) });
}

async function connect(): Promise<{
  client: ControlClient;
  events: AnyControlEvent[];
  isClosed: () => boolean;
}> {
  const events: AnyControlEvent[] = [];
  let closed = false;
  const client = await connectControl({
    path,
    onEvent: (event) => events.push(event),
    onClose: () => {
      closed = true;
    },
  });
  open.push(client);
  return { client, events, isClosed: () => closed };
}

/** A connection that can send what no client of ours would. */
async function connectRaw(): Promise<{ socket: Socket; lines: string[] }> {
  const socket = createConnection(path);
  const lines: string[] = [];
  let rest = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  open.push({ close: () => socket.destroy() });
  await vi.waitFor(() => expect(lines).toHaveLength(1), PATIENCE);
  return { socket, lines };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openline-control-'));
  path = join(folder, 'engine.sock');
  bugs.length = 0;
  server = makeServer();
  const started = await server.start();
  if (!started.ok) throw new Error(started.msg);
});

afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('the control channel', () => {
  it('greets with a snapshot before anything else', async () => {
    const { events } = await connect();
    expect(events).toEqual([{ event: 'hello', data: snapshot }]);
  });

  it('is open to its owner only', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('answers commands, those that take time too', async () => {
    const { client } = await connect();
    expect(await client.request('leg.hangup', { leg: 'a' })).toMatchObject({ ok: true, data: null });
    const target = { kind: 'trunk', ref: 't', number: '1' } as const;
    expect(await client.request('message.send', { target, text: 'x' })).toMatchObject({
      data: { status: 202 },
    });
  });

  it('sends events to every client, meters to those that asked', async () => {
    const [one, other] = [await connect(), await connect()];
    await one.client.request('subscribe', { meters: true });
    expect(server.hasMeterClients).toBe(true);
    server.emit('meters', { legs: {}, players: {}, program: [0, 0], air: [0, 0] });
    server.emit('leg.media', { leg: 'a' });
    await vi.waitFor(() => expect(other.events).toHaveLength(2), PATIENCE);
    expect(one.events.map(({ event }) => event)).toEqual(['hello', 'meters', 'leg.media']);
    expect(other.events.map(({ event }) => event)).toEqual(['hello', 'leg.media']);
  });

  it('refuses what is no request, no command or no data of one, and goes on', async () => {
    const { socket, lines } = await connectRaw();
    socket.write('not json\n[]\nnull\n{"id":"x","command":"leg.hangup"}\n');
    socket.write(`${JSON.stringify({ id: 1, command: 'toString', data: {} })}\n`);
    socket.write(`${JSON.stringify({ id: 2, command: 'leg.hangup', data: { leg: 3 } })}\n`);
    socket.write(`${JSON.stringify({ id: 3, command: 'leg.hangup', data: { leg: 'a' } })}\n`);
    await vi.waitFor(() => expect(lines).toHaveLength(8), PATIENCE);
    const replies = lines.slice(1).map((line) => JSON.parse(line) as { id: number; code?: string });
    expect(replies.map(({ id, code }) => [id, code])).toEqual([
      [-1, 'bad_request'],
      [-1, 'bad_request'],
      [-1, 'bad_request'],
      [-1, 'bad_request'],
      [1, 'unknown_command'],
      [2, 'bad_request'],
      [3, undefined],
    ]);
  });

  it('refuses a line that is too long and reads the next one', async () => {
    const { socket, lines } = await connectRaw();
    socket.write(`${'x'.repeat(5_000_000)}\n`);
    socket.write(`${JSON.stringify({ id: 3, command: 'leg.hangup', data: { leg: 'a' } })}\n`);
    await vi.waitFor(() => expect(lines).toHaveLength(3), PATIENCE);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ code: 'bad_request' });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id: 3, ok: true });
  });

  it('answers "failed" where a handler has a bug, and reports it', async () => {
    const { client } = await connect();
    expect(await client.request('leg.tag', { leg: 'a', tag: {} })).toMatchObject({
      ok: false,
      code: 'failed',
    });
    expect(bugs).toHaveLength(1);
  });

  it('cuts off a client that does not read', async () => {
    const { socket } = await connectRaw();
    socket.pause();
    expect(server.clientCount).toBe(1);
    const text = 'x'.repeat(100_000);
    await vi.waitFor(
      () => {
        server.emit('alarm', { code: 'clock_late', isRaised: true, msg: text });
        expect(server.clientCount).toBe(0);
      },
      { ...PATIENCE, interval: 1 },
    );
  });

  it('settles what was asked when the connection goes', async () => {
    const { client, isClosed } = await connect();
    const asked = client.request('message.send', {
      target: { kind: 'trunk', ref: 't', number: '1' },
      text: 'x',
    });
    client.close();
    expect(await asked).toMatchObject({ ok: false, code: 'closed' });
    await vi.waitFor(() => expect(isClosed()).toBe(true), PATIENCE);
    expect(await client.request('leg.hangup', { leg: 'a' })).toMatchObject({ ok: false, code: 'closed' });
  });

  it('rejects where nobody listens', async () => {
    await expect(connectControl({ path: join(folder, 'none.sock'), onEvent: () => {} })).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('starting the control channel', () => {
  it('is refused while another engine is alive on the folder', async () => {
    expect(await makeServer().start()).toMatchObject({ ok: false, code: 'already_running' });
    const { client } = await connect();
    expect(await client.request('leg.hangup', { leg: 'a' })).toMatchObject({ ok: true });
  });

  it('replaces the socket of an engine that was killed', async () => {
    await server.stop();
    // A listening socket whose file outlives it, as after kill -9.
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(`${path}2`, resolve));
    const { rename } = await import('node:fs/promises');
    await rename(`${path}2`, path);
    await new Promise((resolve) => dead.close(resolve));
    expect((await stat(path)).isSocket()).toBe(true);
    server = makeServer();
    expect(await server.start()).toEqual({ ok: true });
    await connect();
  });

  it('does not remove a file that is not a socket', async () => {
    await server.stop();
    await writeFile(path, 'precious');
    server = makeServer();
    expect(await server.start()).toMatchObject({ ok: false, code: 'not_a_socket' });
  });
});
