/**
 * The engine's end of the control socket (contract.ts): greets every client with a snapshot, checks each command,
 * hands it to its handler, and sends every event to every client. Made by main.ts. Main thread.
 *
 * Nothing a client sends can do more than get a refusal, and a client that does not read is cut off.
 */
import { chmod, lstat, unlink } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { checkCommand, isControlCommand } from './command-schemas.ts';
import type {
  ControlCommand,
  ControlCommands,
  ControlErrorCode,
  ControlEvent,
  ControlEventLine,
  ControlEvents,
  ControlReply,
  Snapshot,
} from './contract.ts';
import { LineSplitter } from './line-splitter.ts';

export type Outcome<T> = { ok: true; data: T } | { ok: false; code: ControlErrorCode; msg: string };

/** What answers the commands; `subscribe` is the server's own. */
export type CommandHandlers = {
  readonly [C in Exclude<ControlCommand, 'subscribe'>]: (
    data: ControlCommands[C]['data'],
  ) => Outcome<ControlCommands[C]['reply']> | Promise<Outcome<ControlCommands[C]['reply']>>;
};

export interface ControlServerOptions {
  path: string;
  handlers: CommandHandlers;
  snapshot(): Snapshot;
  /** Events that a new client gets right after `hello`: what is not in the snapshot. */
  standingEvents?(): ControlEventLine[];
  onClients?(count: number): void;
  /** A handler threw, which is a bug: it is to be logged. */
  onBug(error: unknown): void;
}

export type StartResult = { ok: true } | { ok: false; code: 'already_running' | 'not_a_socket'; msg: string };

const MAX_LINE_BYTES = 4 * 1024 * 1024;
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;
const MAX_PENDING = 1_000;

interface Client {
  socket: Socket;
  wantsMeters: boolean;
  pending: number;
}

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #clients = new Set<Client>();
  #server: Server | null = null;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  /** Refuses when another engine is alive behind the socket; rejects for what the file system refuses. */
  async start(): Promise<StartResult> {
    const { path } = this.#options;
    const isPipe = process.platform === 'win32';
    if (await isControlAlive(path)) {
      return { ok: false, code: 'already_running', msg: 'an engine is running on this data folder' };
    }
    if (!isPipe && !(await removeStaleSocket(path))) {
      return { ok: false, code: 'not_a_socket', msg: `${path} exists and is not a socket` };
    }
    const server = createServer((socket) => this.#greet(socket));
    await listenPrivately(server, path);
    if (!isPipe) await chmod(path, 0o600);
    this.#server = server;
    return { ok: true };
  }

  /** Lets what was written out go, for a moment, then closes. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const { socket } of this.#clients) {
      socket.end();
      setTimeout(() => socket.destroy(), 500).unref();
    }
    await closed;
  }

  emit<E extends ControlEvent>(event: E, data: ControlEvents[E]): void {
    if (this.#clients.size === 0) return;
    const line = `${JSON.stringify({ event, data })}\n`;
    const isMetering = event === 'meters' || event === 'clock';
    for (const client of this.#clients) {
      if (!isMetering || client.wantsMeters) this.#send(client, line);
    }
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get hasMeterClients(): boolean {
    for (const client of this.#clients) if (client.wantsMeters) return true;
    return false;
  }

  #greet(socket: Socket): void {
    const client: Client = { socket, wantsMeters: false, pending: 0 };
    const lines = new LineSplitter({
      maxBytes: MAX_LINE_BYTES,
      onLine: (line) => this.#receive(client, line),
      onTooLong: () => this.#refuse(client, -1, 'bad_request', 'line too long'),
    });
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
    // The close event follows; what went wrong with a client's pipe is its own affair.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#options.onClients?.(this.#clients.size);
    });
    const hello: ControlEventLine = { event: 'hello', data: this.#options.snapshot() };
    this.#clients.add(client);
    for (const line of [hello, ...(this.#options.standingEvents?.() ?? [])]) {
      this.#send(client, `${JSON.stringify(line)}\n`);
    }
    this.#options.onClients?.(this.#clients.size);
  }

  #receive(client: Client, line: string): void {
    const request = parseRequest(line);
    if (request === null) return this.#refuse(client, -1, 'bad_request', 'not a request');
    const { id, command, data } = request;
    if (!isControlCommand(command)) {
      return this.#refuse(client, id, 'unknown_command', 'there is no such command');
    }
    const checked = checkCommand(command, data);
    if (!checked.ok) return this.#refuse(client, id, 'bad_request', checked.msg);
    if (client.pending >= MAX_PENDING) {
      return this.#refuse(client, id, 'failed', 'too many commands at once');
    }
    client.pending += 1;
    void this.#perform(client, command, checked.data)
      .catch((error: unknown): Outcome<unknown> => {
        this.#options.onBug(error);
        return { ok: false, code: 'failed', msg: 'internal error' };
      })
      .then((outcome) => {
        client.pending -= 1;
        this.#reply(client, { id, ...outcome });
      });
  }

  async #perform<C extends ControlCommand>(
    client: Client,
    command: C,
    data: ControlCommands[C]['data'],
  ): Promise<Outcome<unknown>> {
    if (command === 'subscribe') {
      client.wantsMeters = (data as ControlCommands['subscribe']['data']).meters;
      return { ok: true, data: null };
    }
    const handler = this.#options.handlers[command as Exclude<ControlCommand, 'subscribe'>] as (
      data: unknown,
    ) => Outcome<unknown> | Promise<Outcome<unknown>>;
    return handler(data);
  }

  #refuse(client: Client, id: number, code: ControlErrorCode, msg: string): void {
    this.#reply(client, { id, ok: false, code, msg });
  }

  #reply(client: Client, reply: ControlReply): void {
    this.#send(client, `${JSON.stringify(reply)}\n`);
  }

  #send(client: Client, line: string): void {
    const { socket } = client;
    if (!socket.writable) return;
    socket.write(line);
    if (socket.writableLength > MAX_BACKLOG_BYTES) socket.destroy();
  }
}

function parseRequest(line: string): { id: number; command: unknown; data: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { id, command, data } = value as { id?: unknown; command?: unknown; data?: unknown };
  return typeof id === 'number' && Number.isSafeInteger(id) ? { id, command, data } : null;
}

/** Whether an engine accepts connections there. */
export function isControlAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** False when what is there is something else than a socket: that is not ours to remove. */
async function removeStaleSocket(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return true;
  if (!found.isSocket()) return false;
  await unlink(path);
  return true;
}

/** The mask closes the moment between bind and chmod, in which anybody could connect. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}
