/**
 * The outputs that run in the outputs thread: starts and closes them by the settings, shares encoders out, and gives each its
 * frame of the program. One that cannot be started says so and takes no other with it. Made by outputs-thread.ts.
 */
import type { OpusFeed } from './opus-feed.ts';
import type { Output, ReportState } from './output.ts';
import type { ThreadOutputConfig } from './start-output.ts';

/** The live stream and Icecast take packets of an encoder instead of frames. */
export type RunningOutput = Pick<Output, 'close'> & Partial<Output>;
type Feed = Pick<OpusFeed, 'frame' | 'listen' | 'close'>;

export interface RunningOutputsOptions<Running extends RunningOutput> {
  /** `feedOf`: the encoder that it shares with others of its rate. */
  start(config: ThreadOutputConfig, feedOf: (bitrateKbps: number) => Feed, report: ReportState): Running;
  createFeed(bitrateKbps: number): Feed;
  report(ref: string, ...said: Parameters<ReportState>): void;
}

interface Entry<Running> {
  config: ThreadOutputConfig;
  /** The configuration as text: an output that stays as it is runs on. */
  text: string;
  output: Running;
}

export class RunningOutputs<Running extends RunningOutput> {
  readonly #options: RunningOutputsOptions<Running>;
  readonly #running = new Map<string, Entry<Running>>();
  readonly #feeds = new Map<string, { isDelayed: boolean; feed: Feed }>();

  constructor(options: RunningOutputsOptions<Running>) {
    this.#options = options;
  }

  /** All of them; what is there already and stays as it is runs on. */
  configure(configs: readonly ThreadOutputConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.ref, { config, text: JSON.stringify(config) }]));
    for (const [ref, { text, output }] of this.#running) {
      if (wanted.get(ref)?.text === text) continue;
      output.close();
      this.#running.delete(ref);
    }
    for (const [ref, { config, text }] of wanted) {
      if (!this.#running.has(ref)) this.#start(config, text);
    }
    this.#closeIdleFeeds();
  }

  frame(before: Float32Array, after: Float32Array): void {
    for (const { isDelayed, feed } of this.#feeds.values()) feed.frame(isDelayed ? after : before);
    for (const { config, output } of this.#running.values()) {
      output.frame?.(config.isDelayed ? after : before);
    }
  }

  configOf(ref: string): ThreadOutputConfig | null {
    return this.#running.get(ref)?.config ?? null;
  }

  *outputs(): Iterable<Running> {
    for (const { output } of this.#running.values()) yield output;
  }

  #start(config: ThreadOutputConfig, text: string): void {
    const options = this.#options;
    const { ref, isDelayed } = config;
    try {
      const output = options.start(
        config,
        (bitrateKbps) => this.#feedOf(isDelayed, bitrateKbps),
        (state, error) => options.report(ref, state, error),
      );
      this.#running.set(ref, { config, text, output });
    } catch (error) {
      options.report(ref, 'failed', error instanceof Error ? error.message : String(error));
    }
  }

  #feedOf(isDelayed: boolean, bitrateKbps: number): Feed {
    const key = feedKey(isDelayed, bitrateKbps);
    const known = this.#feeds.get(key);
    if (known !== undefined) return known.feed;
    const feed = this.#options.createFeed(bitrateKbps);
    this.#feeds.set(key, { isDelayed, feed });
    return feed;
  }

  #closeIdleFeeds(): void {
    const used = new Set(
      [...this.#running.values()].map(({ config }) =>
        'bitrateKbps' in config ? feedKey(config.isDelayed, config.bitrateKbps) : '',
      ),
    );
    for (const [key, { feed }] of this.#feeds) {
      if (used.has(key)) continue;
      feed.close();
      this.#feeds.delete(key);
    }
  }
}

function feedKey(isDelayed: boolean, bitrateKbps: number): string {
  return `${isDelayed} ${bitrateKbps}`;
}
