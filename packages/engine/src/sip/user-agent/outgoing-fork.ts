/**
 * One INVITE of ours to one place (RFC 3261 13.2): early dialogs by To tag, PRACKs, answers to challenges and to 422,
 * CANCEL, timer C. outgoing-call.ts has one for each contact that it rings and decides which one wins.
 *
 *  dialling ─18x→ ringing ─2xx→ answered (owner.onAnswer: keep it, or ACK and BYE)
 *     └────3xx-6xx, timeout, transport────→ failed (owner.onFailed)
 */
import type { SessionDelegate, SessionEnd } from '../agent.ts';
import type { Timer } from '../clock.ts';
import { Dialog } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import { bodyFrom, sessionBody } from '../message/body.ts';
import { Headers, integerHeader, type SipResponse } from '../message/message.ts';
import type { OutgoingRequest } from '../message/serialise.ts';
import type { ClientTransaction } from '../transaction/client-transaction.ts';
import { TIMEOUT_MS, TIMER_C_MS } from '../transaction/timing.ts';
import { newTag } from '../transaction/transaction-layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { ALLOW, contactFor, isSecured, SUPPORTED, type UserAgentContext, whenThere } from './context.ts';
import { acknowledge, sendInDialog } from './dialog-requests.ts';
import { InviteUsage } from './invite-usage.ts';
import { sendSized } from './sized-request.ts';
import { intervalAsClient, MIN_SESSION_INTERVAL_S, SESSION_INTERVAL_S } from './session-timer.ts';

export interface ForkTarget {
  uri: string;
  flow: Flow;
  /** TCP may take the place of UDP for a large request (RFC 3261 18.1.1). */
  isTransportOpen: boolean;
}

export interface ForkParts {
  callId: string;
  /** From and To without tag, in wire form. */
  from: string;
  to: string;
  contactUser: string;
  target: ForkTarget;
  headers: readonly (readonly [string, string])[];
  digest: DigestClient | null;
  /** Null: there is none, and nobody is rung here. */
  offer(localAddress: string, isSecured: boolean): string | null | Promise<string | null>;
  onMessage(transaction: ServerTransaction): void;
}

export interface ForkFailure {
  status: number;
  reason: string | null;
  by: 'remote' | 'timeout' | 'transport';
}

export interface ForkOwner {
  delegate(): SessionDelegate;
  onProgress(status: number, sdp: string | null): void;
  /** A 2xx with its answer, acknowledged already. False: another one won, this dialog is to be ended. */
  onAnswer(usage: InviteUsage, sdp: string): boolean;
  onFailed(fork: OutgoingFork, failure: ForkFailure): void;
  /** The winner's dialog is over. */
  onEnded(end: SessionEnd): void;
}

interface EarlyDialog {
  usage: InviteUsage;
  /** Last reliable provisional (RFC 3262 4); null: none yet. */
  rseq: number | null;
  sdp: string | null;
  ack: { cseq: number; again(): void } | null;
}

const MAX_DIALOGS = 16;

export class OutgoingFork {
  readonly #context: UserAgentContext;
  readonly #parts: ForkParts;
  readonly #owner: ForkOwner;
  readonly #tag = newTag();
  /** Null until start() has it. */
  #offer: string | null = null;
  readonly #contact: string;
  readonly #dialogs = new Map<string, EarlyDialog>();
  #transaction: ClientTransaction | null = null;
  #request: OutgoingRequest | null = null;
  #cseq = 0;
  #challenges = 0;
  #intervalS = SESSION_INTERVAL_S;
  #minIntervalS = MIN_SESSION_INTERVAL_S;
  #timerC: Timer | null = null;
  #isCancelWanted = false;
  #isCancelSent = false;
  #isOver = false;
  #isAnswered = false;
  /** Its end is the call's end; that of another dialog is nobody's. */
  #winner: InviteUsage | null = null;

  constructor(context: UserAgentContext, parts: ForkParts, owner: ForkOwner) {
    this.#context = context;
    this.#parts = parts;
    this.#owner = owner;
    const { uri, flow } = parts.target;
    this.#contact = contactFor(context, parts.contactUser, flow, /^sips:/i.test(uri));
  }

