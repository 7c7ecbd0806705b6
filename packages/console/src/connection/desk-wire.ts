// The WebSocket under the desk: frames in, events with acks out, liveness, and reconnecting by itself with back-off.
// Knows the envelope and nothing of the desk.
import type { ClientEvent, ClientEventData, ServerFrame } from '@openline/protocol';

export type Answer = { ok: true } | { ok: false; code: string; msg: string };

export interface WireEvents {
  onFrame: (frame: ServerFrame) => void;
  /** The connection is away; it is tried again by itself. */
  onLost: () => void;
}

// A server that was restarted is back within three seconds: it is asked often at first, then less and less.
const FIRST_RETRIES = 8;
const FIRST_RETRY_MS = 350;
const MOST_RETRY_MS = 4000;
const PING_EVERY_MS = 5000;
const SILENT_FOR_MS = 12_000;
const ANSWER_WITHIN_MS = 8000;

/** The wait before the attempt after `failures` failed ones; spread, so that consoles do not come back all at once. */
export function retryDelayMs(failures: number, spread: number): number {
  const delay = Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - FIRST_RETRIES));
  return Math.round(delay * (0.75 + spread * 0.5));
}

export class DeskWire {
  readonly #url: string;
  readonly #events: WireEvents;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #socket: WebSocket | null = null;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #failures = 0;
  #heardAt = 0;
  #nextId = 1;
  #isClosed = false;

  constructor(url: string, events: WireEvents) {
    this.#url = url;
    this.#events = events;
  }

  open(): void {
    this.#isClosed = false;
    this.#connect();
    window.addEventListener('online', this.#reconnectNow);
  }

  close(): void {
    this.#isClosed = true;
    window.removeEventListener('online', this.#reconnectNow);
    this.#drop();
  }

  /** Resolves to the server's answer, or to `no_answer` when none comes. */
  send<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Answer> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(NO_ANSWER);
    const id = String(this.#nextId++);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, NO_ANSWER), ANSWER_WITHIN_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      socket.send(JSON.stringify({ event, data, id }));
    });
  }

  /** For what is sent often and needs no answer. */
  tell<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ event, data }));
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', (message) => this.#onMessage(String(message.data)));
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#lose();
    });
    this.#timers.push(setInterval(() => this.#checkLife(), PING_EVERY_MS));
  }

  #onMessage(text: string): void {
    this.#heardAt = Date.now();
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.event === 'initialize') this.#failures = 0;
    if (frame.event === 'ack') {
      const answer: Answer = frame.data.ok ? { ok: true } : { ok: false, ...frame.data.error };
      return this.#settle(frame.id ?? '', answer);
    }
    this.#events.onFrame(frame);
    return undefined;
  }

  #checkLife(): void {
    if (Date.now() - this.#heardAt > SILENT_FOR_MS) this.#lose();
    else this.tell('ping', null);
  }

  #lose(): void {
    this.#drop();
    this.#events.onLost();
    if (this.#isClosed) return;
    const delay = retryDelayMs(this.#failures++, Math.random());
    this.#timers.push(setTimeout(() => this.#connect(), delay));
  }

  /** The browser says that the network is back: no reason to wait. */
  readonly #reconnectNow = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    this.#drop();
    this.#connect();
  };

  #drop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const id of this.#waiting.keys()) this.#settle(id, NO_ANSWER);
  }

  #settle(id: string, answer: Answer): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(answer);
  }
}

const NO_ANSWER: Answer = { ok: false, code: 'no_answer', msg: '' };
