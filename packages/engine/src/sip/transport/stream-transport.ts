/**
 * SIP over connections (RFC 3261 18, RFC 5626 keep-alives): a listener and the connections, in and out, found again by
 * their far end. Bounded: connections, bytes waiting either way, time for a message to become complete, idle time.
 * tcp-transport.ts and tls-transport.ts say what a connection is made of.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '../clock.ts';
import { createStreamFramer } from './stream-framer.ts';
import type { Flow, Transport, TransportSink } from './transport.ts';

export interface StreamLimits {
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
export const STREAM_LIMITS: StreamLimits = {
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

/** What makes a connection of a socket. */
export interface StreamKind {
  name: 'tcp' | 'tls';
  /** An accepted socket, as messages come by it; `use` is not called for one that is no good: it is destroyed then. */
  accept(socket: Socket, use: (ready: Socket) => void): void;
  /** Begins to connect; `readyEvent` says that messages may go. `serverName`: as the far end was named to us. */
  connect(
    to: { host: string; port: number; localAddress?: string },
    serverName: string,
  ): { socket: Socket; readyEvent: string };
}

export function createStreamTransport(
  kind: StreamKind,
  sink: TransportSink,
  clock: Clock,
  limits: StreamLimits = STREAM_LIMITS,
): Transport {
  let server: Server | null = null;
  let host = '';
  const connections = new Set<StreamConnection>();
  /** Accepted, and not ready yet: they take room too. */
  const opening = new Map<Socket, string>();

  const add = (socket: Socket, end: StreamEnd): StreamConnection => {
    const connection = new StreamConnection(kind.name, socket, end, sink, clock, limits, () => {
      connections.delete(connection);
      sink.closed?.(connection);
    });
    connections.add(connection);
    return connection;
  };

  const knownFlow = (address: string, port: number): StreamConnection | null => {
    for (const each of connections) {
      if (each.remoteAddress === address && each.remotePort === port && each.isOpen()) return each;
    }
    return null;
  };

  /** One that has shown itself as this server; where nobody shows anything, any. */
  const shownFlow = (address: string, port: number, serverName: string): Flow | null => {
    const known = knownFlow(address, port);
    return known === null || kind.name === 'tcp' || known.serverName === serverName ? known : null;
  };

  /** A stranger's connection gives way to a newer one of strangers, never one that is trusted. */
  const hasRoomFor = (address: string): boolean => {
    const isTrusted = sink.isTrusted(address);
    const fromSource =
      countOf((each) => each.remoteAddress === address) +
      [...opening.values()].filter((each) => each === address).length;
    if (fromSource >= (isTrusted ? limits.connectionsPerSource : limits.strangersPerSource)) return false;
    if (isTrusted) return connections.size + opening.size < limits.connections;
    const strangers = [...connections].filter((each) => !sink.isTrusted(each.remoteAddress));
    if (strangers.length + opening.size >= limits.strangers) strangers[0]?.close();
    return connections.size + opening.size < limits.connections;
  };

  const countOf = (isMeant: (connection: StreamConnection) => boolean): number => {
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
    opening.set(socket, address);
    socket.once('close', () => opening.delete(socket));
    kind.accept(socket, (ready) => {
      opening.delete(socket);
      if (server === null) ready.destroy();
      else add(ready, { address, port, readyEvent: null, serverName: null });
    });
  };

  return {
    name: kind.name,
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
    flowTo(address, port, serverName) {
      const known =
        serverName === undefined ? knownFlow(address, port) : shownFlow(address, port, serverName);
      if (known !== null) return known;
      // A bound address is the one that peers know us by; a wildcard leaves the choice to the routing table.
      const isBound = host !== '0.0.0.0' && host !== '::';
      const to = isBound ? { host: address, port, localAddress: host } : { host: address, port };
      const { socket, readyEvent } = kind.connect(to, serverName ?? address);
      return add(socket, { address, port, readyEvent, serverName: serverName ?? address });
    },
    async stop() {
      const closing = server;
      server = null;
      for (const each of Array.from(connections)) each.close();
      for (const socket of opening.keys()) socket.destroy();
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}

interface StreamEnd {
  address: string;
  port: number;
  /** Told when a connection that we open is ready; null: it is one that we accepted. */
  readyEvent: string | null;
  /** Whom it had to show itself as; null: nobody was asked. */
  serverName: string | null;
}

class StreamConnection implements Flow {
  readonly transport: 'tcp' | 'tls';
  readonly isReliable = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly serverName: string | null;
  readonly #socket: Socket;
  readonly #sink: TransportSink;
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #framer = createStreamFramer();
  readonly #onClosed: () => void;
  /** Sends that wait for the connection, and those whose bytes are not out yet: they fail with it. */
  readonly #unsent = new Set<() => void>();
  readonly #isOurs: boolean;
  #isClosed = false;
  #isProven = false;
  #isAnswering = false;
  #idleTimer: Timer | null = null;
  #partialTimer: Timer | null = null;
  #pingTimer: Timer | null = null;

  constructor(
    transport: 'tcp' | 'tls',
    socket: Socket,
    { address, port, readyEvent, serverName }: StreamEnd,
    sink: TransportSink,
    clock: Clock,
    limits: StreamLimits,
    onClosed: () => void,
  ) {
    this.transport = transport;
    this.#socket = socket;
    this.remoteAddress = address;
    this.remotePort = port;
    this.serverName = serverName;
    this.#sink = sink;
    this.#clock = clock;
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#isOurs = readyEvent !== null;
    this.#isProven = this.#isOurs;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    if (readyEvent !== null) {
      socket.once(readyEvent, () => {
        this.#waitIdle();
        this.#ping();
      });
    }
    socket.on('error', () => this.close());
    socket.on('end', () => this.close());
    socket.on('close', () => this.close());
    this.#idleTimer = clock.after(this.#isOurs ? limits.connectMs : limits.unprovenMs, () => this.close());
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

  /** One at a time, which answers all that were asked meanwhile: who reads none makes us keep one. */
  #answerPing(): void {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    this.#socket.write('\r\n', () => void (this.#isAnswering = false));
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
      } else if (framed.kind === 'ping') this.#answerPing();
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
