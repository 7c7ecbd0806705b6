/**
 * Packet I/O of the media thread as a port: pairs of UDP sockets (RTP, RTCP) named by the mixer port they belong to.
 * socket-dgram.ts implements it with node:dgram; a batched one (recvmmsg/sendmmsg) can take its place.
 */
export interface SocketReceiver {
  /** `bytes` is only valid during the call. */
  onRtp(
    port: number,
    bytes: Uint8Array,
    length: number,
    address: string,
    remotePort: number,
    /** When it came, where it had to wait since: performance.now(). Absent: now. */
    arrivalMs?: number,
  ): void;
  onRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void;
}

export interface SocketPair {
  rtpPort: number;
  rtcpPort: number;
}

export interface SocketIo {
  /** Binds a pair for `port`: RTP even, RTCP the next odd one. Rejects with code 'no_ports' when none is left. */
  open(port: number): Promise<SocketPair>;
  /** `address` is numeric. The bytes may be used again once this returns and one more packet was sent. */
  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void;
  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void;
  close(port: number): Promise<void>;
}
