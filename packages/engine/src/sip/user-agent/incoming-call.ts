/**
 * An INVITE from outside, from its 100 to the ACK of its answer (RFC 3261 13.3, 9.2; 100rel of RFC 3262). From then on
 * the invite usage carries it. Made by core.ts for a request that was admitted; call/ drives it.
 */
import type {
  IncomingSession,
  OfferReply,
  SessionDelegate,
  SessionEnd,
  SipOrigin,
  SipParty,
} from '../agent.ts';
import type { Timer } from '../clock.ts';
import { Dialog } from '../dialog/dialog.ts';
import { bodyFrom, sessionBody } from '../message/body.ts';
import type { SipRequest } from '../message/message.ts';
import { responseTo } from '../message/response-to.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { newTag } from '../transaction/transaction-layer.ts';
import {
  ALLOW,
  contactFor,
  guarded,
  respond,
  SUPPORTED,
  type UserAgentContext,
  whenThere,
} from './context.ts';
import { InviteUsage, type ReofferResult } from './invite-usage.ts';
import { createReliableProvisionals, type ReliableProvisionals } from './reliable-provisionals.ts';
import type { RepeatedAnswer } from './repeated-answer.ts';
import { intervalHeaders, type SessionInterval } from './session-timer.ts';

export interface IncomingCallParts {
  transaction: ServerTransaction;
  id: string;
  origin: SipOrigin;
  remote: SipParty;
  called: string;
  offer: string | null;
  interval: SessionInterval | null;
  onMessage(transaction: ServerTransaction): void;
}

const RINGING_MS = 60_000;

const NOBODY: SessionDelegate = {
  onOffer: () => ({ ok: false, status: 488 }),
  onOfferWanted: () => '',
  onEnded() {},
};

export class IncomingCall implements IncomingSession {
  readonly id: string;
  readonly direction = 'in';
  readonly callId: string;
  readonly origin: SipOrigin;
  readonly remote: SipParty;
  readonly called: string;
  readonly offer: string | null;
  readonly source: IncomingSession['source'];
  delegate: SessionDelegate = NOBODY;
  readonly #context: UserAgentContext;
  readonly #transaction: ServerTransaction;
  readonly #usage: InviteUsage;
  readonly #interval: SessionInterval | null;
  readonly #tag = newTag();
  #provisionals: ReliableProvisionals | null = null;
  #state: 'offered' | 'accepted' | 'confirmed' | 'ended' = 'offered';
  #repeat: RepeatedAnswer | null = null;
  #ringing: Timer | null = null;
  /** accept() while an SDP waits for its PRACK. */
  #deferredSdp: string | null = null;
  /** end() between 2xx and ACK: the BYE waits for the ACK (RFC 3261 15). */
  #isByeDue = false;
  /** The offer was ours, in a reliable provisional, and its PRACK answered it. */
  #hasAnswer: boolean;

  constructor(context: UserAgentContext, parts: IncomingCallParts) {
    const { transaction } = parts;
    const { request, flow } = transaction;
    this.#context = context;
    this.#transaction = transaction;
    this.id = parts.id;
    this.callId = request.callId;
    this.origin = parts.origin;
    this.remote = parts.remote;
    this.called = parts.called;
    this.offer = parts.offer;
    this.#hasAnswer = parts.offer !== null;
    this.#interval = parts.interval;
    this.source = { address: flow.remoteAddress, port: flow.remotePort, transport: flow.transport };
    const isSips = /^sips:/i.test(request.uri);
    const contact = contactFor(context, parts.called, flow, isSips);
    const dialog = Dialog.asServer(request, this.#tag, contact, flow);
    this.#usage = new InviteUsage(
      context,
      dialog,
      {
        delegate: () => this.delegate,
        onEnded: (end) => {
          this.#repeat?.stop();
          this.#finish(end);
        },
        onPrack: (prack) => this.#takePrack(prack),
        onFirstAck: (ack) => this.#takeAck(ack),
        onMessage: (message) => parts.onMessage(message),
      },
      false,
      null,
    );
    this.#usage.remoteSdp = parts.offer;
    this.#usage.takesUpdate = request.headers.lists('Allow', 'UPDATE');
    if (request.headers.lists('Require', '100rel')) this.#provisionals = this.#reliably();
    transaction.onCancel = () => this.#cancelled();
    // A refusal whose ACK never came, or no way back: nothing more to do for it.
    transaction.onFailure = () => this.#unreachable();
    context.sessions.add(this);
  }

