/**
 * The other end of the control socket: used by the server's embedded exchange, by tests and by tools. Connects once;
 * whoever uses it decides when to try again.
 */
import { createConnection } from 'node:net';
import type {
  ControlCommand,
  ControlCommands,
  ControlErrorCode,
  ControlEvent,
  ControlEvents,
} from './contract.ts';
import { LineSplitter } from './line-splitter.ts';

export type ControlResult<C extends ControlCommand> =
  | { ok: true; data: ControlCommands[C]['reply'] }
  | { ok: false; code: ControlErrorCode | 'closed'; msg: string };

/** Any event with its own data, to be told apart by `event`. */
export type AnyControlEvent = { [E in ControlEvent]: { event: E; data: ControlEvents[E] } }[ControlEvent];

export interface ControlClientOptions {
  path: string;
  /** Every event in order, `hello` first. */
  onEvent(event: AnyControlEvent): void;
  /** Once, after a connection that was established is gone, by either side. */
  onClose?(): void;
}

export interface ControlClient {
  /** Never rejects: a connection that is gone answers `closed`. */
  request<C extends ControlCommand>(command: C, data: ControlCommands[C]['data']): Promise<ControlResult<C>>;
  close(): void;
}

/** A snapshot of a large engine is one line. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

type Pending = (result: ControlResult<ControlCommand>) => void;

type Reply = ControlResult<ControlCommand> & { id: number; event?: undefined };

/** null: whoever listens there is no engine. */
function parseMessage(line: string): AnyControlEvent | Reply | null {
  try {
    return JSON.parse(line) as AnyControlEvent | Reply | null;
  } catch {
    return null;
  }
}

/** Resolves after `hello`; rejects when nobody listens there. */
export function connectControl(options: ControlClientOptions): Promise<ControlClient> {
  const socket = createConnection(options.path);
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let isOpen = true;

  const client: ControlClient = {
    request(command, data) {
      if (!isOpen) return Promise.resolve({ ok: false, code: 'closed', msg: 'no connection' });
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        pending.set(id, resolve as Pending);
        socket.write(`${JSON.stringify({ id, command, data })}\n`);
      });
    },
    close() {
      isOpen = false;
      socket.destroy();
    },
  };

  return new Promise((resolve, reject) => {
    let isGreeted = false;
    const lines = new LineSplitter({
      maxBytes: MAX_LINE_BYTES,
      onLine: (line) => {
        const message = parseMessage(line);
        if (message === null) return socket.destroy();
        if (message.event === undefined) {
          pending.get(message.id)?.(message as ControlResult<ControlCommand>);
          pending.delete(message.id);
          return;
        }
        options.onEvent(message);
        if (message.event === 'hello') {
          isGreeted = true;
          resolve(client);
        }
      },
      onTooLong: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
    socket.on('error', (error) => {
      if (!isGreeted) reject(error);
    });
    socket.on('close', () => {
      isOpen = false;
      for (const settle of pending.values()) {
        settle({ ok: false, code: 'closed', msg: 'the connection was closed' });
      }
      pending.clear();
      if (isGreeted) options.onClose?.();
      else reject(new Error('the engine closed the connection'));
    });
  });
}
