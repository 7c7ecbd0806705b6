/**
 * Packet I/O of the media thread as a port: pairs of UDP sockets (RTP, RTCP) named by the mixer port they belong to.
 * native/socket-batched.ts implements it with system calls of its own where they can be had, socket-dgram.ts with
 * node:dgram everywhere; open-socket-io.ts chooses. Both pass testing/socket-conformance.ts.
 */
export const PACKET_IOS = ['batched', 'dgram'] as const;
export type PacketIoKind = (typeof PACKET_IOS)[number];

export interface SocketReceiver {
  /**
   * `bytes` is only valid during the call. `address` is numeric, of IPv4 peers always the IPv4 one; from one call to the
   * next it is the same string as long as the peer is the same.
   */
  onRtp(
    port: number,
    bytes: Uint8Array,
    length: number,
    address: string,
    remotePort: number,
    /** When it came, where it had to wait since: performance.now(). Absent: now. */
    arrivalMs?: number,
  ): void;
  onRtcp(
    port: number,
    bytes: Uint8Array,
    length: number,
    address: string,
    remotePort: number,
    arrivalMs?: number,
  ): void;
}

export interface SocketPair {
  rtpPort: number;
  rtcpPort: number;
}

export interface SocketIo {
  /** Binds a pair for `port`: RTP even, RTCP the next odd one. Rejects with code 'no_ports' when none is left. */
  open(port: number): Promise<SocketPair>;
  /** Before a tick: hands on what came and has not been handed on by itself. */
  receive(): void;
  /** `address` is numeric. The bytes may be used again once this returns and one more packet was sent. */
  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void;
  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void;
  close(port: number): Promise<void>;
}

/** More than a second of any codec on a leg, should the thread be held up; what the system allows of it. */
export const RECEIVE_BUFFER_BYTES = 1 << 18;

const MAPPED = '::ffff:';

/** IPv4 as a socket of both families shows it (RFC 4291 2.5.5.2), as SDP has it. */
export function plainAddress(address: string): string {
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