  ring(sdp?: string): void {
    if (this.#state !== 'offered') return;
    const provisional = { status: sdp === undefined ? 180 : 183, sdp: sdp ?? null };
    if (sdp !== undefined) this.#usage.localSdp = sdp;
    if (this.#provisionals === null) this.#ringOn(provisional);
    else this.#provisionals.send(provisional);
  }

  /** RFC 3261 13.3.1.1: once a minute, so that no proxy on the way takes the ringing for dead. */
  #ringOn(provisional: { status: number; sdp: string | null }): void {
    this.#sendProvisional(provisional, null);
    this.#ringing?.cancel();
    this.#ringing = this.#context.clock.after(RINGING_MS, () => this.#ringOn(provisional));
  }

  accept(sdp: string): void {
    if (this.#state !== 'offered') return;
    if (this.#provisionals?.isSdpUnacknowledged === true) {
      this.#deferredSdp = sdp;
      return;
    }
    this.#state = 'accepted';
    this.#ringing?.cancel();
    const hasSdpOut = this.#provisionals?.isSdpAcknowledged === true;
    this.#provisionals?.stop();
    this.#usage.localSdp = sdp;
    this.#usage.isConfirmed = true;
    this.#usage.timer.restart(this.#interval);
    this.#repeat = this.#usage.respondRepeating(this.#transaction, {
      headers: [
        ...this.#dialogHeaders(),
        ['Supported', SUPPORTED],
        ...(this.#interval === null ? [] : intervalHeaders(this.#interval)),
        ...(hasSdpOut ? [] : [['Content-Type', 'application/sdp'] as const]),
      ],
      // RFC 3262 5: what was answered in a reliable provisional is not answered again.
      body: bodyFrom(hasSdpOut ? null : sdp),
    });
  }

  reject(status: number, reason?: string): void {
    this.end({ status, ...(reason === undefined ? {} : { reason }) });
  }

  end(options: { status?: number; reason?: string } = {}): void {
    const reason = options.reason ?? null;
    if (this.#state === 'offered') {
      const status = Math.min(699, Math.max(300, options.status ?? 480));
      this.#refuse(status, options.reason);
      this.#finish({ by: 'local', how: 'refused', status, reason });
      return;
    }
    if (this.#state === 'accepted') {
      this.#isByeDue = true;
      this.#finish({ by: 'local', how: 'bye', status: null, reason });
      return;
    }
    if (this.#state === 'confirmed') this.#usage.bye({ by: 'local', how: 'bye', status: null, reason });
  }

  reoffer(sdp: string): Promise<ReofferResult> {
    return this.#usage.reoffer(sdp);
  }

  #refuse(status: number, reason?: string): void {
    this.#provisionals?.stop();
    respond(this.#context, this.#transaction, status, { toTag: this.#tag, reason });
    this.#usage.drop();
  }

  /** RFC 3261 9.2: the CANCEL itself was answered by the core. */
  #cancelled(): void {
    if (this.#state !== 'offered') return;
    this.#refuse(487);
    this.#finish({ by: 'remote', how: 'cancel', status: 487, reason: null });
  }

  #unreachable(): void {
    if (this.#state !== 'offered') return;
    this.#usage.drop();
    this.#finish({ by: 'transport', how: 'unreachable', status: null, reason: null });
  }

  #takeAck(ack: SipRequest): void {
    if (this.#state !== 'accepted' && !this.#isByeDue) return;
    this.#repeat?.stop();
    if (this.#isByeDue) {
      this.#isByeDue = false;
      this.#usage.bye({ by: 'local', how: 'bye', status: null, reason: null });
      return;
    }
    this.#state = 'confirmed';
    const body = sessionBody(ack);
    const answer = body.ok ? body.sdp : null;
    if (!this.#hasAnswer && answer === null) {
      this.#usage.bye({ by: 'local', how: 'error', status: null, reason: 'no answer to our offer' });
      return;
    }
    if (!this.#hasAnswer && answer !== null) {
      this.#hasAnswer = true;
      this.#usage.takeAnswer(answer);
    }
    guarded(this.#context, undefined, () => this.delegate.onConfirmed?.());
  }

  /** RFC 3262 3, 5. */
  #takePrack(prack: ServerTransaction): void {
    const acknowledged = this.#provisionals?.acknowledge(prack.request) ?? null;
    if (acknowledged === null) {
      respond(this.#context, prack, 481);
      return;
    }
    const body = sessionBody(prack.request);
    if (!body.ok) {
      respond(this.#context, prack, body.status, { headers: [[body.header.name, body.header.value]] });
      return;
    }
    this.#answerPrack(prack, body.sdp);
    const deferred = this.#deferredSdp;
    if (deferred === null || this.#provisionals?.isSdpUnacknowledged === true) return;
    this.#deferredSdp = null;
    this.accept(deferred);
  }

  /** The SDP in a PRACK answers our offer, or is a new offer when theirs is answered (RFC 3262 5). */
  #answerPrack(prack: ServerTransaction, sdp: string | null): void {
    if (sdp === null) {
      respond(this.#context, prack, 200);
      return;
    }
    if (!this.#hasAnswer) {
      this.#hasAnswer = true;
      respond(this.#context, prack, 200);
      this.#usage.takeAnswer(sdp);
      return;
    }
    whenThere<OfferReply>(
      this.#context,
      { ok: false, status: 500 },
      () => this.delegate.onOffer(sdp),
      (reply) => {
        if (!reply.ok) {
          respond(this.#context, prack, reply.status);
          return;
        }
        this.#usage.remoteSdp = sdp;
        this.#usage.localSdp = reply.answer;
        const headers = [['Content-Type', 'application/sdp']] as const;
        respond(this.#context, prack, 200, { headers, body: bodyFrom(reply.answer) });
      },
    );
  }

  #reliably(): ReliableProvisionals {
    const first = 1 + Math.floor(this.#context.random() * 1_000_000);
    return createReliableProvisionals(
      this.#context.clock,
      this.#transaction.request.cseq,
      first,
      (provisional, rseq) => this.#sendProvisional(provisional, rseq),
      () => {
        // RFC 3262 3: never acknowledged, so the call is refused with a 5xx.
        this.#refuse(504);
        this.#finish({ by: 'timeout', how: 'timeout', status: 504, reason: 'no PRACK' });
      },
    );
  }

  #sendProvisional(provisional: { status: number; sdp: string | null }, rseq: number | null): void {
    const { request } = this.#transaction;
    const headers: (readonly [string, string])[] = [...this.#dialogHeaders()];
    if (rseq !== null) headers.push(['Require', '100rel'], ['RSeq', String(rseq)]);
    if (provisional.sdp !== null) headers.push(['Content-Type', 'application/sdp']);
    headers.push(['Server', this.#context.userAgent]);
    const content = { headers, body: bodyFrom(provisional.sdp) };
    this.#transaction.respond(responseTo(request, provisional.status, this.#tag, content));
  }

  /** RFC 3261 12.1.1: routes are given back as they came. */
  #dialogHeaders(): (readonly [string, string])[] {
    const routes = this.#transaction.request.headers.all('Record-Route');
    return [
      ...routes.map((route) => ['Record-Route', route] as const),
      ['Contact', `<${this.#usage.dialog.contact}>`],
      ['Allow', ALLOW],
    ];
  }

  #finish(end: SessionEnd): void {
    if (this.#state === 'ended') return;
    // A BYE of the caller ends an early dialog too: its INVITE is still to be answered (RFC 3261 15.1.2).
    if (this.#state === 'offered') this.#refuse(487);
    this.#state = 'ended';
    this.#ringing?.cancel();
    this.#provisionals?.stop();
    if (!this.#isByeDue) this.#repeat?.stop();
    this.#context.sessions.delete(this);
    guarded(this.#context, undefined, () => this.delegate.onEnded(end));
  }
}
