/**
 * RFC 3261 10.2: we register at a provider, refresh before it runs out, back off when it fails, unregister at the end.
 * One a trunk of the configuration; tells who calls us by it.
 *
 *  registering ─200→ registered ─refresh→ registered
 *       └─failure→ failed ─back-off→ registering
 */
import { randomBytes } from 'node:crypto';
import type { SipAgentConfig } from '../agent.ts';
import type { Timer } from '../clock.ts';
import { createDigestClient, type DigestClient } from '../digest/digest-client.ts';
import { EMPTY_BODY, Headers, integerHeader, type SipResponse } from '../message/message.ts';
import { parseNameAddresses } from '../message/name-address.ts';
import { reasonPhrase } from '../message/reason-phrases.ts';
import { encodeUser, formatUri, parseUri } from '../message/uri.ts';
import { newTag } from '../transaction/transaction-layer.ts';
import type { Flow } from '../transport/transport.ts';
import { contactFor, type UserAgentContext } from '../user-agent/context.ts';

export type TrunkConfig = SipAgentConfig['trunks'][number];

export interface TrunkState {
  ref: string;
  status: 'registering' | 'registered' | 'failed';
  error: string | null;
}

const FIRST_BACKOFF_MS = 2000;
const MAX_BACKOFF_MS = 5 * 60_000;

export class TrunkRegistration {
  readonly ref: string;
  readonly config: TrunkConfig;
  state: TrunkState;
  readonly #context: UserAgentContext;
  readonly #onState: (state: TrunkState) => void;
  readonly #callId = randomBytes(16).toString('hex');
  readonly #tag = newTag();
  /** In our Contact: only who got it from the registrar can call it. */
  readonly #token = randomBytes(8).toString('hex');
  #digest: DigestClient;
  #cseq = 0;
  #expiresS: number;
  #backoffMs = FIRST_BACKOFF_MS;
  #timer: Timer | null = null;
  #server: { address: string; port: number } | null = null;
  #isStopped = false;
  #hasRegistered = false;

  constructor(context: UserAgentContext, config: TrunkConfig, onState: (state: TrunkState) => void) {
    this.#context = context;
    this.config = config;
    this.ref = config.ref;
    this.#onState = onState;
    this.#expiresS = config.expiresS;
    this.#digest = createDigestClient(config.username, config.password);
    this.state = { ref: config.ref, status: 'registering', error: null };
  }

  start(): void {
    this.#onState(this.state);
    this.#register();
  }

  /** Unregisters; resolves when that is answered or has failed. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    if (!this.#hasRegistered) return Promise.resolve();
    return new Promise((resolve) => this.#send(0, 0, () => resolve()));
  }

  isServer(address: string, port: number | null): boolean {
    return this.#server?.address === address && (port === null || this.#server.port === port);
  }

  /** A Request-URI that carries our Contact's token. */
  isCalledBy(requestUri: string): boolean {
    return parseUri(requestUri)?.parameters.get('line') === this.#token;
  }

  /** The server as URI, with the configured transport; without user. */
  get serverUri(): string {
    const text = /^sips?:/i.test(this.config.server) ? this.config.server : `sip:${this.config.server}`;
    const uri = parseUri(text);
    if (uri === null) return text;
    const parameters = new Map(uri.parameters);
    if (uri.scheme === 'sip' && this.config.transport !== 'udp')
      parameters.set('transport', this.config.transport);
    return formatUri({ ...uri, user: '', parameters });
  }

  /** Host of our address of record. */
  get domain(): string {
    const uri = parseUri(this.serverUri);
    if (uri === null) return '';
    return uri.port === null ? uri.host : `${uri.host}:${uri.port}`;
  }

  newDigest(): DigestClient {
    return createDigestClient(this.config.username, this.config.password);
  }

  #set(status: TrunkState['status'], error: string | null): void {
    const isSame = this.state.status === status && this.state.error === error;
    this.state = { ref: this.ref, status, error };
    if (!isSame && !this.#isStopped) this.#onState(this.state);
  }

