import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { ClientConnection } from './client-connection.ts';

const MEGABYTE = 1024 * 1024;

/** A socket of which nothing is read until `read`. */
class StillSocket {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent = 0;

  send(data: string | Buffer): void {
    this.bufferedAmount += data.length;
    this.sent += 1;
  }
  read(): void {
    this.bufferedAmount = 0;
  }
  terminate(): void {
    this.readyState = 3;
  }
}

function connect(): { socket: StillSocket; client: ClientConnection } {
  const socket = new StillSocket();
  const user = { id: 'anna', name: 'Anna', role: 'administrator' } as const;
  const wire = { write: () => true, cork: () => undefined, uncork: () => undefined, writableLength: 0 };
  const client = new ClientConnection({
    id: 'c1',
    user,
    whoIsIt: () => user,
    socket: socket as unknown as WebSocket,
    wire,
    now: 0,
  });
  return { socket, client };
}

const document = (megabytes: number): Buffer => Buffer.alloc(megabytes * MEGABYTE, 'x');
const pong = { event: 'pong', data: null } as const;

test('who has asked for something long is not cut while that is under way', () => {
  const { socket, client } = connect();
  client.sendWritten([document(12), document(8)]);
  client.send(pong);
  client.send(pong);
  expect(client.isOpen).toBe(true);
  expect(socket.sent).toBe(3);
});

test('who asks for one long thing after another and reads none is cut', () => {
  const { client } = connect();
  for (let count = 0; count < 3; count += 1) client.sendWritten([document(20)]);
  expect(client.isOpen).toBe(false);
});

test('once it has read that, no more may wait for it than for others', () => {
  const { socket, client } = connect();
  client.sendWritten([document(20)]);
  socket.read();
  client.send(pong);
  socket.bufferedAmount = 3 * MEGABYTE;
  client.send(pong);
  expect(client.isOpen).toBe(false);
});
