/**
 * Stands in for the SIP agent in unit tests of call/: sessions that a test drives by hand and that note what was asked of
 * them. Like the real one it reports an end exactly once, in the same tick where end() or reject() is called.
 */
import type {
  IncomingSession,
  OutgoingInvite,
  Session,
  SessionDelegate,
  SessionEnd,
  SipAgent,
  SipAgentConfig,
  SipAgentDelegate,
  SipOrigin,
  SipPorts,
} from '../../sip/agent.ts';

export const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.50',
  's=-',
  'c=IN IP4 192.0.2.50',
  't=0 0',
  'm=audio 40000 RTP/AVP 8 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendrecv',
  '',
].join('\r\n');

export class FakeSession implements IncomingSession {
  readonly id: string;
  readonly direction = 'in';
  readonly callId: string;
  readonly origin: SipOrigin = { kind: 'peer', ref: 'studio' };
  readonly remote = { user: '+2203001', host: '192.0.2.50', displayName: 'Awa' };
  readonly called = '+2207000001';
  readonly offer: string | null;
  readonly source = { address: '192.0.2.50', port: 5060, transport: 'udp' as const };
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  /** SDP of accept(). */
  accepted: string | null = null;
  #delegate: SessionDelegate | null = null;
  #isOver = false;

  constructor(id: string, offer: string | null) {
    this.id = id;
    this.callId = `call-${id}`;
    this.offer = offer;
  }

  get delegate(): SessionDelegate {
    if (this.#delegate === null) throw new Error('the delegate was not set in the tick of onInvite');
    return this.#delegate;
  }
  set delegate(delegate: SessionDelegate) {
    this.#delegate = delegate;
  }

  ring(): void {
    this.asked.push('ring');
  }

  accept(sdp: string): void {
    this.accepted = sdp;
    this.asked.push('accept');
  }

  reject(status: number): void {
    this.asked.push(`reject ${status}`);
    this.over({ by: 'local', how: 'refused', status, reason: null });
  }

  end(): void {
    this.asked.push('end');
    this.over({ by: 'local', how: 'bye', status: null, reason: null });
  }

  reoffer(): ReturnType<Session['reoffer']> {
    return Promise.resolve({ ok: false, status: 500 });
  }

  /** What the far end, or the network, does. */
  over(end: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#delegate?.onEnded(end);
  }
}

export class FakeSipAgent implements SipAgent {
  readonly delegate: SipAgentDelegate;
  readonly invites: { request: OutgoingInvite; session: FakeSession; offer: string }[] = [];
  readonly configs: SipAgentConfig[] = [];
  readonly registered = new Set<string>();
  messageStatus = 200;
  #lastId = 0;

  constructor(delegate: SipAgentDelegate) {
    this.delegate = delegate;
  }

  /** An INVITE comes in. */
  ring(offer: string | null = SDP): FakeSession {
    this.#lastId += 1;
    const session = new FakeSession(`s${this.#lastId}`, offer);
    this.delegate.onInvite(session);
    return session;
  }

  start(): Promise<SipPorts> {
    return Promise.resolve({ udp: 5060, tcp: 5060, tls: null, ws: null });
  }
  renewIdentity(): void {}
  stop(): Promise<void> {
    return Promise.resolve();
  }
  configure(config: SipAgentConfig): void {
    this.configs.push(config);
  }
  invite(request: OutgoingInvite, delegate: SessionDelegate): Session {
    this.#lastId += 1;
    const session = new FakeSession(`s${this.#lastId}`, null);
    session.delegate = delegate;
    this.invites.push({ request, session, offer: request.offer('192.0.2.1', false) });
    return session;
  }
  readonly messages: Parameters<SipAgent['message']>[] = [];

  message(...message: Parameters<SipAgent['message']>): Promise<number> {
    this.messages.push(message);
    return Promise.resolve(this.messageStatus);
  }
  isRegistered(username: string): boolean {
    return this.registered.has(username);
  }
  accountStates(): ReturnType<SipAgent['accountStates']> {
    return [];
  }
  trunkStates(): ReturnType<SipAgent['trunkStates']> {
    return [];
  }
  localAddressTowards(): string {
    return '192.0.2.1';
  }
  stats(): Readonly<Record<string, number>> {
    return {};
  }
}
