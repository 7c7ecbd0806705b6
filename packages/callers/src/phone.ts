/**
 * A simulated telephone: real SIP over one socket of its own, any number of calls at once (the benchmark makes hundreds
 * from one), each with real RTP. It may call any SIP address, and register anywhere. Runs in the callers' own process.
 */
import { createSipAgent, createSystemClock, createTcpTransport, createUdpTransport } from '@openline/engine';
import type { IncomingSession, SipAgent, SipAgentOptions } from '@openline/engine';
import { PhoneCall } from './phone-call.ts';
import { RtpEnd } from './rtp-end.ts';
import type { OpenLine } from './rtp-line.ts';
import type { Source } from './sources.ts';

export interface PhoneOptions {
  /** Address that SIP and RTP bind; 127.0.0.1 unless told. */
  host?: string;
  /** What it does with a call that comes in; rings unless told. */
  onCall?: 'answer' | 'busy' | 'ring' | ((call: PhoneCall) => void);
  /** Codecs of calls that come in, in order; all when absent. */
  codecs?: readonly string[];
  /** What it says in calls that come in; silence unless told. */
  source?: Source;
  /** Milliseconds of sound to remember per call, 0 for none (bench). */
  keepMs?: number;
  /** How the ports for sound are opened; by node:dgram unless told. */
  openLine?: OpenLine;
}

export interface CallOptions {
  /** Number that is shown to the called party. */
  from?: string;
  displayName?: string;
  /** PCMU, PCMA or L16; all are offered when absent. */
  codec?: string;
  source?: Source;
  keepMs?: number;
}

export interface Registration {
  /** "sip:host:port" */
  server: string;
  username: string;
  password: string;
  transport?: 'udp' | 'tcp';
  expiresS?: number;
}

const HOME = 'home';

/** Binds its SIP port, any free one. */
export async function createPhone(options: PhoneOptions = {}): Promise<Phone> {
  const phone = new Phone(options);
  await phone.start();
  return phone;
}

export class Phone {
  readonly calls: PhoneCall[] = [];
  readonly #options: PhoneOptions;
  readonly #agent: SipAgent;
  readonly #host: string;
  #sipPort = 0;
  #isGone = false;
  #onCall: NonNullable<PhoneOptions['onCall']>;
  #registration: PromiseWithResolvers<void> | null = null;
  #waiting: ((call: PhoneCall) => void)[] = [];

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.#host = options.host ?? '127.0.0.1';
    this.#onCall = options.onCall ?? 'ring';
    const agentOptions: SipAgentOptions = {
      host: this.#host,
      port: 0,
      publicAddress: null,
      userAgent: 'Openline simulated telephone',
      bindingsFile: null,
      delegate: {
        onInvite: (session) => void this.#onInvite(session),
        onAccount: () => {},
        onTrunk: ({ status, error }) => {
          if (status === 'registered') this.#registration?.resolve();
          if (status === 'failed') this.#registration?.reject(new Error(error ?? 'registration failed'));
        },
        onMessage: (message) => message.respond(200),
      },
    };
    const clock = createSystemClock();
    this.#agent = createSipAgent(agentOptions, {
      clock,
      // The same transports, but deaf once the phone has vanished.
      makeTransports: (sink) => {
        const ears = { ...sink, admits: (address: string) => !this.#isGone && sink.admits(address) };
        ears.receive = (bytes, flow) => {
          if (!this.#isGone) sink.receive(bytes, flow);
        };
        return { udp: createUdpTransport(ears), tcp: createTcpTransport(ears, clock) };
      },
    });
  }

  /** UDP and TCP. */
  get sipPort(): number {
    return this.#sipPort;
  }

  /** Where it can be called. */
  get uri(): string {
    return `sip:phone@${this.#host}:${this.#sipPort}`;
  }

  /** From the next call on. */
  set onCall(policy: NonNullable<PhoneOptions['onCall']>) {
    this.#onCall = policy;
  }

  async start(): Promise<void> {
    this.#sipPort = (await this.#agent.start()).udp;
    this.#configure(null);
  }

  /** Rings somebody. Resolves when the INVITE is on its way: what comes of it is told by the call. */
  async call(uri: string, options: CallOptions = {}): Promise<PhoneCall> {
    const { from = null, displayName = null, codec } = options;
    const call = await this.#newCall('out', {
      ...options,
      ...(codec === undefined ? {} : { codecs: [codec] }),
    });
    const session = this.#agent.invite(
      {
        target: { kind: 'uri', uri, ref: HOME },
        from: { number: from, displayName },
        offer: (localAddress) => call.offer(localAddress),
      },
      call,
    );
    call.attach(session, null);
    return call;
  }

  /** Registers with digest, and stays registered until close(). Rejects when refused. */
  async register(registration: Registration): Promise<void> {
    this.#registration = Promise.withResolvers();
    this.#configure(registration);
    await this.#registration.promise;
  }

  /** The next call that comes in. */
  nextCall(): Promise<PhoneCall> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** SIP MESSAGE, shown as from that number; resolves to the final status. */
  text(uri: string, text: string, from: string | null = null): Promise<number> {
    const options = from === null ? {} : { from: { number: from, displayName: null } };
    return this.#agent.message({ kind: 'uri', uri, ref: HOME }, text, options);
  }

  /** The battery is empty: no more sound, no BYE, no reply to anything. */
  vanish(): void {
    this.#isGone = true;
    for (const call of this.calls) call.rtp.isSending = false;
  }

  /** Hangs up everything and lets go of its ports. */
  async close(): Promise<void> {
    await this.#agent.stop();
    for (const call of this.calls) call.rtp.close();
  }

  #configure(registration: Registration | null): void {
    this.#agent.configure({
      accounts: [],
      peers: [{ ref: HOME, cidrs: ['0.0.0.0/0', '::/0'] }],
      trunks: registration === null ? [] : [{ transport: 'udp', expiresS: 300, ...registration, ref: HOME }],
      stationName: 'telephone',
    });
  }

  async #newCall(
    direction: 'in' | 'out',
    options: { codecs?: readonly string[]; source?: Source; keepMs?: number },
  ): Promise<PhoneCall> {
    const { source, keepMs, codecs } = options;
    const rtp = await RtpEnd.open({
      host: this.#host,
      ...(this.#options.openLine && { openLine: this.#options.openLine }),
      ...(source === undefined ? {} : { source }),
      ...(keepMs === undefined ? {} : { keepMs }),
    });
    const call = new PhoneCall({ rtp, direction, ...(codecs === undefined ? {} : { codecs }) });
    this.calls.push(call);
    void call.whenEnded().then(() => this.calls.splice(this.calls.indexOf(call), 1));
    return call;
  }

  async #onInvite(session: IncomingSession): Promise<void> {
    let hasEnded = false;
    // A caller who gives up before our socket is bound.
    session.delegate = {
      onOffer: () => ({ ok: false, status: 491 }),
      onOfferWanted: () => '',
      onEnded: () => {
        hasEnded = true;
      },
    };
    const call = await this.#newCall('in', this.#options);
    if (hasEnded) return call.rtp.close();
    session.delegate = call;
    call.attach(session, this.#agent.localAddressTowards(session.source.address));
    this.#take(call);
    for (const resolve of this.#waiting.splice(0)) resolve(call);
  }

  #take(call: PhoneCall): void {
    const policy = this.#onCall;
    if (typeof policy === 'function') return policy(call);
    if (policy === 'busy') return call.reject(486);
    call.ring();
    if (policy === 'answer') call.answer();
  }
}
