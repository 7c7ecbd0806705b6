/**
 * SocketIo with node:dgram, on the media thread. dgram makes a Buffer and an address object for every packet it
 * receives and a small view for every one it sends: the only allocations on the packet path. Binding tries the pairs of
 * the range in turn, beginning behind the last one taken, so that a late packet of an ended call does not meet the next.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { SocketIo, SocketPair, SocketReceiver } from './socket-io.ts';

const ANY_PORT_ATTEMPTS = 64;
const MAPPED = '::ffff:';

interface OpenPair extends SocketPair {
  rtp: Socket;
  rtcp: Socket;
}

export class DgramSocketIo implements SocketIo {
  readonly #host: string;
  readonly #isIPv6: boolean;
  readonly #range: { from: number; to: number };
  readonly #receiver: SocketReceiver;
  readonly #pairs = new Map<number, OpenPair>();
  #nextRtpPort: number;

  constructor(host: string, range: { from: number; to: number }, receiver: SocketReceiver) {
    this.#host = host;
    this.#isIPv6 = isIPv6(host);
    this.#range = range;
    this.#receiver = receiver;
    this.#nextRtpPort = firstEven(range.from);
  }

  async open(port: number): Promise<SocketPair> {
    const pair = this.#range.to === 0 ? await this.#bindAny() : await this.#bindInRange();
    if (pair === null) throw Object.assign(new Error('no free RTP port pair'), { code: 'no_ports' });
    const receiver = this.#receiver;
    pair.rtp.on('message', (bytes, from) =>
      receiver.onRtp(port, bytes, bytes.length, this.#plain(from.address), from.port),
    );
    pair.rtcp.on('message', (bytes, from) =>
      receiver.onRtcp(port, bytes, bytes.length, this.#plain(from.address), from.port),
    );
    this.#pairs.set(port, pair);
    return { rtpPort: pair.rtpPort, rtcpPort: pair.rtcpPort };
  }

  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    this.#pairs.get(port)?.rtp.send(bytes, 0, length, remotePort, address);
  }

  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    this.#pairs.get(port)?.rtcp.send(bytes, 0, length, remotePort, address);
  }

  async close(port: number): Promise<void> {
    const pair = this.#pairs.get(port);
    if (pair === undefined) return;
    this.#pairs.delete(port);
    await Promise.all([closeSocket(pair.rtp), closeSocket(pair.rtcp)]);
  }

  /** IPv4 as a socket of both families shows it (RFC 4291 2.5.5.2), as SDP has it. */
  #plain(address: string): string {
    return this.#isIPv6 && address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  }

  async #bindInRange(): Promise<OpenPair | null> {
    const first = firstEven(this.#range.from);
    const pairs = Math.max(0, Math.floor((this.#range.to - first + 1) / 2));
    for (let attempt = 0; attempt < pairs; attempt++) {
      const rtpPort = this.#nextRtpPort;
      this.#nextRtpPort = rtpPort + 3 <= this.#range.to ? rtpPort + 2 : first;
      const pair = await this.#bindPair(rtpPort);
      if (pair !== null) return pair;
    }
    return null;
  }

  async #bindPair(rtpPort: number): Promise<OpenPair | null> {
    const rtp = await this.#bind(rtpPort);
    if (rtp === null) return null;
    const rtcp = await this.#bind(rtpPort + 1);
    if (rtcp !== null) return { rtp, rtcp, rtpPort, rtcpPort: rtpPort + 1 };
    await closeSocket(rtp);
    return null;
  }

  /** The system picks one; its neighbour makes the pair. */
  async #bindAny(): Promise<OpenPair | null> {
    for (let attempt = 0; attempt < ANY_PORT_ATTEMPTS; attempt++) {
      const picked = await this.#bind(0);
      if (picked === null) return null;
      const number = picked.address().port;
      const neighbour = await this.#bind(number % 2 === 0 ? number + 1 : number - 1);
      if (neighbour === null) {
        await closeSocket(picked);
        continue;
      }
      return number % 2 === 0
        ? { rtp: picked, rtcp: neighbour, rtpPort: number, rtcpPort: number + 1 }
        : { rtp: neighbour, rtcp: picked, rtpPort: number - 1, rtcpPort: number };
    }
    return null;
  }

  /** Null when the port is taken; any other failure (no such address, no permission) is thrown. */
  async #bind(port: number): Promise<Socket | null> {
    const isForBoth = this.#isIPv6;
    const socket = createSocket({
      type: isForBoth ? 'udp6' : 'udp4',
      // Addresses are numeric: without this every packet would go through the resolver.
      lookup: (address, _options, callback) =>
        isForBoth && !address.includes(':')
          ? callback(null, MAPPED + address, 6)
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

function firstEven(port: number): number {
  return port % 2 === 0 ? port : port + 1;
}

async function closeSocket(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.close(() => resolve());
  await promise;
}
