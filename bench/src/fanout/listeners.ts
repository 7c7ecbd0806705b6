/** Starts and asks a process of consoles that listen (listeners-process.ts). */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type ListenersRequest =
  /** `first`: sent by each when it has its state; under 64 KiB. */
  | { type: 'listen'; url: string; count: number; first: string | null }
  /** What the frames that count have in them. */
  | { type: 'expect'; text: string }
  | { type: 'arrivals' }
  /** The first one stops reading, and has the server send it more than anybody queues. */
  | { type: 'stall' };

export type ListenersAnswer =
  | { type: 'listening' }
  | { type: 'failed'; msg: string }
  /** On the machine's monotonic clock, which all processes share. */
  | { type: 'arrivals'; ns: number[]; closed: number }
  | { type: 'cut'; afterMs: number };

export class Listeners {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(): Promise<Listeners> {
    const child = fork(fileURLToPath(new URL('./listeners-process.ts', import.meta.url)), {
      stdio: 'inherit',
    });
    await once(child, 'message');
    return new Listeners(child);
  }

  async listen(url: string, count: number, first: string | null = null): Promise<void> {
    const answer = await this.ask({ type: 'listen', url, count, first });
    if (answer.type === 'failed') throw new Error(`the consoles: ${answer.msg}`);
  }

  async arrivals(): Promise<{ ns: number[]; closed: number }> {
    const answer = await this.ask({ type: 'arrivals' });
    return answer.type === 'arrivals' ? answer : { ns: [], closed: 0 };
  }

  async ask(request: ListenersRequest): Promise<ListenersAnswer> {
    const answered = once(this.#process, 'message');
    this.#process.send(request);
    const [answer] = (await answered) as [ListenersAnswer];
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
