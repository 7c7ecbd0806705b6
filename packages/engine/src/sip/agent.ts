/**
 * What the rest of the engine sees of SIP: an agent that carries sessions (INVITE dialogs), a registrar, trunk
 * registrations and messages. Implemented in this folder on transports → transactions → dialogs (RFC 3261),
 * used by call/. Bodies (SDP) are opaque strings here. Runs on the engine's main thread.
 */
export interface SipAgentOptions {
  host: string;
  /** 0: any free one (the same number for UDP and TCP when it can be had). */
  port: number;
  /** Address put in Via, Contact when behind NAT; null: the local address towards the destination. */
  publicAddress: string | null;
  userAgent: string;
  /** Where registrations are kept over a restart; null: in memory only. */
  bindingsFile: string | null;
  delegate: SipAgentDelegate;
  /** TLS and WebSocket; absent: neither is spoken. */
  more?: {
    /** 0: any free port. `isOptional`: when somebody else has it, we go on without. */
    tls?: { port: number; isOptional: boolean };
    /** WebSocket, with and without TLS on the same port. */
    ws?: { port: number; isOptional: boolean; origins: readonly string[] };
    /** PEM. */
    identity: { certificate: string; key: string };
    /** PEM: who else may vouch for the servers that we connect to. */
    authorities?: readonly string[];
  };
}

export interface SipAgentConfig {
  accounts: readonly { username: string; password: string; ref: string }[];
  peers: readonly { ref: string; cidrs: readonly string[] }[];
  trunks: readonly {
    ref: string;
    server: string;
    username: string;
    password: string;
    transport: 'udp' | 'tcp' | 'tls';
    expiresS: number;
  }[];
  /** A call to this user part is one of `ref`, from wherever it comes. */
  selfCalls?: readonly { token: string; ref: string }[];
  stationName: string;
}

export type SipOrigin = { kind: 'peer' | 'account' | 'trunk'; ref: string };

export interface SipParty {
  user: string;
  host: string;
  displayName: string;
}

export interface SipAgentDelegate {
  /** A new, authenticated INVITE. 100 is sent already; call ring(), accept() or reject() on it. */
  onInvite(session: IncomingSession): void;
  onAccount(state: { username: string; ref: string; isRegistered: boolean; userAgent: string | null }): void;
  onTrunk(state: {
    ref: string;
    status: 'registering' | 'registered' | 'failed';
    error: string | null;
  }): void;
  /** `respond` must be called once; repeats of the same MESSAGE are absorbed by its transaction. */
  onMessage(message: {
    origin: SipOrigin;
    from: SipParty;
    called: string;
    contentType: string;
    body: Uint8Array;
    callId: string;
    cseq: number;
    /** Its Date header (RFC 3261 20.17), epoch ms; null: none, or none that can be read. */
    sentAt: number | null;
    respond(status: number): void;
  }): void;
}

/** null: not spoken, or its port was not to be had. */
export interface SipPorts {
  udp: number;
  tcp: number;
  tls: number | null;
  ws: number | null;
}

export interface SipAgent {
  start(): Promise<SipPorts>;
  /** The certificate was renewed: it is shown from the next handshake on. */
  renewIdentity(identity: { certificate: string; key: string }): void;
  /** Ends every session (BYE/CANCEL), unregisters trunks, closes sockets. Resolves within 2 s. */
  stop(): Promise<void>;
  configure(config: SipAgentConfig): void;
  /** Dials. The outcome comes through the delegate; never throws for what the network does. */
  invite(request: OutgoingInvite, delegate: SessionDelegate): Session;
  /**
   * Final status of the MESSAGE; 408 when nobody answered, 404 when the account is not registered. It goes to all contacts
   * of an account; a 2xx when one of them takes it.
   */
  message(target: SipTarget, text: string, options?: SipMessageOptions): Promise<number>;
  isRegistered(username: string): boolean;
  accountStates(): { username: string; ref: string; isRegistered: boolean; userAgent: string | null }[];
  trunkStates(): { ref: string; status: 'registering' | 'registered' | 'failed'; error: string | null }[];
  /** The address we would be reached at by this peer: for SDP. */
  localAddressTowards(remoteAddress: string): string;
  /** Counters: messages in and out, parse errors, rate-limited, bans, transactions alive. */
  stats(): Readonly<Record<string, number>>;
}

