// The connection: sends events and matches their acks, keeps the mirror, comes back by itself with back-off, and
// notices a server that is silent. Runs in Node 24 and in browsers; one object a connection.
import type {
  ClientEvent,
  ClientEventData,
  ProtocolError,
  ServerEvent,
  ServerEventData,
  ServerFrame,
} from '@openline/protocol';
import { isServerEvent } from '@openline/protocol';
import { applyFrame, applyOwn } from './mirror.ts';
import type { Mirror } from './mirror.ts';

/** `waiting`: lost or refused, tries again after a pause. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed';

/** `connection_lost` as a code: nobody knows whether the server has it. */
export type Ack = { ok: true } | { ok: false; error: ProtocolError };

export interface ConnectOptions {
  /** For programs; a browser has its cookie. */
  token?: string;
  /** Pause before the first try to come back; it doubles up to `maxPauseMs`. */
  minPauseMs?: number;
  maxPauseMs?: number;
  /** A `ping` goes out so often; without an answer in the same time the connection counts as lost. */
  pingIntervalMs?: number;
  /** For tests. */
  makeSocket?: (url: string) => WebSocket;
}

type Handler<E extends ServerEvent> = (data: ServerEventData<E>) => void;
type AnyHandler = (data: unknown) => void;

export interface Client {
  /** The server's state as this client knows it; null before the first `initialize`. Kept while away. */
  readonly state: Mirror | null;
  readonly connection: ConnectionState;
  emit<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Ack>;
  /** Returns what takes the handler off again. `state` is up to date when a handler runs. */
  on<E extends ServerEvent>(event: E, handler: Handler<E>): () => void;
  onConnection(handler: (connection: ConnectionState) => void): () => void;
  /** For good. */
  close(): void;
}

/** Connects to `ws://…/ws` and stays connected until `close`. */
export function connect(url: string, options: ConnectOptions = {}): Client {
  const address = new URL(url);
  if (options.token !== undefined) address.searchParams.set('token', options.token);
  return new ReconnectingClient(address.href, options);
}

interface Sent {
  event: ClientEvent;
  data: unknown;
  resolve: (ack: Ack) => void;
}

const lost: Ack = {
  ok: false,
  error: { code: 'connection_lost', msg: 'The connection to the server is lost.' },
};

class ReconnectingClient implements Client {
  readonly #url: string;
  readonly #minPauseMs: number;
  readonly #maxPauseMs: number;
  readonly #pingIntervalMs: number;
  readonly #makeSocket: (url: string) => WebSocket;
  readonly #handlers = new Map<ServerEvent, Set<AnyHandler>>();
  readonly #connectionHandlers = new Set<(connection: ConnectionState) => void>();
  readonly #sent = new Map<string, Sent>();
  #socket: WebSocket | null = null;
  #state: Mirror | null = null;
  #connection: ConnectionState = 'connecting';
  #pauseMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pinger: ReturnType<typeof setInterval> | undefined;
  #isAnswered = true;
  #lastId = 0;

  constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#minPauseMs = options.minPauseMs ?? 250;
    this.#maxPauseMs = options.maxPauseMs ?? 5_000;
    this.#pingIntervalMs = options.pingIntervalMs ?? 10_000;
    this.#makeSocket = options.makeSocket ?? ((address) => new WebSocket(address));
    this.#pauseMs = this.#minPauseMs;
    this.#open();
  }

  get state(): Mirror | null {
    return this.#state;
  }
  get connection(): ConnectionState {
    return this.#connection;
  }

  emit<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Ack> {
    const socket = this.#socket;
    if (this.#connection !== 'open' || !socket) return Promise.resolve(lost);
    this.#lastId += 1;
    const id = String(this.#lastId);
    socket.send(JSON.stringify({ event, data, id }));
    return new Promise((resolve) => this.#sent.set(id, { event, data, resolve }));
  }

  on<E extends ServerEvent>(event: E, handler: Handler<E>): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(handler as AnyHandler);
    return () => void handlers.delete(handler as AnyHandler);
  }

  onConnection(handler: (connection: ConnectionState) => void): () => void {
    this.#connectionHandlers.add(handler);
    return () => void this.#connectionHandlers.delete(handler);
  }

  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#drop();
    this.#become('closed');
    socket?.close();
  }

  #open(): void {
    const socket = this.#makeSocket(this.#url);
    this.#socket = socket;
    // What an earlier socket still has to say is of no interest.
    const ifCurrent = (act: () => void) => () => {
      if (this.#socket === socket) act();
    };
    socket.addEventListener('message', (message) => {
      if (this.#socket === socket) this.#take(String(message.data));
    });
    socket.addEventListener(
      'close',
      ifCurrent(() => this.#lose()),
    );
    socket.addEventListener(
      'error',
      ifCurrent(() => this.#lose()),
    );
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as { event: string; data: unknown; id?: string };
    if (!isServerEvent(frame.event)) return;
    if (frame.event === 'ack') return this.#acknowledge(frame.id, frame.data as Ack);
    if (frame.event === 'pong') this.#isAnswered = true;
    this.#state = applyFrame(this.#state, frame as ServerFrame);
    if (frame.event === 'initialize') this.#welcome();
    for (const handler of this.#handlers.get(frame.event) ?? []) handler(frame.data);
  }

  #acknowledge(id: string | undefined, ack: Ack): void {
    const sent = id === undefined ? undefined : this.#sent.get(id);
    if (id === undefined || !sent) return;
    this.#sent.delete(id);
    if (ack.ok) this.#state = applyOwn(this.#state, sent.event, sent.data as ClientEventData<ClientEvent>);
    sent.resolve(ack);
  }

  /** Open is a connection that has its state, not a socket that has connected. */
  #welcome(): void {
    this.#pauseMs = this.#minPauseMs;
    this.#isAnswered = true;
    clearInterval(this.#pinger);
    this.#pinger = setInterval(() => this.#ping(), this.#pingIntervalMs);
    this.#become('open');
  }

  #ping(): void {
    if (!this.#isAnswered) {
      const socket = this.#socket;
      this.#lose();
      socket?.close();
      return;
    }
    this.#isAnswered = false;
    this.#socket?.send(JSON.stringify({ event: 'ping', data: null }));
  }

  #lose(): void {
    this.#drop();
    // Up to half the pause at random, so that a whole newsroom does not come back in the same moment.
    const pauseMs = this.#pauseMs * (1 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#maxPauseMs);
    this.#timer = setTimeout(() => {
      this.#become('connecting');
      this.#open();
    }, pauseMs);
    this.#become('waiting');
  }

  #drop(): void {
    this.#socket = null;
    clearInterval(this.#pinger);
    const unanswered = [...this.#sent.values()];
    this.#sent.clear();
    for (const { resolve } of unanswered) resolve(lost);
  }

  #become(connection: ConnectionState): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const handler of this.#connectionHandlers) handler(connection);
  }
}
