/**
 * A thread of the engine that is kept while it is wanted: started at the first need, again when it dies, and given a moment
 * to end. Used by the main thread's ends of the outputs thread and of the studio thread.
 */
import { Worker } from 'node:worker_threads';

export interface KeptThreadOptions<Command, Report> {
  entry: URL;
  workerData: unknown;
  /** The first commands of every start. */
  atStart(): Command[];
  onReport(report: Report): void;
  onDied(msg: string): void;
  /** Whether one that died is started again. */
  isWanted(): boolean;
}

const AGAIN_MS = 1_000;
const STOP_MS = 1_500;

export class KeptThread<Command, Report> {
  readonly #options: KeptThreadOptions<Command, Report>;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: KeptThreadOptions<Command, Report>) {
    this.#options = options;
  }

  /** To the thread that runs; one that starts learns what it needs by `atStart`. */
  send(command: Command): void {
    this.#worker?.postMessage(command);
  }

  /** Sends to the thread that runs, or starts one where it is wanted. */
  sendOrStart(command: Command): void {
    if (this.#worker !== null) this.send(command);
    else if (this.#timer === null && !this.#isStopped && this.#options.isWanted()) this.#start();
  }

  /** The thread is to end by itself on `command`; after a moment it is ended. */
  async stop(command: Command): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    worker.once('exit', () => resolve());
    this.send(command);
    await promise;
    clearTimeout(timer);
    await worker.terminate();
  }

  #start(): void {
    const { entry, workerData } = this.#options;
    const worker = new Worker(entry, { workerData, execArgv: [] });
    this.#worker = worker;
    let error: unknown = null;
    worker.on('message', (report: Report) => this.#options.onReport(report));
    worker.on('error', (cause) => (error = cause));
    worker.on('exit', (code) => {
      this.#onExit(error instanceof Error ? error.message : `it ended with code ${code}`);
    });
    for (const command of this.#options.atStart()) this.send(command);
  }

  #onExit(msg: string): void {
    this.#worker = null;
    if (this.#isStopped) return;
    this.#options.onDied(msg);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#options.isWanted()) this.#start();
    }, AGAIN_MS);
  }
}
