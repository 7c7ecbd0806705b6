/**
 * Tells a noisy machine from a late engine: lateness of an idle thread in the same run (witness-thread.ts).
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Distribution, distributionOf } from './distribution.ts';

export class Witness {
  readonly #worker = new Worker(new URL('./witness-thread.ts', import.meta.url));

  /** Lateness since this was asked last, ms. */
  async latenessMs(): Promise<Distribution> {
    this.#worker.postMessage('report');
    const [values] = (await once(this.#worker, 'message')) as [number[]];
    return distributionOf(values);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