  /** Making an offer for a browser takes a moment. */
  start(): void {
    const parts = this.#parts;
    const { flow } = parts.target;
    whenThere(
      this.#context,
      null,
      () => parts.offer(this.#context.localAddress(flow.remoteAddress), isSecured(flow)),
      (sdp: string | null) => this.#startWith(sdp),
    );
  }

  #startWith(offer: string | null): void {
    if (this.#isCancelWanted) this.#fail({ status: 487, reason: null, by: 'remote' });
    else if (offer === null) this.#fail({ status: 488, reason: 'no offer to be had', by: 'transport' });
    else {
      this.#offer = offer;
      this.#send();
    }
  }

  #send(): void {
    const request = this.#invite();
    this.#request = request;
    const { flow, isTransportOpen } = this.#parts.target;
    sendSized(this.#context, request, flow, isTransportOpen, {
      onStarted: (transaction) => {
        this.#transaction = transaction;
      },
      onResponse: (response) => this.#receive(response),
      onTimeout: () => this.#fail({ status: 408, reason: null, by: 'timeout' }),
      onTransportError: () => this.#fail({ status: 503, reason: null, by: 'transport' }),
    });
  }

  /** RFC 3261 9.1: not before a provisional response; a 2xx that crosses it is ACKed and ended. */
  cancel(): void {
    this.#isCancelWanted = true;
    if (this.#isOver || this.#isAnswered || this.#isCancelSent) return;
    if (this.#transaction?.hasProvisional !== true) return;
    this.#isCancelSent = true;
    const transaction = this.#transaction;
    const request = cancelOf(transaction.request);
    this.#context.transactions.request(
      request,
      transaction.flow,
      { onResponse() {}, onTimeout() {}, onTransportError() {} },
      transaction.branch,
    );
    // No final response to the cancelled INVITE either: it counts as ended (RFC 3261 9.1).
    this.#timerC?.cancel();
    this.#timerC = this.#context.clock.after(TIMEOUT_MS, () => {
      transaction.terminate();
      this.#fail({ status: 487, reason: null, by: 'timeout' });
    });
  }

  #invite(): OutgoingRequest {
    const { callId, from, to, target, digest } = this.#parts;
    const headers = new Headers();
    headers
      .add('Max-Forwards', '70')
      .add('From', `${from};tag=${this.#tag}`)
      .add('To', to)
      .add('Call-ID', callId)
      .add('CSeq', `${++this.#cseq} INVITE`)
      .add('Contact', `<${this.#contact}>`)
      .add('Allow', ALLOW)
      .add('Supported', SUPPORTED)
      .add('Session-Expires', String(this.#intervalS))
      .add('Min-SE', String(this.#minIntervalS));
    for (const [name, value] of this.#parts.headers) headers.add(name, value);
    headers.add('User-Agent', this.#context.userAgent).add('Content-Type', 'application/sdp');
    digest?.authorise(headers, 'INVITE', target.uri);
    return { method: 'INVITE', uri: target.uri, headers, body: bodyFrom(this.#offer) };
  }

  #receive(response: SipResponse): void {
    if (response.status < 200) this.#takeProvisional(response);
    else if (response.status < 300) this.#takeAnswer(response);
    else this.#takeRefusal(response);
  }

  #takeProvisional(response: SipResponse): void {
    if (this.#isOver) return;
    if (this.#isCancelWanted) this.cancel();
    if (this.#isCancelSent) return;
    this.#timerC?.cancel();
    this.#timerC = this.#context.clock.after(TIMER_C_MS, () => this.cancel());
    if (response.status === 100) return;
    const body = sessionBody(response);
    const sdp = body.ok ? body.sdp : null;
    const early = response.toTag === null ? null : this.#dialogOf(response);
    if (early !== null && sdp !== null) early.sdp = sdp;
    if (early !== null && !this.#acknowledgeReliable(early, response)) return;
    this.#owner.onProgress(response.status, sdp);
  }

  /** RFC 3262 4: in order, once. False: a repeat, or one that came too early; neither is news. */
  #acknowledgeReliable(early: EarlyDialog, response: SipResponse): boolean {
    const rseq = integerHeader(response.headers, 'RSeq');
    if (rseq === null || !response.headers.lists('Require', '100rel')) return true;
    if (early.rseq !== null && rseq !== early.rseq + 1) return false;
    early.rseq = rseq;
    const headers = [['RAck', `${rseq} ${response.cseq} INVITE`] as const];
    sendInDialog(this.#context, early.usage.dialog, 'PRACK', { headers }, this.#parts.digest, {
      onFinal() {},
    });
    return true;
  }

  #takeAnswer(response: SipResponse): void {
    this.#timerC?.cancel();
    const early = this.#dialogOf(response);
    if (early === null) return;
    const { usage } = early;
    // A repeated 2xx: its ACK was lost (RFC 3261 13.2.2.4).
    if (early.ack !== null) {
      early.ack.again();
      return;
    }
    usage.dialog.refreshTarget(response);
    usage.dialog.routeSet = response.headers.list('Record-Route').toReversed();
    const ack = acknowledge(this.#context, usage.dialog, response.cseq, this.#credentials(), {});
    early.ack = { cseq: response.cseq, again: () => ack.again() };
    usage.isConfirmed = true;
    const body = sessionBody(response);
    const sdp = (body.ok ? body.sdp : null) ?? early.sdp;
    const isFirst = !this.#isAnswered && !this.#isOver;
    this.#isAnswered = true;
    if (sdp === null && isFirst) {
      usage.bye({ by: 'local', how: 'error', status: null, reason: 'answer without SDP' });
      this.#fail({ status: 488, reason: 'answer without SDP', by: 'remote' });
      return;
    }
    if (!isFirst || sdp === null || !this.#keep(usage, response, sdp)) {
      usage.bye({ by: 'local', how: 'bye', status: null, reason: null });
    }
  }

  #keep(usage: InviteUsage, response: SipResponse, sdp: string): boolean {
    usage.localSdp = this.#offer;
    usage.remoteSdp = sdp;
    usage.takesUpdate = response.headers.lists('Allow', 'UPDATE');
    usage.timer.restart(intervalAsClient(response.headers));
    this.#winner = usage;
    // Other early dialogs of this INVITE ring on in vain; a 2xx of theirs is ended (RFC 3261 13.2.2.4).
    const isKept = this.#owner.onAnswer(usage, sdp);
    if (!isKept) this.#winner = null;
    return isKept;
  }

  #takeRefusal(response: SipResponse): void {
    const { status } = response;
    if (this.#isOver) return;
    const isChallenge = status === 401 || status === 407;
    const { digest } = this.#parts;
    if (
      isChallenge &&
      !this.#isCancelWanted &&
      ++this.#challenges <= 2 &&
      digest?.accept(response) === true
    ) {
      this.#again();
      return;
    }
    const minSe = integerHeader(response.headers, 'Min-SE');
    // RFC 4028 7.4.
    if (status === 422 && minSe !== null && minSe > this.#minIntervalS && !this.#isCancelWanted) {
      this.#minIntervalS = minSe;
      this.#intervalS = Math.max(this.#intervalS, minSe);
      this.#again();
      return;
    }
    this.#fail({ status, reason: response.reason === '' ? null : response.reason, by: 'remote' });
  }

  #again(): void {
    this.#dropDialogs();
    this.#send();
  }

  #fail(failure: ForkFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timerC?.cancel();
    this.#dropDialogs();
    this.#owner.onFailed(this, failure);
  }

  #dropDialogs(): void {
    for (const early of this.#dialogs.values()) if (!early.usage.isConfirmed) early.usage.drop();
    this.#dialogs.clear();
  }

  #dialogOf(response: SipResponse): EarlyDialog | null {
    const tag = response.toTag ?? '';
    const known = this.#dialogs.get(tag);
    const flow = this.#transaction?.flow ?? this.#parts.target.flow;
    if (known !== undefined || this.#request === null || this.#dialogs.size >= MAX_DIALOGS)
      return known ?? null;
    const dialog = Dialog.asClient(this.#request, response, this.#contact, flow);
    const usage: InviteUsage = new InviteUsage(
      this.#context,
      dialog,
      {
        delegate: () => this.#owner.delegate(),
        onEnded: (end) => {
          if (usage === this.#winner) this.#owner.onEnded(end);
        },
        onMessage: (message) => this.#parts.onMessage(message),
      },
      true,
      this.#parts.digest,
    );
    const early: EarlyDialog = { usage, rseq: null, sdp: null, ack: null };
    this.#dialogs.set(tag, early);
    return early;
  }

  /** RFC 3261 22.1: the ACK of a 2xx carries the INVITE's credentials. */
  #credentials(): (readonly [string, string])[] {
    const headers = this.#request?.headers;
    return (['Authorization', 'Proxy-Authorization'] as const).flatMap((name) =>
      (headers?.all(name) ?? []).map((value) => [name, value] as const),
    );
  }
}

/** RFC 3261 9.1: the same but for the method; the Via is put on by the transaction layer with the INVITE's branch. */
function cancelOf(invite: OutgoingRequest): OutgoingRequest {
  const headers = new Headers();
  headers.add('Max-Forwards', '70');
  for (const name of ['Route', 'From', 'To', 'Call-ID'] as const) {
    for (const value of invite.headers.all(name)) headers.add(name, value);
  }
  headers.add('CSeq', (invite.headers.get('CSeq') ?? '').replace('INVITE', 'CANCEL'));
  return { method: 'CANCEL', uri: invite.uri, headers, body: new Uint8Array(0) };
}