  #register(): void {
    this.#send(this.#expiresS, 0, (failure, response) => {
      if (this.#isStopped) return;
      if (failure !== null || response === null) this.#failed(failure ?? 'no answer', response);
      else this.#registered(response);
    });
  }

  #registered(response: SipResponse): void {
    this.#hasRegistered = true;
    this.#backoffMs = FIRST_BACKOFF_MS;
    this.#set('registered', null);
    const grantedS = this.#granted(response);
    // Well before the end: a lost refresh and its repeats must fit in.
    const refreshS = Math.max(grantedS / 2, grantedS - 60);
    this.#after(refreshS * 1000);
  }

  /** What was granted to our contact, else what was asked (RFC 3261 10.2.4). */
  #granted(response: SipResponse): number {
    const contacts = parseNameAddresses(response.headers.all('Contact')) ?? [];
    const ours =
      contacts.find((each) => this.isCalledBy(each.uri)) ?? (contacts.length === 1 ? contacts[0] : undefined);
    const own = Number(ours?.parameters.get('expires') ?? NaN);
    const granted = own > 0 ? own : (integerHeader(response.headers, 'Expires') ?? this.#expiresS);
    return Math.max(10, granted);
  }

  #failed(failure: string, response: SipResponse | null): void {
    this.#set('failed', failure);
    const retryAfterS = response === null ? null : integerHeader(response.headers, 'Retry-After');
    this.#after(retryAfterS === null ? this.#backoffMs : Math.min(retryAfterS * 1000, MAX_BACKOFF_MS));
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
  }

  #after(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#context.clock.after(delayMs, () => {
      if (this.state.status === 'failed') this.#set('registering', this.state.error);
      this.#register();
    });
  }

  #send(
    expiresS: number,
    challenges: number,
    done: (failure: string | null, response: SipResponse | null) => void,
  ): void {
    const uri = this.serverUri;
    this.#context.destinations.find(uri, (found) => {
      if (found === null) {
        done(`${this.domain}: no such host`, null);
        return;
      }
      this.#server = { address: found.address, port: found.port };
      const flow = this.#context.transport.flowTo(
        found.transport,
        found.address,
        found.port,
        found.serverName,
      );
      this.#context.transactions.request(this.#request(uri, flow, expiresS), flow, {
        onTimeout: () => done('no answer', null),
        onTransportError: () => done('unreachable', null),
        onResponse: (response) => {
          if (response.status < 200) return;
          this.#answered(response, expiresS, challenges, done);
        },
      });
    });
  }

  #answered(
    response: SipResponse,
    expiresS: number,
    challenges: number,
    done: (failure: string | null, response: SipResponse | null) => void,
  ): void {
    const { status } = response;
    const isChallenge = status === 401 || status === 407;
    if (isChallenge && challenges < 2 && this.#digest.accept(response)) {
      this.#send(expiresS, challenges + 1, done);
      return;
    }
    const minExpires = integerHeader(response.headers, 'Min-Expires');
    if (status === 423 && minExpires !== null && minExpires > expiresS && expiresS > 0) {
      this.#expiresS = minExpires;
      this.#send(minExpires, challenges, done);
      return;
    }
    if (status < 300) {
      done(null, response);
      return;
    }
    // The next try begins without credentials.
    this.#digest = this.newDigest();
    done(`${status} ${response.reason === '' ? reasonPhrase(status) : response.reason}`, response);
  }

  #request(uri: string, flow: Flow, expiresS: number) {
    const aor = `<sip:${encodeUser(this.config.username)}@${this.domain}>`;
    const contact = `${contactFor(this.#context, this.config.username, flow)};line=${this.#token}`;
    const headers = new Headers()
      .add('Max-Forwards', '70')
      .add('From', `${aor};tag=${this.#tag}`)
      .add('To', aor)
      .add('Call-ID', this.#callId)
      .add('CSeq', `${++this.#cseq} REGISTER`)
      .add('Contact', `<${contact}>;expires=${expiresS}`)
      .add('Expires', String(expiresS))
      .add('User-Agent', this.#context.userAgent);
    this.#digest.authorise(headers, 'REGISTER', uri);
    return { method: 'REGISTER', uri, headers, body: EMPTY_BODY };
  }
}
