/**
 * Starts and asks the process that makes the load (load-process.ts).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PacketIoKind } from '@openline/engine';

export type LoadRequest = { type: 'call'; target: string; count: number; codec: string } | { type: 'count' };

export type LoadAnswer =
  /** `packetIo`: what this machine has for what was wanted. */
  | { type: 'ready'; packetIo: PacketIoKind }
  | { type: 'called' }
  | { type: 'failed'; msg: string }
  /** RTP packets of all callers so far. `lost`: by the numbering of those that came. */
  | ({ type: 'counts' } & LoadCounts);

interface LoadCounts {
  sent: number;
  received: number;
  lost: number;
}

export class Load {
  readonly pid: number;
  packetIo: PacketIoKind = 'dgram';
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.pid = process.pid ?? 0;
  }

  static async start(packetIo: PacketIoKind = 'dgram'): Promise<Load> {
    const script = fileURLToPath(new URL('./load-process.ts', import.meta.url));
    const load = new Load(fork(script, [packetIo], { stdio: 'inherit' }));
    const answer = await load.#next();
    if (answer.type === 'ready') load.packetIo = answer.packetIo;
    return load;
  }

  /** Resolves when all are answered. */
  async call(target: string, count: number, codec = 'PCMU'): Promise<void> {
    if (count === 0) return;
    const answer = await this.#ask({ type: 'call', target, count, codec });
    if (answer.type === 'failed') throw new Error(`the callers: ${answer.msg}`);
  }

  async counts(): Promise<LoadCounts> {
    const answer = await this.#ask({ type: 'count' });
    return answer.type === 'counts' ? answer : { sent: 0, received: 0, lost: 0 };
  }

  /** They just vanish: their calls end with the engine. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  #ask(request: LoadRequest): Promise<LoadAnswer> {
    const answer = this.#next();
    this.#process.send(request);
    return answer;
  }

  async #next(): Promise<LoadAnswer> {
    const ended = once(this.#process, 'exit').then(() => {
      throw new Error('the callers ended');
    });
    const [answer] = (await Promise.race([once(this.#process, 'message'), ended])) as [LoadAnswer];
    return answer;
  }
}
