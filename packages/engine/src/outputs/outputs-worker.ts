/**
 * The main thread's end of the outputs thread: starts it when there is an output, and again when it dies, which costs the
 * outputs a second and the calls nothing. Made by outputs.ts.
 */
import { Worker } from 'node:worker_threads';
import type { OutputsCommand, OutputsReport, OutputsThreadData } from './outputs-messages.ts';
import type { ThreadOutputConfig } from './start-output.ts';

export interface OutputsWorkerOptions extends OutputsThreadData {
  onReport: (report: OutputsReport) => void;
  /** It died; it is started again. */
  onDied: (msg: string) => void;
}

const AGAIN_MS = 1_000;
const STOP_MS = 1_500;

export class OutputsWorker {
  readonly #options: OutputsWorkerOptions;
  #worker: Worker | null = null;
  #outputs: readonly ThreadOutputConfig[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: OutputsWorkerOptions) {
    this.#options = options;
  }

  configure(outputs: readonly ThreadOutputConfig[]): void {
    this.#outputs = outputs;
    if (this.#worker !== null) this.#send({ type: 'configure', outputs });
    else if (outputs.length > 0 && this.#timer === null) this.#start();
  }

  /** Lets the outputs say goodbye to their far ends, for a moment. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    worker.once('exit', () => resolve());
    this.#send({ type: 'stop' });
    await promise;
    clearTimeout(timer);
    await worker.terminate();
  }

  #start(): void {
    this.#timer = null;
    const { programAudio, socketPath, onReport } = this.#options;
    const workerData: OutputsThreadData = { programAudio, socketPath };
    const worker = new Worker(new URL('../outputs-thread.ts', import.meta.url), { workerData, execArgv: [] });
    this.#worker = worker;
    let error: unknown = null;
    worker.on('message', (report: OutputsReport) => onReport(report));
    worker.on('error', (cause) => (error = cause));
    worker.on('exit', (code) => {
      this.#onExit(error instanceof Error ? error.message : `it ended with code ${code}`);
    });
    this.#send({ type: 'configure', outputs: this.#outputs });
  }

  #onExit(msg: string): void {
    this.#worker = null;
    if (this.#isStopped) return;
    this.#options.onDied(msg);
    this.#timer = setTimeout(() => this.#start(), AGAIN_MS);
  }

  #send(command: OutputsCommand): void {
    this.#worker?.postMessage(command);
  }
}
