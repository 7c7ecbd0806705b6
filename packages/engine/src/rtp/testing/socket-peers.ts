/**
 * A SocketIo under test with a note of what it hands on, and peers made of plain sockets. Used by socket-conformance.ts.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { SocketIo, SocketPair, SocketReceiver } from '../socket-io.ts';

export type SocketIoMaker = (
  host: string,
  range: { from: number; to: number },
  receiver: SocketReceiver,
) => SocketIo;

const DEADLINE_MS = 30_000;

interface Received {
  kind: 'rtp' | 'rtcp';
  port: number;
  text: string;
  address: string;
  remotePort: number;
  arrivalMs: number;
}

export class SocketStand {
  readonly io: SocketIo;
  readonly received: Received[] = [];
  readonly #peers: Peer[] = [];
  readonly #open = new Set<number>();

  constructor(make: SocketIoMaker, host = '127.0.0.1', range = { from: 0, to: 0 }) {
    const note =
      (kind: Received['kind']): SocketReceiver['onRtp'] =>
      (port, bytes, length, address, remotePort, arrivalMs = performance.now()) => {
        const text = Buffer.from(bytes.subarray(0, length)).toString();
        this.received.push({ kind, port, text, address, remotePort, arrivalMs });
      };
    this.io = make(host, range, { onRtp: note('rtp'), onRtcp: note('rtcp') });
  }

  get texts(): string[] {
    return this.received.map(({ text }) => text);
  }

  async open(port: number): Promise<SocketPair> {
    const pair = await this.io.open(port);
    this.#open.add(port);
    return pair;
  }

  async close(port: number): Promise<void> {
    this.#open.delete(port);
    await this.io.close(port);
  }

  async peer(address = '127.0.0.1'): Promise<Peer> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    const peer = new Peer(socket);
    this.#peers.push(peer);
    return peer;
  }

  async leave(peer: Peer): Promise<void> {
    this.#peers.splice(this.#peers.indexOf(peer), 1);
    await peer.close();
  }

  send(port: number, text: string, to: { port: number }, address = '127.0.0.1'): void {
    this.io.sendRtp(port, Buffer.from(text), text.length, address, to.port);
  }

  /** Ticks until it is so. */
  async until(condition: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + DEADLINE_MS;
    while (!condition()) {
      if (performance.now() > deadlineMs) throw new Error(`only this came: ${this.texts.join(', ')}`);
      this.io.receive();
      await pause(1);
    }
  }

  async end(): Promise<void> {
    for (const port of this.#open) await this.io.close(port);
    for (const peer of this.#peers) await peer.close();
  }
}

export class Peer {
  readonly heard: { text: string; from: RemoteInfo }[] = [];
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, from) => this.heard.push({ text: bytes.toString(), from }));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves when it is on its way, which on loopback is when it is there. */
  async say(text: string | Uint8Array, port: number, address = '127.0.0.1'): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.send(text, port, address, (error) => (error === null ? resolve() : reject(error)));
    await promise;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(resolve);
    await promise;
  }
}
