/**
 * Pairs of UDP sockets for RTP and RTCP, RTP on an even port and RTCP on the next odd one. Whatever the sockets are made
 * with: socket-dgram.ts and native/socket-batched.ts use it. Binding tries the pairs of the range in turn, beginning
 * behind the last one taken, so that a late packet of an ended call does not meet the next.
 */
const ANY_PORT_ATTEMPTS = 64;

export interface SocketMaker<S> {
  /** Null when the port is taken; any other failure (no such address, no permission) is thrown. */
  bind(port: number): Promise<S | null>;
  portOf(socket: S): number;
  close(socket: S): Promise<void>;
}

interface BoundPair<S> {
  rtp: S;
  rtcp: S;
  rtpPort: number;
  rtcpPort: number;
}

export class PortPairs<S> {
  readonly #range: { from: number; to: number };
  readonly #sockets: SocketMaker<S>;
  #nextRtpPort: number;

  /** Inclusive; 0-0: any free pair. */
  constructor(range: { from: number; to: number }, sockets: SocketMaker<S>) {
    this.#range = range;
    this.#sockets = sockets;
    this.#nextRtpPort = firstEven(range.from);
  }

  /** Rejects with code 'no_ports' when none is left. */
  async open(): Promise<BoundPair<S>> {
    const pair = this.#range.to === 0 ? await this.#bindAny() : await this.#bindInRange();
    if (pair === null) throw Object.assign(new Error('no free RTP port pair'), { code: 'no_ports' });
    return pair;
  }

  async #bindInRange(): Promise<BoundPair<S> | null> {
    const first = firstEven(this.#range.from);
    const pairs = Math.max(0, Math.floor((this.#range.to - first + 1) / 2));
    for (let attempt = 0; attempt < pairs; attempt++) {
      const rtpPort = this.#nextRtpPort;
      this.#nextRtpPort = rtpPort + 3 <= this.#range.to ? rtpPort + 2 : first;
      const pair = await this.#bindPair(rtpPort);
      if (pair !== null) return pair;
    }
    return null;
  }

  async #bindPair(rtpPort: number): Promise<BoundPair<S> | null> {
    const rtp = await this.#sockets.bind(rtpPort);
    if (rtp === null) return null;
    const rtcp = await this.#bindNeighbour(rtp, rtpPort + 1);
    return rtcp === null ? null : { rtp, rtcp, rtpPort, rtcpPort: rtpPort + 1 };
  }

  /** The system picks one; its neighbour makes the pair. */
  async #bindAny(): Promise<BoundPair<S> | null> {
    for (let attempt = 0; attempt < ANY_PORT_ATTEMPTS; attempt++) {
      const picked = await this.#sockets.bind(0);
      if (picked === null) return null;
      const number = this.#sockets.portOf(picked);
      const isEven = number % 2 === 0;
      const neighbour = await this.#bindNeighbour(picked, isEven ? number + 1 : number - 1);
      if (neighbour === null) continue;
      return isEven
        ? { rtp: picked, rtcp: neighbour, rtpPort: number, rtcpPort: number + 1 }
        : { rtp: neighbour, rtcp: picked, rtpPort: number - 1, rtcpPort: number };
    }
    return null;
  }

  /** Where there is none, the first of the pair is not kept either. */
  async #bindNeighbour(first: S, port: number): Promise<S | null> {
    const neighbour = await this.#sockets.bind(port).catch(async (error: unknown) => {
      await this.#sockets.close(first);
      throw error;
    });
    if (neighbour === null) await this.#sockets.close(first);
    return neighbour;
  }
}

function firstEven(port: number): number {
  return port % 2 === 0 ? port : port + 1;
}
