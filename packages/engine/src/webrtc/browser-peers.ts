/**
 * The main thread's end of the WebRTC thread: starts it when the first browser comes, turns its reports into promises and
 * events. Made by main.ts; legs use it by way of browser-peer.ts. Where the native library cannot be had, every peer is
 * refused and nothing else changes.
 */
import { Worker } from 'node:worker_threads';
import type { IceConfig, IceState } from '../control/contract.ts';
import type { PeerTransport } from './browser-description.ts';
import type { PeerCommand, PeerReport, WebRtcThreadData } from './peer-messages.ts';
import type { PeerPacketMemory } from './peer-packets.ts';

export interface BrowserPeersOptions {
  packets: PeerPacketMemory;
  /** As the media plane has it: an unspecified address is every interface. */
  host: string;
  rtpPorts: { from: number; to: number };
  /** Behind a one-to-one NAT: what the browsers see of us. */
  publicAddress: string | null;
  onWarning(msg: string): void;
}

/** Of one peer; nothing comes after its close(). */
export interface PeerDelegate {
  onCandidate(candidate: string, mid: string): void;
  onState(state: IceState): void;
  /** The thread is gone, and the peer with it. */
  onGone(): void;
}

export type ConnectResult =
  | { ok: true; local: PeerTransport; isComplete: boolean }
  | { ok: false; code: 'no_webrtc' | 'failed'; msg: string };

/** A thread that does not answer any more: the peer is given up, and so is waiting for its end. */
const ANSWER_MS = 10_000;
const CLOSE_MS = 1000;

type Reply = Exclude<PeerReport, { type: 'ready' | 'candidate' | 'state' | 'warning' }>;

export interface BrowserPeers {
  readonly publicAddress: string | null;
  /** For the peers to come. */
  configure(ice: IceConfig | undefined): void;
  /** The number of a new peer, which is nothing yet but a name for connect(). */
  add(delegate: PeerDelegate): number;
  /** The first connection of a peer, or one that takes the place of the former when it is open. */
  connect(
    peer: number,
    port: number,
    mid: string,
    remote: PeerTransport | null,
    gatherMs: number,
  ): Promise<ConnectResult>;
  /** The answer to the offer that connect() made where there was no `remote`. False: it cannot be. */
  accept(peer: number, remote: PeerTransport): Promise<boolean>;
  addCandidate(peer: number, candidate: string, ufrag: string | null): void;
  /** Resolves when no packet of it can come any more. */
  close(peer: number): Promise<void>;
  stop(): Promise<void>;
}

export function createBrowserPeers(options: BrowserPeersOptions): BrowserPeers {
  return new WorkerBrowserPeers(options);
}

class WorkerBrowserPeers implements BrowserPeers {
  readonly publicAddress: string | null;
  readonly #options: BrowserPeersOptions;
  readonly #delegates = new Map<number, PeerDelegate>();
  readonly #pending = new Map<number, (reply: Reply | null) => void>();
  #worker: Worker | null = null;
  /** Why there is none; null: not known to be so. */
  #missing: string | null = null;
  #iceServers: string[] = [];
  #nextPeer = 1;
  #nextRequest = 1;
  #isStopping = false;

  constructor(options: BrowserPeersOptions) {
    this.#options = options;
    this.publicAddress = options.publicAddress;
  }

  configure(ice: IceConfig | undefined): void {
    this.#iceServers = ice?.servers ?? [];
  }

  add(delegate: PeerDelegate): number {
    const peer = this.#nextPeer++;
    this.#delegates.set(peer, delegate);
    return peer;
  }

  async connect(
    peer: number,
    port: number,
    mid: string,
    remote: PeerTransport | null,
    gatherMs: number,
  ): Promise<ConnectResult> {
    if (this.#missing !== null) return { ok: false, code: 'no_webrtc', msg: this.#missing };
    // Its leg ended meanwhile: nobody would close what is made now.
    if (!this.#delegates.has(peer)) return { ok: false, code: 'failed', msg: 'the peer is closed' };
    const settings = { iceServers: this.#iceServers };
    const reply = await this.#request(
      (request) => ({ type: 'connect', request, peer, port, mid, remote, settings, gatherMs }),
      ANSWER_MS,
    );
    if (reply?.type === 'answered') return { ok: true, local: reply.local, isComplete: reply.isComplete };
    if (this.#missing !== null) return { ok: false, code: 'no_webrtc', msg: this.#missing };
    return { ok: false, code: 'failed', msg: reply?.type === 'refused' ? reply.msg : 'no answer in time' };
  }

  async accept(peer: number, remote: PeerTransport): Promise<boolean> {
    if (this.#missing !== null) return false;
    const reply = await this.#request((request) => ({ type: 'accept', request, peer, remote }), ANSWER_MS);
    return reply?.type === 'done';
  }

  addCandidate(peer: number, candidate: string, ufrag: string | null): void {
    this.#worker?.postMessage({ type: 'candidate', peer, candidate, ufrag } satisfies PeerCommand);
  }

  async close(peer: number): Promise<void> {
    if (!this.#delegates.delete(peer) || this.#worker === null) return;
    await this.#request((request) => ({ type: 'close', request, peer }), CLOSE_MS);
  }

  async stop(): Promise<void> {
    if (this.#worker === null) return;
    this.#isStopping = true;
    await this.#request((request) => ({ type: 'stop', request }), CLOSE_MS);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  async #request(command: (request: number) => PeerCommand, withinMs: number): Promise<Reply | null> {
    this.#worker ??= this.#start();
    const request = this.#nextRequest++;
    const { promise, resolve } = Promise.withResolvers<Reply | null>();
    const timer = setTimeout(resolve, withinMs, null);
    this.#pending.set(request, resolve);
    this.#worker.postMessage(command(request));
    const reply = await promise;
    clearTimeout(timer);
    this.#pending.delete(request);
    return reply;
  }

  #start(): Worker {
    const { packets, host, rtpPorts } = this.#options;
    const isEverywhere = host === '0.0.0.0' || host === '::';
    const data = {
      packets,
      bindAddress: isEverywhere ? null : host,
      ports: rtpPorts,
    } satisfies WebRtcThreadData;
    const worker = new Worker(new URL('../webrtc-thread.ts', import.meta.url), {
      workerData: data,
      execArgv: [],
    });
    worker.on('message', (report: PeerReport) => this.#onReport(report));
    worker.on('error', (error) => this.#onDied(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#onDied(`ended with code ${code}`));
    return worker;
  }

  #onReport(report: PeerReport): void {
    switch (report.type) {
      case 'ready':
        if (report.error !== null) this.#giveUp(`WebRTC is not available here: ${report.error}`);
        return;
      case 'candidate':
        return this.#delegates.get(report.peer)?.onCandidate(report.candidate, report.mid);
      case 'state':
        return this.#delegates.get(report.peer)?.onState(report.state);
      case 'warning':
        return this.#options.onWarning(report.msg);
      default:
        this.#pending.get(report.request)?.(report);
    }
  }

  /** Telephones go on. The library can be loaded once in a process: a new thread would not have it. */
  #onDied(msg: string): void {
    if (this.#isStopping || this.#missing !== null) return;
    this.#giveUp(`the WebRTC thread is gone (${msg}) until the engine is started again`);
  }

  #giveUp(msg: string): void {
    this.#missing = msg;
    this.#options.onWarning(msg);
    for (const resolve of this.#pending.values()) resolve(null);
    const gone = [...this.#delegates.values()];
    this.#delegates.clear();
    for (const delegate of gone) delegate.onGone();
  }
}
