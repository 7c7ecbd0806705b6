/**
 * One connection of a source client to an Icecast server: PUT with `Expect: 100-continue`, as Icecast 2.4 wants it, then
 * the stream until either end closes. Not node:http: the body of this PUT has no length and is not chunked. Made by
 * icecast-output.ts, outputs thread.
 */
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface IcecastSourceOptions {
  host: string;
  port: number;
  isTls: boolean;
  mount: string;
  username: string;
  password: string;
  /** ice-name, ice-description… without those that are empty. */
  headers: Readonly<Record<string, string>>;
  onAccepted(): void;
  /** Once: refused, unreachable, closed, too slow. */
  onEnded(error: string): void;
}

/** A server that does not answer is no server. */
const ANSWER_WITHIN_MS = 10_000;
/** A server that takes nothing for so many bytes (some four seconds) will not catch up. */
const MAX_BACKLOG_BYTES = 65_536;
const MAX_ANSWER_BYTES = 16_384;

export class IcecastSource {
  readonly #options: IcecastSourceOptions;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #answer = '';
  #isAccepted = false;
  #hasEnded = false;

  constructor(options: IcecastSourceOptions) {
    this.#options = options;
    const { host, port, isTls } = options;
    const open = (): void => void this.#socket.write(requestOf(options));
    this.#socket = isTls
      ? connectTls({ host, port, servername: host }, open)
      : connectTcp({ host, port }, open);
    this.#socket.setNoDelay();
    this.#socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    this.#socket.on('error', (error) => this.#end(textOf(error)));
    this.#socket.on('close', () => this.#end('the server closed the connection'));
    this.#timer = setTimeout(() => this.#end('the server does not answer'), ANSWER_WITHIN_MS);
  }

  write(bytes: Buffer): void {
    if (!this.#isAccepted || this.#hasEnded) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES) this.#end('the server takes the stream too slowly');
  }

  /** Says nothing any more. */
  close(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #onData(bytes: Buffer): void {
    // What an accepted source hears is of no use to it: its end is told by the closing.
    if (this.#isAccepted) return;
    this.#answer += bytes.toString('latin1');
    const [, code = '', phrase = ''] = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)\r?\n/.exec(this.#answer) ?? [];
    if (code === '100' || code.startsWith('2')) this.#accept();
    else if (code !== '') this.#end(`the server refuses the stream: ${code} ${phrase}`.trim());
    else if (this.#answer.length > MAX_ANSWER_BYTES) this.#end('the server does not speak HTTP');
  }

  #accept(): void {
    this.#isAccepted = true;
    clearTimeout(this.#timer);
    this.#options.onAccepted();
  }

  #end(error: string): void {
    if (this.#hasEnded) return;
    this.close();
    this.#options.onEnded(error);
  }
}

function requestOf({ host, port, mount, username, password, headers }: IcecastSourceOptions): string {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const lines = [
    `PUT ${mount} HTTP/1.1`,
    `Host: ${host.includes(':') ? `[${host}]` : host}:${port}`,
    `Authorization: Basic ${credentials}`,
    'User-Agent: Openline',
    'Content-Type: application/ogg',
    'Expect: 100-continue',
    ...Object.entries(headers)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `${name}: ${text}`),
  ];
  // Names are words of people: no line ends in a header, the rest goes as UTF-8.
  return `${lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\r\n')}\r\n\r\n`;
}

function textOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'no server answers there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of the server cannot be found';
  return error.message;
}
