/**
 * A browser as the media thread sees it: one port's packets, whatever connections carry them in turn. An offer that
 * restarts ICE gets a new connection; the former one goes on until the new one is open. WebRTC thread.
 */
import type { IceState } from '../control/contract.ts';
import type { PeerTransport } from './browser-description.ts';
import { PeerConnection } from './peer-connection.ts';
import type { ConnectionOptions } from './peer-connection.ts';
import { PeerLiveness } from './peer-liveness.ts';

export interface PeerOwner {
  onPacket(port: number, packet: Uint8Array, nowMs: number): void;
  onCandidate(candidate: string, mid: string): void;
  onState(state: IceState): void;
  onFault(error: unknown): void;
  nowMs(): number;
}

export class Peer {
  readonly port: number;
  readonly #owner: PeerOwner;
  readonly #liveness = new PeerLiveness();
  #current: PeerConnection | null = null;
  /** Answered or offered, and not open yet. */
  #next: PeerConnection | null = null;
  #state: IceState = 'away';

  constructor(port: number, owner: PeerOwner) {
    this.port = port;
    this.#owner = owner;
  }

  async connect(
    options: ConnectionOptions,
    gatherMs: number,
  ): Promise<{ local: PeerTransport; isComplete: boolean }> {
    this.#next?.close();
    this.#next = null;
    const connection: PeerConnection = new PeerConnection(options, {
      onOpen: () => this.#onOpen(connection),
      onLost: () => this.#onLost(connection),
      onPacket: (packet) => this.#onPacket(packet),
      onCandidate: (candidate) => this.#owner.onCandidate(candidate, options.mid),
      onFault: (error) => this.#owner.onFault(error),
    });
    this.#next = connection;
    return await connection.describe(gatherMs);
  }

  /** The answer to what connect() offered. */
  accept(remote: PeerTransport): void {
    if (this.#next === null) throw new Error('nothing was offered');
    this.#next.accept(remote);
  }

  /** One of a former generation is of no use any more. */
  add(candidate: string, ufrag: string | null): void {
    const connection = this.#next ?? this.#current;
    if (connection !== null && (ufrag === null || ufrag === connection.remoteUfrag))
      connection.add(candidate);
  }

  send(packet: Buffer): void {
    this.#current?.send(packet);
  }

  /** A few times a second. */
  watch(): void {
    // While one connection follows another neither may be open for a moment: what comes is what counts.
    const isLost = this.#current?.isOpen !== true && this.#next === null;
    const isAway = isLost || this.#liveness.isAway(this.#owner.nowMs());
    this.#setState(isAway ? 'away' : 'connected');
  }

  close(): void {
    this.#next?.close();
    this.#current?.close();
    this.#next = null;
    this.#current = null;
  }

  #onOpen(connection: PeerConnection): void {
    if (connection !== this.#next) return;
    this.#next = null;
    const former = this.#current;
    this.#current = connection;
    this.#liveness.noteOpen(this.#owner.nowMs());
    this.#setState('connected');
    former?.close();
  }

  #onLost(connection: PeerConnection): void {
    if (connection === this.#current) this.watch();
  }

  #onPacket(packet: Uint8Array): void {
    const nowMs = this.#owner.nowMs();
    // RFC 5761 4: what would be payload types 64 to 95 with the marker bit is RTCP.
    const type = packet[1] ?? 0;
    if (type >= 192 && type <= 223) this.#liveness.noteRtcp(nowMs);
    else this.#liveness.noteRtp(nowMs);
    if (this.#state === 'away') this.watch();
    this.#owner.onPacket(this.port, packet, nowMs);
  }

  #setState(state: IceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#owner.onState(state);
  }
}
