/**
 * The studio desk's feed by a sound device or RTP, and its return: keeps the studio thread while one is set, starts it again
 * when it dies, and makes a leg of it, so that everything a leg has (place, levels, meters, recording) works for it.
 * Made by call/call-table.ts, main thread.
 */
import type { Leg } from '../call/leg.ts';
import type { StudioConfig, StudioState } from '../control/contract.ts';
import { KeptThread } from '../outputs/kept-thread.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';
import { FEED_STREAM } from './feed-packets.ts';
import type { StudioCommand, StudioReport, StudioThreadData } from './studio-messages.ts';

export interface StudioFeedOptions {
  packets: PeerPacketMemory;
  /** Null: none is set. */
  onState(state: StudioState | null): void;
  onProblem(msg: string): void;
}

export class StudioFeed {
  readonly #options: StudioFeedOptions;
  #config: StudioConfig | null = null;
  #state: StudioState | null = null;
  #leg: Leg | null = null;
  readonly #thread: KeptThread<StudioCommand, StudioReport>;

  constructor(options: StudioFeedOptions) {
    this.#options = options;
    const workerData: StudioThreadData = { packets: options.packets };
    this.#thread = new KeptThread({
      entry: new URL('../studio-thread.ts', import.meta.url),
      workerData,
      atStart: () => [
        { type: 'configure', config: this.#config },
        { type: 'attach', port: this.#leg?.port ?? null },
      ],
      onReport: (report) => {
        if (report.type === 'state') this.#setState({ input: report.input, return: report.return });
      },
      onDied: (msg) => this.#onDied(msg),
      isWanted: () => this.#config !== null,
    });
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
    this.#thread.sendOrStart({ type: 'configure', config });
  }

  /** Takes the place of the leg that was there. False: it ended meanwhile. Rejects when there is no port. */
  async connect(leg: Leg): Promise<boolean> {
    this.#leg?.hangUp({ cause: 'normal', by: 'engine', sipStatus: null });
    this.#leg = leg;
    return await leg.openFeed(FEED_STREAM);
  }

  /** Its port is known: sound flows. */
  attach(leg: Leg): void {
    if (this.#leg === leg) this.#thread.send({ type: 'attach', port: leg.port });
  }

  /** Of every leg that ends. */
  release(leg: Leg): void {
    if (this.#leg !== leg) return;
    this.#leg = null;
    this.#thread.send({ type: 'attach', port: null });
  }

  async stop(): Promise<void> {
    await this.#thread.stop({ type: 'stop' });
  }

  #onDied(msg: string): void {
    this.#options.onProblem(msg);
    const config = this.#config;
    if (config === null) return;
    const failed = { state: 'failed', error: `the feed is started again: ${msg}` } as const;
    this.#setState({ input: failed, return: config.return && failed });
  }

  #setState(state: StudioState | null): void {
    // What the thread says of a feed that was taken away meanwhile.
    const next = this.#config === null ? null : state;
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    this.#options.onState(next);
  }
}

function startingOf(config: StudioConfig): StudioState {
  const starting = { state: 'starting', error: null } as const;
  return { input: starting, return: config.return && starting };
}
