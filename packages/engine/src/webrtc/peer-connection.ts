/**
 * One ICE and DTLS-SRTP association with a browser, by node-datachannel: given what the browser offers, it answers with its
 * own end, or offers that and is given the browser's; then it carries packets. Used by peer.ts on the WebRTC thread; the only file that knows the library's calls.
 */
import { isIPv6 } from 'node:net';
import type * as Library from 'node-datachannel';
import { localTransport, PAYLOAD_TYPES, type PeerTransport, transportSdp } from './browser-description.ts';

export type WebRtcLibrary = Pick<typeof Library, 'Audio' | 'PeerConnection' | 'cleanup'>;

export interface ConnectionOptions {
  library: WebRtcLibrary;
  mid: string;
  /** Null: we offer, and accept() brings it. */
  remote: PeerTransport | null;
  iceServers: string[];
  bindAddress: string | null;
  ports: { from: number; to: number };
  /** What the library still holds: a connection is in it until it is closed to the last. */
  held: Set<PeerConnection>;
}

export interface ConnectionOwner {
  /** Packets can go. */
  onOpen(): void;
  /** It will not carry anything any more, close() or not. */
  onLost(): void;
  onPacket(packet: Uint8Array): void;
  /** As it came after our description was given. */
  onCandidate(candidate: string): void;
  /** Something of ours was thrown while the library told of something. */
  onFault(error: unknown): void;
}

export class PeerConnection {
  /** Null: not known yet. */
  remoteUfrag: string | null = null;
  isOpen = false;
  readonly #mid: string;
  readonly #connection: Library.PeerConnection;
  readonly #track: Library.Track;
  readonly #owner: ConnectionOwner;
  readonly #candidates: string[] = [];
  readonly #gathered = Promise.withResolvers<void>();
  #isDescribed = false;
  #isComplete = false;
  #isClosed = false;

  /** Throws what the library throws. */
  constructor(options: ConnectionOptions, owner: ConnectionOwner) {
    const { library, mid, remote, iceServers, bindAddress, ports } = options;
    this.#mid = mid;
    this.#owner = owner;
    this.#connection = new library.PeerConnection('browser', {
      iceServers,
      disableAutoNegotiation: true,
      // Its own is enough for a telephone call; what is larger is cut by the network.
      maxMessageSize: 2048,
      ...(bindAddress === null ? {} : { bindAddress }),
      ...(ports.to === 0 ? {} : { portRangeBegin: ports.from, portRangeEnd: ports.to }),
    });
    // Before the offer: a track that is made by the offer is known only later.
    const audio = new library.Audio(mid, 'SendRecv');
    for (const payloadType of PAYLOAD_TYPES) audio.addAudioCodec(payloadType, 'PCMU/8000');
    this.#track = this.#connection.addTrack(audio);
    options.held.add(this);
    // Also so that the library forgets the track, which it would otherwise touch again in its cleanup().
    this.#track.onClosed(() => options.held.delete(this));
    this.#listen();
    try {
      this.#begin(remote);
    } catch (error) {
      // Or the library would keep it, sockets and all, with nobody who could close it.
      this.close();
      throw error;
    }
  }

  #begin(remote: PeerTransport | null): void {
    if (remote === null) return this.#connection.setLocalDescription('offer');
    this.#setRemote(remote, 'offer');
    this.#connection.setLocalDescription('answer');
    for (const candidate of remote.candidates) this.add(candidate);
  }

  /** The answer to our offer. Throws what the library throws. */
  accept(remote: PeerTransport): void {
    this.#setRemote(remote, 'answer');
    for (const candidate of remote.candidates) this.add(candidate);
  }

  #setRemote(remote: PeerTransport, type: 'offer' | 'answer'): void {
    this.remoteUfrag = remote.ufrag;
    this.#connection.setRemoteDescription(transportSdp(remote, this.#mid), type);
  }

  /** Our end, with the candidates that are found within `gatherMs`. */
  async describe(gatherMs: number): Promise<{ local: PeerTransport; isComplete: boolean }> {
    const timer = setTimeout(() => this.#gathered.resolve(), gatherMs);
    await this.#gathered.promise;
    clearTimeout(timer);
    const sdp = this.#isClosed ? undefined : this.#connection.localDescription()?.sdp;
    const local = sdp === undefined ? null : localTransport(sdp);
    if (local === null) throw new Error('the library has no description');
    this.#isDescribed = true;
    return { local: { ...local, candidates: [...this.#candidates] }, isComplete: this.#isComplete };
  }

  add(candidate: string): void {
    if (!this.#isClosed) this.#connection.addRemoteCandidate(candidate, this.#mid);
  }

  /** False when it did not go. */
  send(packet: Buffer): boolean {
    try {
      return this.isOpen && this.#track.sendMessageBinary(packet);
    } catch {
      // Closed by the far end, which the library tells a moment later.
      return false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.isOpen = false;
    this.#gathered.resolve();
    this.#track.close();
    this.#connection.close();
  }

  #listen(): void {
    const track = this.#track;
    const connection = this.#connection;
    track.onOpen(
      this.#guarded<void>(() => {
        this.isOpen = true;
        this.#owner.onOpen();
      }),
    );
    track.onMessage(this.#guarded((packet: Uint8Array) => this.#owner.onPacket(packet)));
    connection.onLocalCandidate(
      this.#guarded((line: string) => {
        const candidate = line.replace(/^a=/, '');
        if (!isOfUse(candidate)) return;
        this.#candidates.push(candidate);
        if (this.#isDescribed) this.#owner.onCandidate(candidate);
      }),
    );
    connection.onGatheringStateChange(
      this.#guarded((state: string) => {
        if (state !== 'complete') return;
        this.#isComplete = true;
        this.#gathered.resolve();
      }),
    );
    connection.onStateChange(
      this.#guarded((state: string) => {
        if (!/^(?:disconnected|failed|closed)$/.test(state)) return;
        this.isOpen = false;
        this.#owner.onLost();
      }),
    );
  }

  /** Not after close(); and nothing is thrown into the library, which would end the process. */
  #guarded<Told>(callback: (told: Told) => void): (told: Told) => void {
    return (told) => {
      if (this.#isClosed) return;
      try {
        callback(told);
      } catch (error) {
        this.#owner.onFault(error);
      }
    };
  }
}

/** Addresses of this link alone are of no use to a browser, which cannot be told of which. */
function isOfUse(candidate: string): boolean {
  const address = candidate.split(' ')[4] ?? '';
  return !(isIPv6(address) && /^fe[89ab]/i.test(address));
}
