/**
 * SIP over WebSocket (RFC 7118), with and without TLS on one port: the first byte of a connection tells. A frame is a
 * message; only browsers and their like connect, we to nobody. Sockets are bounded as connections of TCP are, told to
 * answer pings, and refused when a page of another host opened them. Used by the transport layer, main thread.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../clock.ts';
import { MAX_MESSAGE_BYTES } from '../message/parser.ts';
import { STREAM_LIMITS } from './stream-transport.ts';
import { serverContext, type TlsIdentity } from './tls-transport.ts';
import { deadFlow, type Flow, type Transport, type TransportSink } from './transport.ts';

export interface WebSocketLimits {
  connections: number;
  connectionsPerSource: number;
  strangers: number;
  strangersPerSource: number;
  /** From the connection to the first whole message: handshakes of TLS and HTTP are in it. */
  unprovenMs: number;
  strangerIdleMs: number;
  /** Between our pings; who has said nothing at all from one to the next but one is gone. */
  pingMs: number;
  unsentBytes: number;
}

const WEB_SOCKET_LIMITS: WebSocketLimits = { ...STREAM_LIMITS, pingMs: 25_000 };

export interface WebSocketOptions {
  /** null: without TLS only. */
  identity: TlsIdentity | null;
  /** Pages that may connect, as `https://desk.example`, beside those of this host; `*`: all. */
  origins: readonly string[];
}

export interface WebSocketTransport extends Transport {
  renew(identity: TlsIdentity): void;
}

/** RFC 7118 4: what both sides agree to speak. */
const SUBPROTOCOL = 'sip';
/** First byte of a TLS handshake record; no letter of HTTP. */
const TLS_HANDSHAKE = 0x16;
const CRLF = Buffer.from('\r\n');
/** RFC 6455 7.4.1: going away. */
const CLOSE_AWAY = 1001;

