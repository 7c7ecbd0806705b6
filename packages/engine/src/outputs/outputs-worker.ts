/**
 * The main thread's end of the outputs thread: starts it when there is an output, and again when it dies, which costs the
 * outputs a second and the calls nothing. Made by outputs.ts.
 */
import { KeptThread } from './kept-thread.ts';
import type { OutputsCommand, OutputsReport, OutputsThreadData } from './outputs-messages.ts';
import type { ThreadOutputConfig } from './start-output.ts';

export interface OutputsWorkerOptions extends OutputsThreadData {
  onReport: (report: OutputsReport) => void;
  /** It died; it is started again. */
  onDied: (msg: string) => void;
}

export class OutputsWorker {
  readonly #thread: KeptThread<OutputsCommand, OutputsReport>;
  #outputs: readonly ThreadOutputConfig[] = [];

  constructor({ programAudio, socketPath, onReport, onDied }: OutputsWorkerOptions) {
    const workerData: OutputsThreadData = { programAudio, socketPath };
    this.#thread = new KeptThread({
      entry: new URL('../outputs-thread.ts', import.meta.url),
      workerData,
      atStart: () => [{ type: 'configure', outputs: this.#outputs }],
      onReport,
      onDied,
      isWanted: () => this.#outputs.length > 0,
    });
  }

  configure(outputs: readonly ThreadOutputConfig[]): void {
    this.#outputs = outputs;
    this.#thread.sendOrStart({ type: 'configure', outputs });
  }

  /** Lets the outputs say goodbye to their far ends, for a moment. */
  async stop(): Promise<void> {
    await this.#thread.stop({ type: 'stop' });
  }
}
