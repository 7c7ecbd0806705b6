/**
 * Calls to transmitter sites: each is dialled, hears the program as it is transmitted, and is dialled again when it ends,
 * whoever ended it; also while the server is away. They are none of the desk's calls. Made by outputs.ts, main thread.
 */
import type { LegEnd } from '../call/end-cause.ts';
import { Leg } from '../call/leg.ts';
import type { LegOwner } from '../call/leg.ts';
import type { MediaEvent, MediaPlane } from '../call/media-plane.ts';
import type { OutputConfig } from '../control/contract.ts';
import type { SipAgent } from '../sip/agent.ts';
import type { ReportState } from './output.ts';
import { Retry } from './retry.ts';

type SipConfig = Extract<OutputConfig, { type: 'sip' }>;

export interface SipOutputsOptions {
  media: MediaPlane;
  agent: () => SipAgent;
  /** Name in From and in the SDP. */
  stationName: () => string;
  dialTimeoutMs: () => number;
  report(ref: string, ...said: Parameters<ReportState>): void;
}

export class SipOutputs {
  readonly #options: SipOutputsOptions;
  readonly #running = new Map<string, { text: string; output: SipOutput }>();

  constructor(options: SipOutputsOptions) {
    this.#options = options;
  }

  /** All of them; a call that is to stay stays up. */
  configure(configs: readonly SipConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.ref, { config, text: JSON.stringify(config) }]));
    for (const [ref, { text, output }] of this.#running) {
      if (wanted.get(ref)?.text === text) continue;
      output.close();
      this.#running.delete(ref);
    }
    for (const [ref, { config, text }] of wanted) {
      if (!this.#running.has(ref)) {
        this.#running.set(ref, { text, output: new SipOutput(config, this.#options) });
      }
    }
  }

  /** True: it is about one of these calls. */
  takes(event: MediaEvent): boolean {
    if (!('port' in event)) return false;
    for (const { output } of this.#running.values()) if (output.takes(event, event.port)) return true;
    return false;
  }

  stop(): void {
    this.configure([]);
  }
}

class SipOutput implements LegOwner {
  readonly #config: SipConfig;
  readonly #options: SipOutputsOptions;
  readonly #retry = new Retry();
  #leg: Leg | null = null;
  #calls = 0;
  /** The site has sent sound: when it stops, it is gone. One that only listens owes us none. */
  #hasSpoken = false;
  #isClosed = false;

  constructor(config: SipConfig, options: SipOutputsOptions) {
    this.#config = config;
    this.#options = options;
    this.#report('starting');
    void this.#dial();
  }

  close(): void {
    this.#isClosed = true;
    this.#retry.stop();
    this.#leg?.hangUp({ cause: 'normal', by: 'engine', sipStatus: null });
  }

  takes(event: MediaEvent, port: number): boolean {
    const leg = this.#leg;
    if (leg === null || leg.port !== port) return false;
    if (event.type === 'media') this.#hasSpoken = true;
    if (event.type === 'rtp-timeout' && this.#hasSpoken && !leg.isHeldByRemote) {
      leg.hangUp({ cause: 'rtp_timeout', by: 'engine', sipStatus: null });
    }
    return true;
  }

  async #dial(): Promise<void> {
    const { agent, media, stationName, dialTimeoutMs } = this.#options;
    const { ref, target } = this.#config;
    if (target.kind === 'account' && !agent().isRegistered(target.username)) {
      return this.#again(`${target.username} is not registered`);
    }
    this.#calls += 1;
    this.#hasSpoken = false;
    const leg = new Leg({
      id: `output-${ref}-${this.#calls}`,
      direction: 'out',
      origin: { kind: 'peer', ref },
      remote: { user: ref, host: '', displayName: '' },
      called: ref,
      place: { kind: 'program' },
      levels: {},
      tag: {},
      stationName: stationName(),
      media,
      owner: this,
    });
    this.#leg = leg;
    try {
      if (!(await leg.open())) return;
    } catch {
      return leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
    }
    const from = { number: null, displayName: stationName() };
    const session = agent().invite(
      { target, from, offer: (address, isSecured) => leg.offer(address, isSecured) },
      leg,
    );
    leg.dialled(session, dialTimeoutMs());
  }

  onRinging(): void {}

  onAnswered(leg: Leg): void {
    if (leg.port === null) return;
    void this.#options.media
      .place([{ port: leg.port, place: { kind: 'program', isDelayed: this.#config.isDelayed } }])
      .then(() => {
        if (!leg.isAnswered) return;
        this.#retry.noteRunning();
        this.#report('running');
      })
      // The port is gone: the leg has ended meanwhile, or the media plane, which ends the process.
      .catch(() => {});
  }

  onHeld(leg: Leg): void {
    if (leg.isHeldByRemote) this.#report('failed', 'the site has put the call on hold');
    else this.#report('running');
  }

  onDecoded(): void {}

  onDtmf(): void {}

  onEnding(): void {}

  onEnded(_leg: Leg, end: LegEnd): void {
    this.#leg = null;
    this.#again(sayEnd(end));
  }

  #again(error: string): void {
    if (this.#isClosed) return;
    this.#report('failed', error);
    this.#retry.plan(() => void this.#dial());
  }

  #report(...said: Parameters<ReportState>): void {
    if (!this.#isClosed) this.#options.report(this.#config.ref, ...said);
  }
}

function sayEnd({ cause, sipStatus }: LegEnd): string {
  const status = sipStatus === null ? '' : ` (${sipStatus})`;
  return `${END_WORDS[cause] ?? 'the call failed'}${status}`;
}

const END_WORDS: Partial<Record<LegEnd['cause'], string>> = {
  normal: 'the site hung up',
  busy: 'the site is busy',
  rejected: 'the site refuses the call',
  no_answer: 'the site does not answer',
  not_found: 'the site is not known there',
  unreachable: 'the site cannot be reached',
  rtp_timeout: 'the site sends nothing any more',
};
