/** SIP over WebSocket as it is: who asks without end, and who comes from the port of another. Real sockets. */
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFakeClock } from '../testing/fake-clock.ts';
import { STREAM_LIMITS } from './stream-transport.ts';
import type { Transport } from './transport.ts';
import { createWebSocketTransport } from './web-socket-transport.ts';

const ADDRESS = '127.0.0.1';
const MESSAGE = 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 2\r\n\r\nhi';

const clock = createFakeClock();
let transport: Transport | null = null;
let port = 0;
let received = 0;
let clients: { terminate?: () => void; destroy?: () => void }[] = [];

async function start(): Promise<void> {
  received = 0;
  transport = createWebSocketTransport(
    { admits: () => true, isTrusted: () => true, receive: () => void received++, refuse() {} },
    clock,
    { identity: null, origins: [] },
    { ...STREAM_LIMITS, pingMs: 1e9 },
  );
  port = await transport.start(ADDRESS, 0);
}

afterEach(async () => {
  for (const each of clients) (each.terminate ?? each.destroy)?.call(each);
  clients = [];
  await transport?.stop();
  transport = null;
  clock.cancelAll();
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function open(localAddress: string): Promise<{ webSocket: WebSocket; localPort: number }> {
  const webSocket = new WebSocket(`ws://${ADDRESS}:${port}`, 'sip', { localAddress });
  clients.push(webSocket);
  let localPort = 0;
  webSocket.on('upgrade', (response) => void (localPort = response.socket.localPort ?? 0));
  await new Promise((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('error', reject);
  });
  return { webSocket, localPort };
}

it('answers one keep-alive at a time, and the latest ping, for who asks without end', async () => {
  await start();
  const { webSocket } = await open(ADDRESS);
  const pongs: string[] = [];
  let answers = 0;
  webSocket.on('message', () => void answers++);
  webSocket.on('pong', (data) => void pongs.push(data.toString()));
  // All in one piece, as one who means harm would send them.
  const socket = (webSocket as unknown as { _socket: Socket })._socket;
  socket.cork();
  for (let index = 0; index < 5000; index++) {
    webSocket.send('\r\n\r\n');
    webSocket.ping(String(index));
  }
  webSocket.send(MESSAGE);
  socket.uncork();
  await until(() => received === 1 && pongs.at(-1) === '4999' && answers > 0);
  expect(pongs.length).toBeLessThan(4000);
  expect(answers).toBeLessThan(4000);
});

it('ends a connection that says nothing, though another with the same port of another address has a call', async () => {
  await start();
  const { webSocket, localPort } = await open('127.0.0.2');
  webSocket.send(MESSAGE);
  await until(() => received === 1);
  let isClosed = false;
  const mute = connect({ host: ADDRESS, port, localAddress: '127.0.0.3', localPort });
  clients.push(mute);
  mute.on('error', () => {});
  mute.on('close', () => void (isClosed = true));
  mute.resume();
  await until(() => {
    void clock.advance(STREAM_LIMITS.unprovenMs);
    return isClosed;
  });
  expect(webSocket.readyState).toBe(WebSocket.OPEN);
});
