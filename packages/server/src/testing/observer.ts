/**
 * A client of a station process that keeps what a program would: the mirrored state, the answers by id, the order of the
 * facts; and which ids it has heard of. For the tests under load.
 */
import { applyFrame, applyOwn, type Mirror } from '@openline/client';
import { serverEvents, type ClientEvent, type ProtocolError, type ServerFrame } from '@openline/protocol';
import { WebSocket } from 'ws';
import { idKinds, type KnownIds } from './random-events.ts';

export type Ack = { ok: true } | { ok: false; error: ProtocolError };

export interface Reply {
  ack: Ack;
  /** What came to this client alone for the event, refusals of single keys among it. */
  own: readonly ServerFrame[];
  refusedKeys: ReadonlySet<string | null>;
  /** What came for everybody since the frame before: also what others caused. */
  facts: number;
}

interface Asked {
  event: ClientEvent | null;
  data: unknown;
  own: ServerFrame[];
  factsBefore: number;
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
  deadline: NodeJS.Timeout;
}

const DEADLINE_MS = 30_000;
const MOST_KNOWN = 200;

export class Observer {
  readonly socket: WebSocket;
  state: Mirror | null = null;
  /** Texts of the frames that everybody gets, in order. */
  readonly facts: string[] = [];
  /** Frames that answer no event of ours and are no facts. */
  strays = 0;
  isClosed = false;
  readonly #asked = new Map<string, Asked>();
  readonly #known = new Map<string, Set<string>>();
  #ids = 0;
  #onFact: (frame: ServerFrame) => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as ServerFrame));
    socket.on('close', () => this.#end());
    socket.on('error', () => undefined);
  }

  /** Resolves when it has its state. */
  static open(url: string): Promise<Observer> {
    const observer = new Observer(new WebSocket(url));
    return new Promise((resolve, reject) => {
      observer.socket.once('message', () => resolve(observer));
      observer.socket.once('error', reject);
      observer.socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    });
  }

  /** Rejects when the connection ends first: nobody knows then. */
  send(event: ClientEvent, data: unknown): Promise<Reply> {
    return this.#ask(event, data, (id) => JSON.stringify({ event, data, id }));
  }

  /** Told from now on of what everybody is told. */
  onFact(handler: (frame: ServerFrame) => void): void {
    this.#onFact = handler;
  }

  /** All that was sent to us before has come. */
  async settled(): Promise<void> {
    await this.send('noop', null);
  }

  /** Of every kind, those that were told of and are not gone. */
  known(): KnownIds {
    const { state } = this;
    const told = Object.fromEntries(idKinds.map((kind) => [kind, [...(this.#known.get(kind) ?? [])]]));
    return {
      ...(told as unknown as KnownIds),
      channel: Object.keys(state?.mixer.channels ?? {}),
      user: Object.keys(state?.users ?? {}),
      bucket: Object.keys(state?.buckets ?? {}),
    };
  }

  close(): void {
    this.socket.terminate();
  }

  #ask(event: ClientEvent | null, data: unknown, textOf: (id: string) => string): Promise<Reply> {
    this.#ids += 1;
    const id = `o${this.#ids}`;
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new Error('the connection has ended'));
      const deadline = setTimeout(
        () => reject(new Error(`no ack of ${event} ${JSON.stringify(data)}`)),
        DEADLINE_MS,
      );
      this.#asked.set(id, {
        event,
        // As the server reads it: JSON has no -0.
        data: JSON.parse(JSON.stringify(data ?? null)),
        own: [],
        factsBefore: this.facts.length,
        resolve,
        reject,
        deadline,
      });
      this.socket.send(textOf(id));
      return undefined;
    });
  }

  #take(frame: ServerFrame): void {
    const asked = this.#asked.get(frame.id ?? '');
    if (frame.event === 'ack') return this.#acknowledge(frame.id ?? '', frame.data as Ack);
    if (asked) asked.own.push(frame);
    else if (serverEvents[frame.event].audience === 'all') this.#takeFact(frame);
    else if (serverEvents[frame.event].audience === 'self' && frame.event !== 'initialize') this.strays += 1;
    this.state = applyFrame(this.state, frame);
    this.#note(frame);
  }

  #takeFact(frame: ServerFrame): void {
    this.facts.push(JSON.stringify(frame));
    this.#onFact(frame);
  }

  #acknowledge(id: string, ack: Ack): void {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    clearTimeout(asked.deadline);
    const refusedKeys = new Set<string | null>();
    for (const frame of asked.own) {
      if (frame.event === 'event_error') refusedKeys.add(frame.data.key ?? null);
    }
    if (!ack.ok) refusedKeys.add(ack.error.key ?? null);
    if (asked.event !== null && !refusedKeys.has(null)) {
      this.state = applyOwn(this.state, asked.event, without(asked.data, refusedKeys) as never);
    }
    asked.resolve({ ack, own: asked.own, refusedKeys, facts: this.facts.length - asked.factsBefore });
  }

  /** `messages:update` and its like name what is there. */
  #note(frame: ServerFrame): void {
    const kind = idKinds.find((each) => frame.event === `${each}s:update`);
    if (kind === undefined || typeof frame.data !== 'object' || frame.data === null) return;
    const known = this.#known.get(kind) ?? new Set();
    this.#known.set(kind, known);
    for (const [id, entry] of Object.entries(frame.data)) {
      if (entry === null) known.delete(id);
      else known.add(id);
    }
    for (const id of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(id);
    }
  }

  #end(): void {
    this.isClosed = true;
    for (const { reject, deadline } of this.#asked.values()) {
      clearTimeout(deadline);
      reject(new Error('the connection has ended'));
    }
    this.#asked.clear();
  }
}

function without(data: unknown, refused: ReadonlySet<string | null>): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !refused.has(key)));
}
