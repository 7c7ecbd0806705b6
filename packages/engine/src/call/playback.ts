/**
 * What is played from files: which slot plays what, and the thread that reads the files, started when something is played
 * for the first time. Used by worker-media-plane.ts. Main thread.
 *
 *   play ─► slot ─► playback thread opens, fills the ring ─► media thread plays ─► over, or stopped ─► slot is free
 */
import { Worker } from 'node:worker_threads';
import { PcmRing } from '../audio/pcm-ring.ts';
import type { PlaybackCommand, PlaybackReport, PlaybackThreadData } from './media-commands.ts';

interface Opening {
  resolve(durationMs: number): void;
  reject(error: Error): void;
}

export class Playback {
  readonly #rings: readonly SharedArrayBuffer[];
  readonly #free: number[];
  /** Slots that somebody has. */
  readonly #taken = new Set<number>();
  /** Of those that failed in the middle, why. */
  readonly #failed = new Map<number, string>();
  readonly #openings = new Map<number, Opening>();
  #worker: Worker | null = null;
  #nextRequest = 1;

  constructor(rings: readonly SharedArrayBuffer[]) {
    this.#rings = rings;
    this.#free = rings.map((_, slot) => rings.length - 1 - slot);
  }

  /** A slot whose ring has its first samples. Rejects with code 'no_player' or 'unplayable'. */
  async open(path: string, fromMs: number): Promise<{ slot: number; durationMs: number }> {
    const slot = this.#free.pop();
    if (slot === undefined) throw refusal('no_player', 'as many sounds are played as can be');
    this.#taken.add(slot);
    const request = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#openings.set(request, { resolve, reject });
    this.#send({ type: 'open', request, slot, path, fromMs });
    try {
      return { slot, durationMs: await promise };
    } catch (error) {
      this.#giveBack(slot);
      throw error;
    } finally {
      this.#openings.delete(request);
    }
  }

  /** The media thread does not read it any more. Returns why it ended early, if it did. */
  release(slot: number): string | null {
    const error = this.#failed.get(slot) ?? null;
    this.#failed.delete(slot);
    this.#worker?.postMessage({ type: 'close', slot } satisfies PlaybackCommand);
    this.#giveBack(slot);
    return error;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #giveBack(slot: number): void {
    this.#taken.delete(slot);
    this.#free.push(slot);
  }

  #send(command: PlaybackCommand): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(command);
  }

  #start(): Worker {
    const workerData: PlaybackThreadData = { rings: this.#rings };
    const worker = new Worker(new URL('../playback-thread.ts', import.meta.url), {
      workerData,
      execArgv: [],
    });
    worker.on('message', (report: PlaybackReport) => this.#onReport(report));
    // Nothing else depends on it: what waits is refused, and the next play starts another one.
    worker.on('error', (error) =>
      this.#onEnd(worker, error instanceof Error ? error.message : String(error)),
    );
    worker.on('exit', () => this.#onEnd(worker, 'the thread has ended'));
    worker.unref();
    return worker;
  }

  #onReport(report: PlaybackReport): void {
    if (report.type === 'opened') this.#openings.get(report.request)?.resolve(report.durationMs);
    else if (report.type === 'refused')
      this.#openings.get(report.request)?.reject(refusal('unplayable', report.msg));
    else this.#failed.set(report.slot, report.msg);
  }

  #onEnd(worker: Worker, msg: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const opening of this.#openings.values()) opening.reject(refusal('unplayable', msg));
    // What is in the rings is the last that is heard.
    for (const slot of this.#taken) {
      this.#failed.set(slot, msg);
      const ring = this.#rings[slot];
      if (ring !== undefined) new PcmRing(ring).end();
    }
  }
}

function refusal(code: 'no_player' | 'unplayable', msg: string): Error {
  return Object.assign(new Error(msg), { code });
}
