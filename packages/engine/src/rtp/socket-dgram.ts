/**
 * SocketIo with node:dgram, on the media thread, where native/socket-batched.ts cannot be had. dgram makes a Buffer and an
 * address object for every packet it receives and a small view for every one it sends: the only allocations on the
 * packet path.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { PortPairs } from './port-pairs.ts';
import { plainAddress, RECEIVE_BUFFER_BYTES, type SocketIo, type SocketPair } from './socket-io.ts';
import type { SocketReceiver } from './socket-io.ts';

export class DgramSocketIo implements SocketIo {
  readonly #host: string;
  readonly #isIPv6: boolean;
  readonly #receiver: SocketReceiver;
  readonly #pairs: PortPairs<Socket>;
  readonly #open = new Map<number, { rtp: Socket; rtcp: Socket }>();

  constructor(host: string, range: { from: number; to: number }, receiver: SocketReceiver) {
    this.#host = host;
    this.#isIPv6 = isIPv6(host);
    this.#receiver = receiver;
    this.#pairs = new PortPairs(range, {
      bind: (port) => this.#bind(port),
      portOf: (socket) => socket.address().port,
      close: closeSocket,
    });
  }

  async open(port: number): Promise<SocketPair> {
    const { rtp, rtcp, rtpPort, rtcpPort } = await this.#pairs.open();
    const receiver = this.#receiver;
    rtp.on('message', (bytes, { address, port: remotePort }) =>
      receiver.onRtp(port, bytes, bytes.length, plainAddress(address), remotePort),
    );
    rtcp.on('message', (bytes, { address, port: remotePort }) =>
      receiver.onRtcp(port, bytes, bytes.length, plainAddress(address), remotePort),
    );
    this.#open.set(port, { rtp, rtcp });
    return { rtpPort, rtcpPort };
  }

  /** The event loop has brought all of it. */
  receive(): void {}

  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    this.#open.get(port)?.rtp.send(bytes, 0, length, remotePort, address);
  }

  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    this.#open.get(port)?.rtcp.send(bytes, 0, length, remotePort, address);
  }

  async close(port: number): Promise<void> {
    const pair = this.#open.get(port);
    if (pair === undefined) return;
    this.#open.delete(port);
    await Promise.all([closeSocket(pair.rtp), closeSocket(pair.rtcp)]);
  }

  async #bind(port: number): Promise<Socket | null> {
    const isForBoth = this.#isIPv6;
    const socket = createSocket({
      type: isForBoth ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are numeric: without this every packet would go through the resolver.
      lookup: (address, _options, callback) =>
        isForBoth && !address.includes(':')
          ? callback(null, `::ffff:${address}`, 6)
          : callback(null, address, isForBoth ? 6 : 4),
    });
    const { promise, resolve, reject } = Promise.withResolvers<Socket | null>();
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    socket.bind({ port, address: this.#host, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // What the network refuses (unreachable, too long) is no reason to stop: RTP timeout decides over the leg.
      socket.on('error', ignoreSendError);
      resolve(socket);
    });
    return promise;
  }
}

function ignoreSendError(): void {}

async function closeSocket(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.close(() => resolve());
  await promise;
}
