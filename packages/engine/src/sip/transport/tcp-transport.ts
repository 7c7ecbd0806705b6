/**
 * SIP over TCP (RFC 3261 18, RFC 5626 keep-alives): a listener and the connections, in and out, found again by their
 * far end. Bounded: connections, bytes waiting either way, time for a message to become complete, idle time.
 */
import { createServer, type Server, Socket } from 'node:net';
import type { Clock, Timer } from '../clock.ts';
import { createStreamFramer } from './stream-framer.ts';
import type { Flow, Transport, TransportSink } from './transport.ts';

export interface TcpLimits {
  connections: number;
  connectionsPerSource: number;
  /** Of all sources that are not trusted, and of one of them. */
  strangers: number;
  strangersPerSource: number;
  /** From the first byte of a message to its last. */
  partialMs: number;
  /** A connection that has not brought one whole message. */
  unprovenMs: number;
  idleMs: number;
  /** The same for who is not trusted: a phone that has registered is. */
  strangerIdleMs: number;
  /** Between pings on connections that we opened (RFC 5626 3.5.1, 4.4.1): they keep a NAT's door open. */
  pingMs: number;
  connectMs: number;
  /** Bytes that a slow reader may leave unread with us. */
  unsentBytes: number;
}

// A phone that registers for an hour and sends no keep-alive must keep its connection.
const TCP_LIMITS: TcpLimits = {
  connections: 1000,
  connectionsPerSource: 250,
  strangers: 400,
  strangersPerSource: 20,
  partialMs: 5000,
  unprovenMs: 15_000,
  idleMs: 65 * 60_000,
  strangerIdleMs: 60_000,
  pingMs: 95_000,
  connectMs: 4000,
  unsentBytes: 1 << 20,
};

