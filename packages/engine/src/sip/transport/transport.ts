/**
 * The transport port (RFC 3261 18): what carries bytes to and from one kind of socket. TLS is TCP with another socket,
 * WebSocket (RFC 7118) one message a frame, with or without TLS. A flow is a way to one far end: a remote address for
 * datagrams, a connection for the others.
 */
export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** A transport each; WebSocket with and without TLS is one. What is absent is not spoken. */
export interface Transports {
  udp: Transport;
  tcp: Transport;
  tls?: Transport;
  ws?: Transport;
}

export interface Flow {
  readonly transport: TransportName;
  /** True: no retransmission by transactions (RFC 3261 17). */
  readonly isReliable: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False once a connection is closed: send elsewhere. */
  isOpen(): boolean;
  /** `onFailure` at most once, never from within the call. */
  send(bytes: Buffer, onFailure: () => void): void;
  /** Ends a connection; nothing for datagrams. */
  close(): void;
}

export interface Transport {
  readonly name: TransportName;
  /** Resolves to the port taken; rejects when it is not free. */
  start(host: string, port: number): Promise<number>;
  /**
   * An open flow to there, made when there is none yet. A connection is opened by it, sends wait for it. `serverName`:
   * whom its certificate has to name, when that is not the address.
   */
  flowTo(address: string, port: number, serverName?: string): Flow;
  /** As `flowTo`, but opens nothing: null when there is no connection. */
  knownFlow(address: string, port: number): Flow | null;
  stop(): Promise<void>;
}

/** Where transports hand what came: one datagram or one framed message a call. */
export interface TransportSink {
  /** Asked before any work is done for a source. False: nothing is wanted of it. */
  admits(address: string): boolean;
  /** Peers, trunks, registered phones: strangers must not take their room. */
  isTrusted(address: string): boolean;
  receive(bytes: Buffer, flow: Flow): void;
  /** A stream that broke its limits, with the status to answer (null: close in silence). The flow closes after. */
  refuse(head: Buffer, flow: Flow, status: number | null): void;
  /** A connection is gone. Once for each. */
  closed?(flow: Flow): void;
}

/** A way that leads nowhere: the connection is gone and only the far end can open another. */
export function deadFlow(transport: TransportName, remoteAddress: string, remotePort: number): Flow {
  return {
    transport,
    isReliable: transport !== 'udp',
    remoteAddress,
    remotePort,
    isOpen: () => false,
    send: (_bytes, onFailure) => queueMicrotask(onFailure),
    close() {},
  };
}