export type SipTarget =
  | { kind: 'account'; username: string; isAutoAnswer: boolean }
  /** Through the gateway that registered with this account. */
  | { kind: 'account-number'; username: string; number: string }
  | { kind: 'trunk'; ref: string; number: string }
  | { kind: 'uri'; uri: string; ref: string };

export interface SipMessageOptions {
  contentType?: string;
  /** The same when it is sent again, so that the far end knows it. */
  callId?: string;
  from?: OutgoingInvite['from'];
}

export interface OutgoingInvite {
  target: SipTarget;
  from: { number: string | null; displayName: string | null };
  /**
   * Our offer, made once per fork: SDP for this address towards the peer; `isSecured`: nobody on the way reads it. Registered accounts with several contacts
   * are rung in parallel, the first 2xx wins.
   */
  offer(localAddress: string, isSecured: boolean): string;
  /**
   * The same for a softphone in a browser, which is what registers by WebSocket. Made once for all of them; null: there is
   * none to be had, and they are not rung. Absent: they are offered what everybody is.
   */
  offerToBrowser?(): Promise<string | null>;
}

export type OfferReply = { ok: true; answer: string } | { ok: false; status: number };

export interface Session {
  /** Unique within this process. */
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly callId: string;
  readonly origin: SipOrigin;
  readonly remote: SipParty;
  readonly called: string;
  /** BYE, CANCEL or a final response, as the state asks for. `onEnded` follows (by: 'local'). Idempotent. */
  end(options?: { status?: number; reason?: string }): void;
  /** re-INVITE with a new offer; resolves to the answer. Glare (491) is retried as RFC 3261 14.1 says. */
  reoffer(sdp: string): Promise<{ ok: true; answer: string } | { ok: false; status: number }>;
}

export interface IncomingSession extends Session {
  readonly direction: 'in';
  /** SDP of the INVITE, null for a delayed offer (then accept() carries our offer, onAnswer its answer). */
  readonly offer: string | null;
  /** Address that the INVITE came from. */
  readonly source: { address: string; port: number; transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss' };
  /** Set at once, in the tick of onInvite. */
  delegate: SessionDelegate;
  /** 180; with SDP 183. Reliable (100rel) when the peer requires it. */
  ring(sdp?: string): void;
  /** 200 with our answer (or offer); repeated until the ACK comes; onConfirmed or onEnded follows. */
  accept(sdp: string): void;
  reject(status: number, reason?: string): void;
}

/** `status`: null where no final status exists (BYE, transport). */
export interface SessionEnd {
  by: 'local' | 'remote' | 'timeout' | 'transport';
  /** What ended it. `no_ack`: our 2xx was never acknowledged. `session_timer`: RFC 4028. */
  how: 'bye' | 'cancel' | 'refused' | 'timeout' | 'session_timer' | 'no_ack' | 'unreachable' | 'error';
  status: number | null;
  reason: string | null;
}

export interface SessionDelegate {
  /** Outgoing: 18x. `sdp` when the far end sends early media. */
  onProgress?(status: number, sdp: string | null): void;
  /** Outgoing: 2xx (the ACK is sent by the agent). Incoming with delayed offer: answer from the ACK. */
  onAnswer?(sdp: string): void;
  /** Incoming: the ACK came. */
  onConfirmed?(): void;
  /** re-INVITE or UPDATE with an offer: our answer, or a refusal (488…). Until it is there no other offer comes. */
  onOffer(sdp: string): OfferReply | Promise<OfferReply>;
  /** re-INVITE without an offer: our offer; the answer comes through onAnswer. */
  onOfferWanted(): string;
  /** INFO with application/dtmf-relay. */
  onDtmf?(digit: string): void;
  /** Exactly once, last. */
  onEnded(end: SessionEnd): void;
}