export function createWebSocketTransport(
  sink: TransportSink,
  clock: Clock,
  options: WebSocketOptions,
  limits: WebSocketLimits = WEB_SOCKET_LIMITS,
): WebSocketTransport {
  let server: Server | null = null;
  /** Every accepted socket with its source, whatever it has become meanwhile. */
  const sockets = new Map<Socket, string>();
  const flows = new Set<WebSocketFlow>();
  const plain = createHttpServer({ headersTimeout: limits.unprovenMs });
  const secure = options.identity === null ? null : createHttpsServer(serverContext(options.identity));
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // Flows answer pings themselves, never more than one at a time.
    autoPong: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  const knownFlow = (address: string, port: number): Flow | null => {
    for (const each of flows) {
      if (each.remoteAddress === address && each.remotePort === port && each.isOpen()) return each;
    }
    return null;
  };

  const hasRoomFor = (address: string): boolean => {
    const isTrusted = sink.isTrusted(address);
    const sources = [...sockets.values()];
    const fromSource = sources.filter((each) => each === address).length;
    if (fromSource >= (isTrusted ? limits.connectionsPerSource : limits.strangersPerSource)) return false;
    if (sources.length >= limits.connections) return false;
    return isTrusted || sources.filter((each) => !sink.isTrusted(each)).length < limits.strangers;
  };

  const accept = (socket: Socket): void => {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    socket.on('error', () => {});
    if (!sink.admits(address) || !hasRoomFor(address)) {
      socket.destroy();
      return;
    }
    sockets.set(socket, address);
    // It ends with the first message; what has not come to a WebSocket by then has no other end.
    const timer = clock.after(limits.unprovenMs, () => {
      if (![...flows].some((each) => each.isBy(socket))) socket.destroy();
    });
    socket.once('close', () => {
      timer.cancel();
      sockets.delete(socket);
    });
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const isSecure = first[0] === TLS_HANDSHAKE;
      const handler: HttpServer | null = isSecure ? secure : plain;
      if (handler === null) socket.destroy();
      else handler.emit('connection', socket);
      if (!isSecure) process.nextTick(() => socket.resume());
    });
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, transport: 'ws' | 'wss'): void => {
    socket.on('error', () => {});
    const { remoteAddress, remotePort } = request.socket;
    const refusal = refusalOf(request, options.origins);
    if (refusal !== null || remoteAddress === undefined || remotePort === undefined || server === null) {
      socket.end(
        `HTTP/1.1 ${refusal ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    const far = { address: remoteAddress.replace(/^::ffff:/, ''), port: remotePort, transport };
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      const flow = new WebSocketFlow(webSocket, far, sink, clock, limits, () => {
        flows.delete(flow);
        sink.closed?.(flow);
      });
      flows.add(flow);
    });
  };

  for (const [handler, transport] of [
    [plain, 'ws'],
    [secure, 'wss'],
  ] as const) {
    if (handler === null) continue;
    handler.on('upgrade', (request, socket, head) => upgrade(request, socket, head, transport));
    handler.on('request', (_request, response) => {
      response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-length': 0 }).end();
    });
    handler.on('clientError', (_error, socket) => socket.destroy());
  }
  secure?.on('tlsClientError', (_error, socket) => socket.destroy());

  return {
    name: 'ws',
    async start(host, port) {
      const listening = createServer({ noDelay: true, keepAlive: true }, accept);
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen({ host, port, exclusive: true }, () => {
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
    flowTo: (address, port) => knownFlow(address, port) ?? deadFlow('ws', address, port),
    async stop() {
      const closing = server;
      server = null;
      for (const each of Array.from(flows)) each.close();
      for (const socket of sockets.keys()) socket.destroySoon();
      upgrades.close();
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
    renew: (identity) => secure?.setSecureContext(serverContext(identity)),
  };
}

/** Status line of the refusal; null: welcome. Programs send no Origin, browsers always do (RFC 6455 10.2). */
function refusalOf(request: IncomingMessage, origins: readonly string[]): string | null {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  if (!offered.split(',').some((each) => each.trim() === SUBPROTOCOL)) return '400 Bad Request';
  const { origin, host } = request.headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return null;
  const page = hostNameOf(origin);
  return page !== null && page === hostNameOf(`http://${host}`) ? null : '403 Forbidden';
}

function hostNameOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null;
}

class WebSocketFlow implements Flow {
  readonly transport: 'ws' | 'wss';
  readonly isReliable = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #webSocket: WebSocket;
  readonly #sink: TransportSink;
  readonly #clock: Clock;
  readonly #limits: WebSocketLimits;
  readonly #onClosed: () => void;
  readonly #unsent = new Set<() => void>();
  #isClosed = false;
  #isProven = false;
  #hasSpoken = true;
  #isAnswering = false;
  /** The latest that came; null: no answer is under way. */
  #pingToAnswer: Buffer | null = null;
  #idleTimer: Timer | null = null;
  #pingTimer: Timer | null = null;

  constructor(
    webSocket: WebSocket,
    far: { address: string; port: number; transport: 'ws' | 'wss' },
    sink: TransportSink,
    clock: Clock,
    limits: WebSocketLimits,
    onClosed: () => void,
  ) {
    this.#webSocket = webSocket;
    this.transport = far.transport;
    this.remoteAddress = far.address;
    this.remotePort = far.port;
    this.#sink = sink;
    this.#clock = clock;
    this.#limits = limits;
    this.#onClosed = onClosed;
    webSocket.on('message', (data) => this.#receive(bytesOf(data)));
    webSocket.on('ping', (data) => this.#answerPing(data));
    webSocket.on('pong', () => void (this.#hasSpoken = true));
    webSocket.on('error', () => this.close());
    webSocket.on('close', () => this.close());
    this.#waitIdle();
    this.#ping();
  }

  isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Whether it is what became of that socket. */
  isBy(socket: Socket): boolean {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '');
    return socket.remotePort === this.remotePort && address === this.remoteAddress && !this.#isClosed;
  }

  send(bytes: Buffer, onFailure: () => void): void {
    if (this.#isClosed || this.#webSocket.bufferedAmount > this.#limits.unsentBytes) {
      queueMicrotask(onFailure);
      this.close();
      return;
    }
    this.#unsent.add(onFailure);
    // As text when it is text: softphones in browsers read nothing else.
    const isText = bytes.equals(Buffer.from(bytes.toString('utf8')));
    this.#webSocket.send(bytes, { binary: !isText }, (error) => {
      if (this.#unsent.delete(onFailure) && error) onFailure();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    this.#pingTimer?.cancel();
    this.#webSocket.close(CLOSE_AWAY);
    // A peer that does not answer the close does not keep the socket.
    this.#clock.after(this.#limits.unprovenMs, () => this.#webSocket.terminate());
    this.#onClosed();
    const failed = [...this.#unsent];
    this.#unsent.clear();
    queueMicrotask(() => {
      for (const onFailure of failed) onFailure();
    });
  }

  #ping(): void {
    this.#pingTimer = this.#clock.after(this.#limits.pingMs, () => {
      if (!this.#hasSpoken) {
        this.#webSocket.terminate();
        this.close();
        return;
      }
      this.#hasSpoken = false;
      this.#webSocket.ping();
      this.#ping();
    });
  }

  /** One at a time, which answers all that were asked meanwhile: who reads none makes us keep one. */
  #answerKeepAlive(): void {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    this.#webSocket.send(CRLF, { binary: false }, () => void (this.#isAnswering = false));
  }

  /** The same for pings of RFC 6455; the latest of those that waited is answered too (5.5.3). */
  #answerPing(data: Buffer): void {
    if (this.#isClosed) return;
    const isUnderWay = this.#pingToAnswer !== null;
    this.#pingToAnswer = data;
    if (isUnderWay) return;
    this.#webSocket.pong(data, false, () => {
      const latest = this.#pingToAnswer;
      this.#pingToAnswer = null;
      if (latest !== null && latest !== data) this.#answerPing(latest);
    });
  }

  /** Pings tell who is gone; a stranger has to do something beside, and everybody to begin with. */
  #waitIdle(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = null;
    if (this.#isProven && this.#sink.isTrusted(this.remoteAddress)) return;
    const delayMs = this.#isProven ? this.#limits.strangerIdleMs : this.#limits.unprovenMs;
    this.#idleTimer = this.#clock.after(delayMs, () => {
      if (this.#isProven && this.#sink.isTrusted(this.remoteAddress)) this.#idleTimer = null;
      else this.close();
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#hasSpoken = true;
    if (isBlank(bytes)) {
      // RFC 5626 3.5.1 by way of RFC 7118 6: CRLFCRLF is answered, a single one is an answer.
      if (bytes.length >= 4) this.#answerKeepAlive();
      return;
    }
    if (!this.#sink.admits(this.remoteAddress)) return;
    this.#isProven = true;
    this.#sink.receive(bytes, this);
    if (!this.#isClosed) this.#waitIdle();
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x0d || byte === 0x0a);
}
