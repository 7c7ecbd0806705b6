/**
 * Browsers that listen to the program without the delay of an HTTP stream: a presenter's telephone, an outside broadcast, a
 * transmitter site. Each is a leg that only hears, for as long as its connection is open; they are none of the desk's calls.
 * Made by outputs.ts, main thread.
 */
import { randomUUID } from 'node:crypto';
import { Leg } from '../call/leg.ts';
import type { LegOwner } from '../call/leg.ts';
import type { MediaPlane } from '../call/media-plane.ts';
import { refused } from '../call/refusals.ts';
import type { OutputConfig } from '../control/contract.ts';
import type { Outcome } from '../control/control-server.ts';
import { BrowserPeer } from '../webrtc/browser-peer.ts';
import type { BrowserPeers } from '../webrtc/browser-peers.ts';

type StreamConfig = Extract<OutputConfig, { type: 'stream' }>;

export interface BrowserListenersOptions {
  media: MediaPlane;
  peers: BrowserPeers;
  /** Goes to the SDP. */
  stationName: () => string;
  onCount(count: number): void;
}

/** Each takes tens of milliseconds of the thread that headsets are connected by: more wait for a moment. */
const MAX_CONNECTING = 4;

export class BrowserListeners implements LegOwner {
  readonly #options: BrowserListenersOptions;
  readonly #legs = new Map<string, Leg>();
  #config: StreamConfig | null = null;
  #connecting = 0;

  constructor(options: BrowserListenersOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#legs.size;
  }

  /** Who listens goes on; null, or room for fewer: nobody does any more, or so many. */
  configure(config: StreamConfig | null): void {
    const wasDelayed = this.#config?.isDelayed;
    this.#config = config;
    const room = config?.maxBrowsers ?? 0;
    for (const leg of [...this.#legs.values()].slice(room)) this.#hangUp(leg);
    if (config !== null && config.isDelayed !== wasDelayed) {
      for (const leg of this.#legs.values()) void this.#place(leg);
    }
  }

  /** An offer of a browser that wants to hear, all candidates in it. */
  async connect(offer: string): Promise<Outcome<{ listener: string; answer: string }>> {
    const room = this.#config?.maxBrowsers ?? 0;
    if (room === 0) return refused('no_listeners', 'browsers do not listen to the program here');
    const acceptable = BrowserPeer.check(offer);
    if (!acceptable.ok) return refused('bad_offer', acceptable.reason);
    if (this.#legs.size >= room || this.#connecting >= MAX_CONNECTING) {
      return refused('too_many_listeners', 'as many browsers listen as may');
    }
    const leg = this.#add();
    this.#connecting++;
    try {
      return await this.#answer(leg, offer);
    } catch (error) {
      this.#end(leg);
      return refused('no_ports', error instanceof Error ? error.message : 'no media port');
    } finally {
      this.#connecting--;
    }
  }

  /** False: there is no such listener. */
  close(listener: string): boolean {
    const leg = this.#legs.get(listener);
    if (leg === undefined) return false;
    this.#hangUp(leg);
    return true;
  }

  async #answer(leg: Leg, offer: string): Promise<Outcome<{ listener: string; answer: string }>> {
    const answer = (await leg.openPeer(false)) ? await leg.connect(offer) : null;
    if (answer === null) return refused('no_listeners', 'browsers do not listen to the program any more');
    if (answer.ok) return { ok: true, data: { listener: leg.id, answer: answer.sdp } };
    this.#end(leg);
    return refused(answer.code, answer.reason);
  }

  #add(): Leg {
    const { media, peers, stationName } = this.#options;
    const id = randomUUID();
    const leg = new Leg({
      id,
      direction: 'in',
      origin: { kind: 'browser', ref: 'listener' },
      remote: { user: '', host: '', displayName: '' },
      called: '',
      place: { kind: 'program' },
      levels: {},
      tag: {},
      stationName: stationName(),
      media,
      peers,
      owner: this,
    });
    this.#legs.set(id, leg);
    return leg;
  }

  async #place({ port }: Leg): Promise<void> {
    if (port === null) return;
    const place = { kind: 'program', isDelayed: this.#config?.isDelayed ?? true } as const;
    // The port is gone: the leg has ended meanwhile, or the media plane, which ends the process.
    await this.#options.media.place([{ port, place }]).catch(() => {});
  }

  #hangUp(leg: Leg): void {
    leg.hangUp({ cause: 'normal', by: 'server', sipStatus: null });
  }

  #end(leg: Leg): void {
    leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
  }

  onAnswered(leg: Leg): void {
    void this.#place(leg);
    this.#options.onCount(this.count);
  }

  onEnding(leg: Leg): void {
    this.#legs.delete(leg.id);
    this.#options.onCount(this.count);
  }

  onRinging(): void {}

  onHeld(): void {}

  onDecoded(): void {}

  onDtmf(): void {}

  onEnded(): void {}
}