export function createTcpTransport(
  sink: TransportSink,
  clock: Clock,
  limits: TcpLimits = TCP_LIMITS,
): Transport {
  let server: Server | null = null;
  let host = '';
  const connections = new Set<TcpConnection>();

  const add = (socket: Socket, address: string, port: number, isConnected: boolean): TcpConnection => {
    const connection = new TcpConnection(socket, address, port, isConnected, sink, clock, limits, () => {
      connections.delete(connection);
    });
    connections.add(connection);
    return connection;
  };

  const knownFlow = (address: string, port: number): Flow | null => {
    for (const each of connections) {
      if (each.remoteAddress === address && each.remotePort === port && each.isOpen()) return each;
    }
    return null;
  };

  /** A stranger's connection gives way to a newer one of strangers, never one that is trusted. */
  const hasRoomFor = (address: string): boolean => {
    const isTrusted = sink.isTrusted(address);
    const fromSource = countOf((each) => each.remoteAddress === address);
    if (fromSource >= (isTrusted ? limits.connectionsPerSource : limits.strangersPerSource)) return false;
    if (isTrusted) return connections.size < limits.connections;
    const strangers = [...connections].filter((each) => !sink.isTrusted(each.remoteAddress));
    if (strangers.length >= limits.strangers) strangers[0]?.close();
    return connections.size < limits.connections;
  };

  const countOf = (isMeant: (connection: TcpConnection) => boolean): number => {
    let count = 0;
    for (const each of connections) if (isMeant(each)) count++;
    return count;
  };

  const accept = (socket: Socket): void => {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    const port = socket.remotePort ?? 0;
    if (port === 0 || !sink.admits(address) || !hasRoomFor(address)) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    add(socket, address, port, true);
  };

  return {
    name: 'tcp',
    async start(listenHost, port) {
      host = listenHost;
      const listening = createServer({ noDelay: true, keepAlive: true }, accept);
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen({ host: listenHost, port, exclusive: true }, () => {
          listening.off('error', reject);
          resolve();
        });
      });
      listening.on('error', () => {});
      server = listening;
      const address = listening.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    knownFlow,
    flowTo(address, port) {
      const known = knownFlow(address, port);
      if (known !== null) return known;
      const socket = new Socket();
      const connection = add(socket, address, port, false);
      // A bound address is the one that peers know us by; a wildcard leaves the choice to the routing table.
      const isBound = host !== '0.0.0.0' && host !== '::';
      socket.connect(isBound ? { host: address, port, localAddress: host } : { host: address, port });
      return connection;
    },
    async stop() {
      const closing = server;
      server = null;
      for (const each of Array.from(connections)) each.close();
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}

class TcpConnection implements Flow {
  readonly transport = 'tcp';
  readonly isReliable = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #socket: Socket;
  readonly #sink: TransportSink;
  readonly #clock: Clock;
  readonly #limits: TcpLimits;
  readonly #framer = createStreamFramer();
  readonly #onClosed: () => void;
  /** Sends that wait for the connection, and those whose bytes are not out yet: they fail with it. */
  readonly #unsent = new Set<() => void>();
  readonly #isOurs: boolean;
  #isClosed = false;
  #isProven = false;
  #idleTimer: Timer | null = null;
  #partialTimer: Timer | null = null;
  #pingTimer: Timer | null = null;

  constructor(
    socket: Socket,
    remoteAddress: string,
    remotePort: number,
    isConnected: boolean,
    sink: TransportSink,
    clock: Clock,
    limits: TcpLimits,
    onClosed: () => void,
  ) {
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.#sink = sink;
    this.#clock = clock;
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#isOurs = !isConnected;
    this.#isProven = this.#isOurs;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('connect', () => {
      this.#waitIdle();
      this.#ping();
    });
    socket.on('error', () => this.close());
    socket.on('end', () => this.close());
    socket.on('close', () => this.close());
    this.#idleTimer = clock.after(isConnected ? limits.unprovenMs : limits.connectMs, () => this.close());
  }

  isOpen(): boolean {
    return !this.#isClosed;
  }

  send(bytes: Buffer, onFailure: () => void): void {
    if (this.#isClosed || this.#socket.writableLength > this.#limits.unsentBytes) {
      queueMicrotask(onFailure);
      // One that does not read must not make us keep its messages.
      this.close();
      return;
    }
    this.#unsent.add(onFailure);
    this.#socket.write(bytes, (error) => {
      if (!this.#unsent.delete(onFailure)) return;
      if (error) onFailure();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    this.#partialTimer?.cancel();
    this.#pingTimer?.cancel();
    // A refusal written just before still goes out; the peer's silence does not keep the socket.
    this.#socket.destroySoon();
    this.#onClosed();
    const failed = [...this.#unsent];
    this.#unsent.clear();
    queueMicrotask(() => {
      for (const onFailure of failed) onFailure();
    });
  }

  #ping(): void {
    this.#pingTimer = this.#clock.after(this.#limits.pingMs, () => {
      this.#socket.write('\r\n\r\n');
      this.#ping();
    });
  }

  #waitIdle(): void {
    this.#idleTimer?.cancel();
    const provenMs = this.#isAllowedToIdle() ? this.#limits.idleMs : this.#limits.strangerIdleMs;
    const delayMs = this.#isProven ? provenMs : this.#limits.unprovenMs;
    this.#idleTimer = this.#clock.after(delayMs, () => this.close());
  }

  /** We opened it ourselves, or who did is trusted. */
  #isAllowedToIdle(): boolean {
    return this.#isOurs || this.#sink.isTrusted(this.remoteAddress);
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    for (const framed of this.#framer.push(chunk)) {
      if (framed.kind === 'message') {
        this.#isProven = true;
        this.#partialTimer?.cancel();
        this.#partialTimer = null;
        if (this.#sink.admits(this.remoteAddress)) this.#sink.receive(framed.bytes, this);
      } else if (framed.kind === 'ping') this.#socket.write('\r\n');
      else {
        this.#sink.refuse(framed.head, this, framed.status);
        this.close();
        return;
      }
      if (this.#isClosed) return;
    }
    if (this.#isProven) this.#waitIdle();
    if (!this.#framer.isPartial()) {
      this.#partialTimer?.cancel();
      this.#partialTimer = null;
    } else {
      this.#partialTimer ??= this.#clock.after(this.#limits.partialMs, () => this.close());
    }
  }
}
