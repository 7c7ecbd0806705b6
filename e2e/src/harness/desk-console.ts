/**
 * A console without a page: the raw WebSocket protocol, every frame kept with the time it came, the state mirrored as any
 * client would. Raw on purpose, so that the tests see what is on the wire.
 */
import { PATIENCE_MS, waitFor } from './wait-for.ts';
import { people, type Product } from './product.ts';

/**
 * What came over the wire, taken as it comes: its shape is what the tests assert, so it has no type of its own.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Json = any;

interface Frame {
  event: string;
  data: Json;
  id?: string;
  /** performance.now() of its arrival. */
  at: number;
}

export interface DeskConsole {
  readonly frames: readonly Frame[];
  /** The last `initialize`, with every later channel, master, host, user and queue delta laid over it. */
  state(): Json;
  channel(id: string): Json;
  emit(event: string, data: unknown): Promise<Json>;
  sendRaw(text: string): void;
  /** The first frame after `since` (index) that fits. */
  frame(what: string, fits: (frame: Frame) => boolean, since?: number, timeoutMs?: number): Promise<Frame>;
  until(what: string, fits: () => unknown, timeoutMs?: number): Promise<void>;
  readonly isOpen: boolean;
  close(): void;
}

type Mutable = { [key: string]: unknown };

export async function openConsole(product: Product, name: string): Promise<DeskConsole> {
  const person = people.find((each) => each.name === name || each.id === name);
  if (!person) throw new Error(`no such person: ${name}`);
  const token = await product.token(person.name, person.password);
  return connectConsole(`ws://127.0.0.1:${product.httpPort}/ws?token=${encodeURIComponent(token)}`);
}

export async function connectConsole(url: string): Promise<DeskConsole> {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  let state: Mutable = {};
  let nextId = 1;
  let isOpen = false;
  let isRefused = false;
  socket.addEventListener('error', () => (isRefused = true));
  socket.addEventListener('message', (message) => {
    const frame = JSON.parse(String(message.data)) as Frame;
    frame.at = performance.now();
    frames.push(frame);
    state = mirror(state, frame);
  });
  socket.addEventListener('open', () => (isOpen = true));
  // Before `initialize` it is a refusal too: of a server that is just ending.
  socket.addEventListener('close', () => (isRefused = true));
  socket.addEventListener('close', () => (isOpen = false));
  const console_: DeskConsole = {
    frames,
    state: () => state,
    channel: (id) => ((state.mixer as Mutable | undefined)?.channels as Mutable | undefined)?.[id] as Json,
    async emit(event, data) {
      const id = `t${nextId++}`;
      socket.send(JSON.stringify({ event, data, id }));
      const ack = await console_.frame(
        `ack of ${event}`,
        (frame) => frame.event === 'ack' && frame.id === id,
      );
      return ack.data;
    },
    sendRaw: (text) => socket.send(text),
    frame: (what, fits, since = 0, timeoutMs = PATIENCE_MS) =>
      waitFor(what, () => frames.slice(since).find(fits), timeoutMs),
    async until(what, fits, timeoutMs = PATIENCE_MS) {
      await waitFor(what, () => Boolean(fits()), timeoutMs).catch((error: unknown) => {
        throw new Error(`${String(error)}\nlast frames: ${JSON.stringify(frames.slice(-8))}`);
      });
    },
    get isOpen() {
      return isOpen;
    },
    close: () => socket.close(),
  };
  await waitFor('initialize', () => {
    if (isRefused) throw new Error('the WebSocket was refused');
    return frames.some((frame) => frame.event === 'initialize');
  });
  return console_;
}

/** Shallow deltas, as the protocol says. */
function mirror(state: Mutable, frame: Frame): Mutable {
  const data = frame.data as Mutable;
  if (frame.event === 'initialize') return structuredClone(data);
  const mixer = state.mixer as Mutable | undefined;
  if (!mixer) return state;
  const channels = mixer.channels as Mutable;
  const keyed = (target: Mutable, put: (old: Mutable, change: unknown) => unknown) => {
    for (const [key, change] of Object.entries(data)) {
      if (change === null) delete target[key];
      else target[key] = put((target[key] ?? {}) as Mutable, change);
    }
  };
  if (frame.event === 'channelUpdate') keyed(channels, (old, change) => ({ ...old, ...(change as Mutable) }));
  if (frame.event === 'channelVolumeChange') keyed(channels, (old, level) => ({ ...old, level }));
  if (frame.event === 'userUpdate')
    keyed(state.users as Mutable, (old, change) => ({ ...old, ...(change as Mutable) }));
  if (frame.event === 'queueUpdate') return { ...state, queue: { ...(state.queue as Mutable), ...data } };
  if (frame.event === 'buckets:update') keyed(state.buckets as Mutable, (_old, bucket) => bucket);
  if (frame.event === 'masterUpdate') mixer.master = { ...(mixer.master as Mutable), ...data };
  if (frame.event === 'hostUpdate') mixer.host = { ...(mixer.host as Mutable), ...data };
  return state;
}

/** The values of a keyed delta. */
export function recordsOf(data: Json): Json[] {
  return Object.values(data as Mutable);
}
