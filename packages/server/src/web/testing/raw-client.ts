/** A WebSocket client that keeps every frame, and waits for one with a deadline. For integration tests. */
import { WebSocket } from 'ws';

export interface RawFrame {
  event: string;
  data: unknown;
  id?: string;
}

const DEADLINE_MS = 30_000;

export class RawClient {
  readonly frames: RawFrame[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;
  #waiting: { isIt: (frame: RawFrame) => boolean; resolve: (frame: RawFrame) => void }[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.#onFrame(JSON.parse(data.toString())));
    socket.on('close', (code) => (this.closeCode = code));
  }

  /** Resolves after `initialize`; rejects with the HTTP status when refused. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    const socket = new WebSocket(url, { headers });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    await client.frame('initialize');
    return client;
  }

  sendRaw(text: string | Buffer): void {
    this.socket.send(text);
  }

  emit(event: string, data: unknown, id?: string): void {
    this.sendRaw(JSON.stringify({ event, data, ...(id === undefined ? {} : { id }) }));
  }

  /** The first frame of that name that came, or comes. */
  frame(event: string, isIt: (frame: RawFrame) => boolean = () => true): Promise<RawFrame> {
    const fits = (frame: RawFrame): boolean => frame.event === event && isIt(frame);
    const there = this.frames.find(fits);
    if (there) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(new Error(`no ${event}; there were ${JSON.stringify(this.frames).slice(0, 500)}`)),
        DEADLINE_MS,
      );
      this.#waiting.push({
        isIt: fits,
        resolve: (frame) => {
          clearTimeout(deadline);
          resolve(frame);
        },
      });
    });
  }

  /** Everything that was sent to us before this has come. */
  async settled(): Promise<void> {
    const id = `settled-${this.frames.length}`;
    this.emit('noop', null, id);
    await this.frame('ack', (frame) => frame.id === id);
  }

  close(): void {
    this.socket.terminate();
  }

  #onFrame(frame: RawFrame): void {
    this.frames.push(frame);
    const [met, waiting] = [
      this.#waiting.filter((each) => each.isIt(frame)),
      this.#waiting.filter((each) => !each.isIt(frame)),
    ];
    this.#waiting = waiting;
    for (const each of met) each.resolve(frame);
  }
}
