/** TCP as it is: messages in pieces and in one, pings both ways, a slow sender, a vanished listener. Real sockets. */
import { createServer, connect, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSystemClock } from '../clock.ts';
import { createTcpTransport } from './tcp-transport.ts';
import type { Flow, Transport, TransportSink } from './transport.ts';

const ADDRESS = '127.0.0.1';
/** The times are far beyond what a busy machine takes; a test that waits for their end makes its own. */
const LIMITS = {
  connections: 6,
  connectionsPerSource: 3,
  strangers: 3,
  strangersPerSource: 2,
  partialMs: 30_000,
  unprovenMs: 30_000,
  idleMs: 60_000,
  strangerIdleMs: 30_000,
  pingMs: 50,
  connectMs: 30_000,
  unsentBytes: 100_000,
};
const MESSAGE = 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 2\r\n\r\nhi';

const clock = createSystemClock();
let transport: Transport;
let port: number;
let received: { text: string; flow: Flow }[];
let opened: Socket[];
let trusted: Set<string>;
let server: Server | null;

beforeEach(async () => {
  received = [];
  trusted = new Set([ADDRESS]);
  opened = [];
  server = null;
  await start(LIMITS);
});

async function start(limits: typeof LIMITS): Promise<void> {
  const sink: TransportSink = {
    admits: () => true,
    isTrusted: (address) => trusted.has(address),
    receive: (bytes, flow) => void received.push({ text: bytes.toString(), flow }),
    refuse() {},
  };
  transport = createTcpTransport(sink, clock, limits);
  port = await transport.start(ADDRESS, 0);
}

async function restart(limits: Partial<typeof LIMITS>): Promise<void> {
  await transport.stop();
  await start({ ...LIMITS, ...limits });
}

afterEach(async () => {
  for (const each of opened) each.destroy();
  await transport.stop();
  const closing = server;
  if (closing !== null) await new Promise((resolve) => closing.close(resolve));
  clock.cancelAll();
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function open(from = ADDRESS): Promise<{ socket: Socket; got: () => string; isClosed: () => boolean }> {
  const socket = connect({ port, host: ADDRESS, localAddress: from });
  opened.push(socket);
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk) => void (text += chunk.toString()));
  socket.on('close', () => void (isClosed = true));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, got: () => text, isClosed: () => isClosed };
}

it('takes a message byte by byte, and two in one piece', async () => {
  const { socket } = await open();
  socket.setNoDelay(true);
  for (const byte of MESSAGE) socket.write(byte);
  await until(() => received.length === 1);
  socket.write(MESSAGE + MESSAGE);
  await until(() => received.length === 3);
  expect(received.every((each) => each.text === MESSAGE)).toBe(true);
});

it('answers a ping between messages', async () => {
  const { socket, got } = await open();
  socket.write('\r\n\r\n');
  await until(() => got() === '\r\n');
  socket.write(MESSAGE);
  await until(() => received.length === 1);
  expect(got()).toBe('\r\n');
});

it('keeps one answer at a time for who asks without end', async () => {
  const { socket, got } = await open();
  // They come in a few pieces, each answered once or so; before, each of them was answered.
  socket.write('\r\n\r\n'.repeat(20_000) + MESSAGE);
  await until(() => received.length === 1);
  socket.write('\r\n\r\n');
  socket.write(MESSAGE);
  await until(() => received.length === 2 && got().length > 0);
  expect(got().length / 2).toBeLessThan(1000);
});

it('cuts off who begins a message and does not end it, and who says nothing at all', async () => {
  await restart({ partialMs: 150, unprovenMs: 300 });
  const slow = await open();
  const mute = await open();
  slow.socket.write(MESSAGE);
  slow.socket.write('OPTIONS sip:');
  await until(() => slow.isClosed() && mute.isClosed());
  expect(received).toHaveLength(1);
});

it('has no room for more connections of one source than its limit', async () => {
  const all = [await open(), await open(), await open(), await open()];
  await until(() => all.some((each) => each.isClosed()));
  expect(all.filter((each) => each.isClosed())).toHaveLength(1);
});

it('strangers have less room, make way for each other, and none for long', async () => {
  await restart({ strangerIdleMs: 2000 });
  const gateway = await open();
  gateway.socket.write(MESSAGE);
  await until(() => received.length === 1);
  const first = await open('127.0.0.2');
  first.socket.write(MESSAGE);
  await until(() => received.length === 2);
  const more = [await open('127.0.0.2'), await open('127.0.0.2')];
  await until(() => more.some((each) => each.isClosed()));
  expect(first.isClosed()).toBe(false);
  const newest = await open('127.0.0.3');
  newest.socket.write(MESSAGE);
  await until(() => received.length === 3);
  await open('127.0.0.3');
  await until(() => first.isClosed());
  await until(() => newest.isClosed());
  expect(gateway.isClosed()).toBe(false);
});

it('uses one connection for all that goes there, pings it, and tells of its end', async () => {
  let text = '';
  let peer: Socket | null = null;
  let connections = 0;
  const listening = createServer((socket) => {
    connections++;
    peer = socket;
    opened.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => void (text += chunk.toString()));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, ADDRESS, resolve));
  const address = listening.address();
  const there = typeof address === 'object' && address !== null ? address.port : 0;
  const flow = transport.flowTo(ADDRESS, there);
  flow.send(Buffer.from('one'), () => {});
  transport.flowTo(ADDRESS, there).send(Buffer.from('two'), () => {});
  await until(() => text.startsWith('onetwo') && text.endsWith('\r\n\r\n'));
  expect(connections).toBe(1);
  (peer as Socket | null)?.destroy();
  await until(() => !flow.isOpen());
  let failures = 0;
  flow.send(Buffer.from('three'), () => void failures++);
  await until(() => failures === 1);
});

it('tells at once that nobody listens', async () => {
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, ADDRESS, resolve));
  const address = listening.address();
  const there = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => listening.close(resolve));
  let failures = 0;
  const flow = transport.flowTo(ADDRESS, there);
  flow.send(Buffer.from('x'), () => void failures++);
  await until(() => failures === 1);
  expect(flow.isOpen()).toBe(false);
});
