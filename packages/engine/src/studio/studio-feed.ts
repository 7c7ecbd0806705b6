/**
 * The studio desk's feed by a sound device or RTP, and its return: keeps the studio thread while one is set, starts it again
 * when it dies, and makes a leg of it, so that everything a leg has (place, levels, meters, recording) works for it.
 * Made by call/call-table.ts, main thread.
 */
import { Worker } from 'node:worker_threads';
import type { Leg } from '../call/leg.ts';
import type { StudioConfig, StudioState } from '../control/contract.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';
import { FEED_STREAM } from './feed-packets.ts';
import type { StudioCommand, StudioReport, StudioThreadData } from './studio-messages.ts';

export interface StudioFeedOptions {
  packets: PeerPacketMemory;
  /** Null: none is set. */
  onState(state: StudioState | null): void;
  onProblem(msg: string): void;
}

const AGAIN_MS = 1_000;
const STOP_MS = 1_500;

export class StudioFeed {
  readonly #options: StudioFeedOptions;
  #config: StudioConfig | null = null;
  #state: StudioState | null = null;
  #leg: Leg | null = null;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: StudioFeedOptions) {
    this.#options = options;
  }

  get state(): StudioState | null {
    return this.#state;
  }

  get isSet(): boolean {
    return this.#config !== null;
  }

  /** Null: a leg that is there ends. What stays as it is runs on. */
  configure(config: StudioConfig | null): void {
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return;
    this.#config = config;
    if (config === null) this.#leg?.hangUp({ cause: 'normal', by: 'engine', sipStatus: null });
    this.#setState(config && startingOf(config));
    if (this.#worker !== null) this.#send({ type: 'configure', config });
    else if (config !== null && this.#timer === null) this.#start();
  }

  /** Takes the place of the leg that was there. False: it ended meanwhile. Rejects when there is no port. */
  async connect(leg: Leg): Promise<boolean> {
    this.#leg?.hangUp({ cause: 'normal', by: 'engine', sipStatus: null });
    this.#leg = leg;
    return await leg.openFeed(FEED_STREAM);
  }

  /** Its port is known: sound flows. */
  attach(leg: Leg): void {
    if (this.#leg === leg) this.#send({ type: 'attach', port: leg.port });
  }

  /** Of every leg that ends. */
  release(leg: Leg): void {
    if (this.#leg !== leg) return;
    this.#leg = null;
    this.#send({ type: 'attach', port: null });
  }

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
    const workerData: StudioThreadData = { packets: this.#options.packets };
    const worker = new Worker(new URL('../studio-thread.ts', import.meta.url), { workerData, execArgv: [] });
    this.#worker = worker;
    let error: unknown = null;
    worker.on('message', (report: StudioReport) => {
      if (report.type === 'state') this.#setState({ input: report.input, return: report.return });
    });
    worker.on('error', (reason: unknown) => (error = reason));
    worker.on('exit', () => this.#onExit(error));
    this.#send({ type: 'configure', config: this.#config });
    this.#send({ type: 'attach', port: this.#leg?.port ?? null });
  }

  #onExit(error: unknown): void {
    this.#worker = null;
    if (this.#isStopped) return;
    const msg = error instanceof Error ? error.message : 'the thread ended';
    this.#options.onProblem(msg);
    const failed = { state: 'failed', error: `the feed is started again: ${msg}` } as const;
    const config = this.#config;
    if (config === null) return;
    this.#setState({ input: failed, return: config.return && failed });
    this.#timer = setTimeout(() => this.#start(), AGAIN_MS);
  }

  #setState(state: StudioState | null): void {
    // What the thread says of a feed that was taken away meanwhile.
    const next = this.#config === null ? null : state;
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    this.#options.onState(next);
  }

  #send(command: StudioCommand): void {
    this.#worker?.postMessage(command);
  }
}

function startingOf(config: StudioConfig): StudioState {
  const starting = { state: 'starting', error: null } as const;
  return { input: starting, return: config.return && starting };
}
