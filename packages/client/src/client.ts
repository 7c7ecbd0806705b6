// The connection: sends events and matches their acks and answers, keeps the mirror, comes back by itself with
// back-off, and notices a server that is silent. Runs in Node 24 and in browsers; one object a connection.
import type {
  AnswerData,
  ClientEvent,
  ClientEventData,
  ProtocolError,
  ServerEvent,
  ServerEventData,
  ServerFrame,
} from '@openline/protocol';
import { answerEventOf } from '@openline/protocol';
import { applyFrame, applyOwn } from './mirror.ts';
import type { Mirror } from './mirror.ts';

/** `waiting`: lost or refused, tries again after a pause. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed';

/** `connection_lost` as a code: nobody knows whether the server has it. */
export type Ack = { ok: true } | { ok: false; error: ProtocolError };

/** `answer`: what the server told this client alone, `calls:list` for `calls:fetch` and so on. `id`: what the event was
 * sent with; an `event_error` that comes later, of a phone that is not picked up, carries it (`onFrame`). */
export type Outcome<E extends ClientEvent> =
  | { ok: true; id: string; answer: AnswerData<E> }
  /** Of a keyed event some keys may have been applied: then the answer for those is there. `id` null: it was not sent. */
  | { ok: false; id: string | null; error: ProtocolError; answer?: AnswerData<E> | undefined };

export interface ConnectOptions {
  /** For programs; a browser has its cookie. */
  token?: string;
  /** The pause before a try to come back, and how many tries there are before it doubles, up to the longest. */
  firstPauseMs?: number;
  quickTries?: number;
  longestPauseMs?: number;
  /** A `ping` goes out so often; without an answer in the same time the connection counts as lost. */
  pingIntervalMs?: number;
  /** A try that is not let in so long is given up: what is asked of a network that is cut is often never answered. */
  openWithinMs?: number;
  /** An event that is not acknowledged so long counts as lost. */
  answerWithinMs?: number;
  /** For tests. */
  makeSocket?: (url: string) => WebSocket;
}

type Handler<E extends ServerEvent> = (data: ServerEventData<E>) => void;
type FrameHandler = (frame: ServerFrame) => void;

export interface Client {
  /** The server's state as this client knows it; null before the first `initialize`. Kept while away. */
  readonly state: Mirror | null;
  readonly connection: ConnectionState;
  emit<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Outcome<E>>;
  /** For what is sent often and needs no answer; nothing while away. */
  tell<E extends ClientEvent>(event: E, data: ClientEventData<E>): void;
  /** Returns what takes the handler off again. `state` is up to date when a handler runs. */
  on<E extends ServerEvent>(event: E, handler: Handler<E>): () => void;
  /** Every frame but the acks. A later server may send events that have no type here yet. */
  onFrame(handler: FrameHandler): () => void;
  onConnection(handler: (connection: ConnectionState) => void): () => void;
  /** Tries to come back now: the network is there again. */
  retry(): void;
  /** Asks the server whether it is there; a connection without an answer in that time counts as lost. */
  check(withinMs: number): void;
  /** For good. */
  close(): void;
}

/** Connects to `ws://…/ws` and stays connected until `close`. */
export function connect(url: string, options: ConnectOptions = {}): Client {
  const address = new URL(url);
  if (options.token !== undefined) address.searchParams.set('token', options.token);
  return new ReconnectingClient(address.href, options);
}

/** The pause before the try after `failures` failed ones; `spread` of 0 to 1, so that a whole newsroom does not come
 * back in the same moment. */
export function retryPauseMs(
  failures: number,
  spread: number,
  { firstPauseMs = 350, quickTries = 8, longestPauseMs = 4_000 }: ConnectOptions = {},
): number {
  const doublings = Math.max(0, failures - quickTries + 1);
  return Math.round(Math.min(longestPauseMs, firstPauseMs * 2 ** doublings) * (0.75 + spread / 2));
}

interface Sent {
  event: ClientEvent;
  data: unknown;
  answer: unknown;
  /** The keys that were refused; null: the event as a whole. */
  refused: Set<string | null>;
  deadline: ReturnType<typeof setTimeout>;
  resolve: (outcome: Outcome<ClientEvent>) => void;
}

const lost: Ack & { ok: false } = {
  ok: false,
  error: { code: 'connection_lost', msg: 'The connection to the server is lost.' },
};

class ReconnectingClient implements Client {
  readonly #url: string;
  readonly #options: ConnectOptions;
  readonly #handlers = new Map<ServerEvent, Set<(data: never) => void>>();
  readonly #frameHandlers = new Set<FrameHandler>();
  readonly #connectionHandlers = new Set<(connection: ConnectionState) => void>();
  readonly #sent = new Map<string, Sent>();
  #socket: WebSocket | null = null;
  #state: Mirror | null = null;
  #connection: ConnectionState = 'connecting';
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #opener: ReturnType<typeof setTimeout> | undefined;
  #pinger: ReturnType<typeof setInterval> | undefined;
  #isAlive = true;
  #lastId = 0;

  constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#options = options;
    this.#open();
  }

  get state(): Mirror | null {
    return this.#state;
  }
  get connection(): ConnectionState {
    return this.#connection;
  }

  emit<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Outcome<E>> {
    const socket = this.#socket;
    if (this.#connection !== 'open' || !socket) return Promise.resolve({ ...lost, id: null });
    this.#lastId += 1;
    const id = String(this.#lastId);
    socket.send(JSON.stringify({ event, data, id }));
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#settle(id, lost), this.#options.answerWithinMs ?? 10_000);
      const settle = (outcome: Outcome<ClientEvent>) => resolve(outcome as Outcome<E>);
      this.#sent.set(id, { event, data, answer: undefined, refused: new Set(), deadline, resolve: settle });
    });
  }

  tell<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    if (this.#connection === 'open') this.#socket?.send(JSON.stringify({ event, data }));
  }

  on<E extends ServerEvent>(event: E, handler: Handler<E>): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(handler);
    return () => void handlers.delete(handler);
  }

  onFrame(handler: FrameHandler): () => void {
    this.#frameHandlers.add(handler);
    return () => void this.#frameHandlers.delete(handler);
  }

  onConnection(handler: (connection: ConnectionState) => void): () => void {
    this.#connectionHandlers.add(handler);
    return () => void this.#connectionHandlers.delete(handler);
  }

  retry(): void {
    if (this.#connection === 'waiting') this.#reopen();
  }

  check(withinMs: number): void {
    const socket = this.#socket;
    if (this.#connection !== 'open' || !socket) return;
    this.#sayPing();
    setTimeout(() => {
      if (this.#socket === socket && !this.#isAlive) this.#giveUp(socket);
    }, withinMs);
    this.#keepPinging();
  }

  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#drop();
    this.#become('closed');
    socket?.close();
  }

  #open(): void {
    const socket = (this.#options.makeSocket ?? ((address) => new WebSocket(address)))(this.#url);
    this.#socket = socket;
    // What an earlier socket still has to say is of no interest.
    socket.addEventListener('message', (message) => {
      if (this.#socket === socket) this.#take(String(message.data));
    });
    const onEnd = () => {
      if (this.#socket === socket) this.#lose();
    };
    socket.addEventListener('close', onEnd);
    socket.addEventListener('error', onEnd);
    socket.addEventListener('open', () => {
      if (this.#socket === socket) this.#awaitWelcome(socket);
    });
    this.#awaitWelcome(socket);
  }

  /** No browser gives up a socket that hears nothing in less than minutes. */
  #awaitWelcome(socket: WebSocket): void {
    clearTimeout(this.#opener);
    this.#opener = setTimeout(() => this.#giveUp(socket), this.#options.openWithinMs ?? 6_000);
  }

  #reopen(): void {
    clearTimeout(this.#timer);
    this.#become('connecting');
    this.#open();
  }

  #take(text: string): void {
    this.#isAlive = true;
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.event === 'ack') return this.#acknowledge(frame.id ?? '', frame.data as Ack);
    const asked = this.#sent.get(frame.id ?? '');
    if (asked && frame.event === 'event_error') asked.refused.add(frame.data.key ?? null);
    if (asked && frame.event === answerEventOf(asked.event)) asked.answer = joined(asked.answer, frame.data);
    this.#state = applyFrame(this.#state, frame);
    if (frame.event === 'initialize') this.#welcome();
    for (const handler of this.#frameHandlers) handler(frame);
    for (const handler of this.#handlers.get(frame.event) ?? []) handler(frame.data as never);
  }

  #acknowledge(id: string, ack: Ack): void {
    const sent = this.#sent.get(id);
    if (!sent) return;
    if (!ack.ok) sent.refused.add(ack.error.key ?? null);
    if (!sent.refused.has(null)) {
      const data = without(sent.data, sent.refused) as ClientEventData<ClientEvent>;
      this.#state = applyOwn(this.#state, sent.event, data);
    }
    this.#settle(id, ack);
  }

  #settle(id: string, ack: Ack): void {
    const sent = this.#sent.get(id);
    if (!sent) return;
    clearTimeout(sent.deadline);
    this.#sent.delete(id);
    sent.resolve({ ...ack, id, answer: sent.answer } as Outcome<ClientEvent>);
  }

  /** Open is a connection that has its state, not a socket that has connected. */
  #welcome(): void {
    this.#failures = 0;
    clearTimeout(this.#opener);
    this.#keepPinging();
    this.#become('open');
  }

  #keepPinging(): void {
    clearInterval(this.#pinger);
    this.#pinger = setInterval(() => this.#ping(), this.#options.pingIntervalMs ?? 5_000);
  }

  #ping(): void {
    if (this.#isAlive) this.#sayPing();
    else this.#giveUp(this.#socket);
  }

  #sayPing(): void {
    this.#isAlive = false;
    this.#socket?.send(JSON.stringify({ event: 'ping', data: null }));
  }

  #giveUp(socket: WebSocket | null): void {
    this.#lose();
    socket?.close();
  }

  #lose(): void {
    this.#drop();
    const pauseMs = retryPauseMs(this.#failures, Math.random(), this.#options);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#reopen(), pauseMs);
    this.#become('waiting');
  }

  #drop(): void {
    this.#socket = null;
    clearTimeout(this.#opener);
    clearInterval(this.#pinger);
    for (const id of this.#sent.keys()) this.#settle(id, lost);
  }

  #become(connection: ConnectionState): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const handler of this.#connectionHandlers) handler(connection);
  }
}

/** Ids by key may come in several frames; lists come whole. */
function joined(earlier: unknown, data: unknown): unknown {
  return isMap(earlier) && isMap(data) ? { ...earlier, ...data } : data;
}

/** What of a keyed event was taken. */
function without(data: unknown, refused: ReadonlySet<string | null>): unknown {
  if (refused.size === 0 || !isMap(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !refused.has(key)));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
