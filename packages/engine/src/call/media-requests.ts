/**
 * What the main thread asks of the media and recording threads and waits for: each request has a number, the report with that
 * number is its answer. Made by worker-media-plane.ts. Main thread.
 */
import type { MediaReport, RecordingReport } from './media-commands.ts';

type Answer = Exclude<MediaReport | RecordingReport, { type: 'refused' }>;

interface Pending {
  resolve(report: MediaReport | RecordingReport): void;
  reject(error: Error): void;
}

export class MediaRequests {
  readonly #pending = new Map<number, Pending>();
  #nextRequest = 1;
  #isClosed = false;

  /** Rejects with the code of a refusal, when the threads have died, and once all is closed. */
  async ask(send: (request: number) => void): Promise<Answer> {
    if (this.#isClosed) throw new Error('the media plane is stopped');
    const request = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<MediaReport | RecordingReport>();
    this.#pending.set(request, { resolve, reject });
    send(request);
    const reply = await promise;
    if (reply.type === 'refused') throw Object.assign(new Error(reply.msg), { code: reply.code });
    return reply;
  }

  settle(request: number, report: MediaReport | RecordingReport): void {
    this.#pending.get(request)?.resolve(report);
    this.#pending.delete(request);
  }

  /** Whoever waits for an answer does so in vain. */
  fail(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  /** Nothing can be asked any more. */
  close(): void {
    this.#isClosed = true;
  }
}
