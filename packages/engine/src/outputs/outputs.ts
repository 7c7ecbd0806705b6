/**
 * Every output of the program and how it is: shares them out to the outputs thread and to the calls, keeps their states for
 * the snapshot, tells of every change. Made by call/call-table.ts, main thread.
 */
import type { MediaEvent, MediaPlane } from '../call/media-plane.ts';
import type { OutputConfig, OutputState } from '../control/contract.ts';
import type { BrowserPeers } from '../webrtc/browser-peers.ts';
import { BrowserListeners } from './browser-listeners.ts';
import { OutputsWorker } from './outputs-worker.ts';
import type { OutputsReport } from './outputs-messages.ts';
import { SipOutputs, type SipOutputsOptions } from './sip-outputs.ts';
import type { ThreadOutputConfig } from './start-output.ts';

export interface OutputsOptions extends Omit<SipOutputsOptions, 'report'> {
  media: MediaPlane;
  socketPath: string;
  peers: BrowserPeers;
  onState(state: OutputState): void;
  onProblem(msg: string): void;
}

export class Outputs {
  readonly #options: OutputsOptions;
  readonly #worker: OutputsWorker;
  readonly #calls: SipOutputs;
  readonly browsers: BrowserListeners;
  #httpListeners = 0;
  readonly #states = new Map<string, OutputState>();
  #configs: readonly OutputConfig[] = [];

  constructor(options: OutputsOptions) {
    this.#options = options;
    const { media, socketPath } = options;
    this.#worker = new OutputsWorker({
      programAudio: media.programAudio,
      socketPath,
      onReport: (report) => this.#onReport(report),
      onDied: (msg) => this.#onDied(msg),
    });
    this.#calls = new SipOutputs({
      ...options,
      report: (ref, state, error) => this.#set(ref, { state, error: error ?? null }),
    });
    this.browsers = new BrowserListeners({ ...options, onCount: () => this.#countListeners() });
  }

  /** All of them; what is there already and stays as it is runs on. */
  configure(configs: readonly OutputConfig[]): void {
    this.#configs = configs;
    const inThread = configs.filter(isInThread);
    for (const ref of this.#states.keys()) {
      if (!configs.some((config) => config.ref === ref)) this.#states.delete(ref);
    }
    for (const { ref } of configs)
      if (!this.#states.has(ref)) this.#set(ref, { state: 'starting', error: null });
    this.#options.media.wantProgram(inThread.length > 0);
    this.#worker.configure(inThread);
    this.browsers.configure(configs.find((config) => config.type === 'stream') ?? null);
    this.#calls.configure(configs.filter((config) => config.type === 'sip'));
  }

  states(): OutputState[] {
    return [...this.#states.values()];
  }

  /** True: it is about a call to a transmitter site. */
  takes(event: MediaEvent): boolean {
    return this.#calls.takes(event);
  }

  async stop(): Promise<void> {
    this.#calls.stop();
    this.browsers.configure(null);
    await this.#worker.stop();
  }

  #onReport(report: OutputsReport): void {
    switch (report.type) {
      case 'ready':
        return;
      case 'state':
        return this.#set(report.ref, { state: report.state, error: report.error });
      case 'listeners':
        this.#httpListeners = report.count;
        return this.#countListeners();
      case 'problem':
        return this.#options.onProblem(report.msg);
    }
  }

  #countListeners(): void {
    const stream = this.#configs.find(({ type }) => type === 'stream');
    const listeners = this.#httpListeners + this.browsers.count;
    if (stream !== undefined) this.#set(stream.ref, { listeners });
  }

  #onDied(msg: string): void {
    this.#httpListeners = 0;
    this.#options.onProblem(msg);
    for (const { ref } of this.#configs.filter(isInThread)) {
      this.#set(ref, { state: 'failed', error: `the outputs are started again: ${msg}` });
    }
    this.#countListeners();
  }

  #set(ref: string, change: Partial<OutputState>): void {
    const config = this.#configs.find((each) => each.ref === ref);
    // It was taken away meanwhile.
    if (config === undefined) return;
    const former = this.#states.get(ref);
    const listeners = config.type === 'stream' ? 0 : null;
    const fresh: OutputState = { ref, state: 'starting', error: null, listeners };
    const state = { ...fresh, ...former, ...change };
    if (JSON.stringify(state) === JSON.stringify(former)) return;
    this.#states.set(ref, state);
    this.#options.onState(state);
  }
}

function isInThread(config: OutputConfig): config is ThreadOutputConfig {
  return config.type !== 'sip';
}
