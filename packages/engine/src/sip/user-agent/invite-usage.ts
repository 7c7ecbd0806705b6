/**
 * The life of one dialog made by INVITE (RFC 3261 12-15; the usage of RFC 5057): what either side asks within it.
 * Made by incoming-call.ts and outgoing-fork.ts for early dialogs already; they own how it began, this how it goes
 * on: BYE, re-INVITE with glare, UPDATE, INFO, session timer.
 */
import type { OfferReply, SessionDelegate, SessionEnd } from '../agent.ts';
import type { Timer } from '../clock.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import { bodyFrom, mediaType, type SessionBody, sessionBody } from '../message/body.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type ResponseContent, responseTo } from '../message/response-to.ts';
import { serialiseResponse } from '../message/serialise.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Flow } from '../transport/transport.ts';
import {
  ALLOW,
  capabilities,
  type DialogUser,
  guarded,
  refusedForOptions,
  refuseMethod,
  respond,
  SUPPORTED,
  type UserAgentContext,
  whenThere,
} from './context.ts';
import { acknowledge, sendInDialog } from './dialog-requests.ts';
import { dtmfDigit } from './dtmf-relay.ts';
import { type RepeatedAnswer, repeatAnswer } from './repeated-answer.ts';
import {
  createSessionTimer,
  intervalAsClient,
  intervalAsServer,
  intervalHeaders,
  MIN_SESSION_INTERVAL_S,
  type SessionInterval,
  type SessionTimer,
} from './session-timer.ts';

export type ReofferResult = { ok: true; answer: string } | { ok: false; status: number };

export interface InviteUsageOwner {
  delegate(): SessionDelegate;
  /** The dialog is over. Called once. */
  onEnded(end: SessionEnd): void;
  /** PRACK, while the INVITE is open. */
  onPrack?(transaction: ServerTransaction): void;
  /** ACK of the first 2xx. */
  onFirstAck?(ack: SipRequest): void;
  onMessage(transaction: ServerTransaction): void;
}

const MAX_GLARES = 6;

export class InviteUsage implements DialogUser {
  readonly dialog: Dialog;
  /** Early until the first 2xx (RFC 3261 12). */
  isConfirmed = false;
  /** Our SDP as last sent, for refreshes by re-INVITE; the far end's, to see whether an answer is news. */
  localSdp: string | null = null;
  remoteSdp: string | null = null;
  /** From its Allow: a refresh by UPDATE needs no SDP (RFC 4028 7.4). */
  takesUpdate = false;
  readonly timer: SessionTimer;
  readonly #context: UserAgentContext;
  readonly #owner: InviteUsageOwner;
  readonly #isCaller: boolean;
  readonly #digest: DigestClient | null;
  #isEnded = false;
  /** Our re-INVITE or UPDATE with an offer is open: theirs meets 491 (RFC 3261 14.2, RFC 3311 5.2). */
  #isOffering = false;
  /** Our answer to theirs is being made: a further one meets 500 (RFC 3261 14.2). */
  #isAnswering = false;
  /** Our 2xx to their re-INVITE, until its ACK. */
  #answered: { cseq: number; repeat: RepeatedAnswer; wantsAnswer: boolean } | null = null;
  #retryTimers = new Set<Timer>();
  /** Callers of reoffer() that wait for a retry: told when the dialog ends first. */
  readonly #pending = new Set<(result: ReofferResult) => void>();
  #lastAck: { cseq: number; again(): void } | null = null;

  constructor(
    context: UserAgentContext,
    dialog: Dialog,
    owner: InviteUsageOwner,
    isCaller: boolean,
    digest: DigestClient | null,
  ) {
    this.#context = context;
    this.dialog = dialog;
    this.#owner = owner;
    this.#isCaller = isCaller;
    this.#digest = digest;
    this.timer = createSessionTimer(
      context.clock,
      () => this.#refresh(),
      () => this.bye({ by: 'timeout', how: 'session_timer', status: null, reason: null }),
    );
    context.dialogs.set(dialog.key, this);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  // What the far end asks.

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#isEnded) {
      respond(this.#context, transaction, 481);
      return;
    }
    // RFC 3261 12.2.2.
    if (!this.dialog.takesInOrder(request)) {
      respond(this.#context, transaction, 500, { headers: [['Retry-After', '1']] });
      return;
    }
    this.dialog.flow = transaction.flow;
    if (request.method !== 'BYE' && refusedForOptions(this.#context, transaction)) return;
    this.#serve(transaction);
  }

  onAck(ack: SipRequest, flow: Flow): void {
    this.dialog.flow = flow;
    const answered = this.#answered;
    if (answered === null || ack.cseq !== answered.cseq) {
      this.#owner.onFirstAck?.(ack);
      return;
    }
    answered.repeat.stop();
    this.#answered = null;
    const body = sessionBody(ack);
    if (answered.wantsAnswer && body.ok && body.sdp !== null) this.takeAnswer(body.sdp);
  }

  #serve(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case 'BYE':
        this.#takeBye(transaction);
        return;
      case 'INVITE':
        this.#takeReinvite(transaction);
        return;
      case 'UPDATE':
        this.#takeUpdate(transaction);
        return;
      case 'INFO':
        this.#takeInfo(transaction);
        return;
      case 'PRACK':
        if (this.#owner.onPrack === undefined) respond(this.#context, transaction, 481);
        else this.#owner.onPrack(transaction);
        return;
      case 'OPTIONS':
        respond(this.#context, transaction, 200, { headers: capabilities() });
        return;
      case 'MESSAGE':
        this.#owner.onMessage(transaction);
        return;
      default:
        refuseMethod(this.#context, transaction);
    }
  }

  #takeBye(transaction: ServerTransaction): void {
    respond(this.#context, transaction, 200);
    const reason = reasonText(transaction.request.headers.get('Reason'));
    this.#finish({ by: 'remote', how: 'bye', status: null, reason });
  }

  /** RFC 3261 14.2. */
  #takeReinvite(transaction: ServerTransaction): void {
    if (!this.isConfirmed || this.#isAnswering) {
      respond(this.#context, transaction, 500, { headers: [['Retry-After', String(this.#upTo(10))]] });
      return;
    }
    if (this.#isOffering) {
      respond(this.#context, transaction, 491);
      return;
    }
    const interval = this.#negotiated(transaction);
    const body = this.#bodyOf(transaction);
    if (interval === 'refused' || body === null) return;
    this.#answerTo(body.sdp, transaction, (answer) =>
      this.#accept(transaction, interval, answer, body.sdp === null),
    );
  }

  #accept(
    transaction: ServerTransaction,
    interval: SessionInterval | null,
    sdp: string,
    wantsAnswer: boolean,
  ): void {
    const { request } = transaction;
    this.dialog.refreshTarget(request);
    this.timer.restart(interval);
    this.localSdp = sdp;
    // A re-INVITE that follows before the ACK of the last one says that its 2xx arrived.
    this.#answered?.repeat.stop();
    const repeat = this.respondRepeating(transaction, {
      headers: [
        ['Contact', `<${this.dialog.contact}>`],
        ['Allow', ALLOW],
        ['Supported', SUPPORTED],
        ...(interval === null ? [] : intervalHeaders(interval)),
        ['Content-Type', 'application/sdp'],
      ],
      body: bodyFrom(sdp),
    });
    this.#answered = { cseq: request.cseq, repeat, wantsAnswer };
  }

  /** 200 to an INVITE of this dialog, repeated until `stop`; without ACK the dialog is ended. */
  respondRepeating(transaction: ServerTransaction, content: ResponseContent): RepeatedAnswer {
    const { request, flow } = transaction;
    const headers = [...(content.headers ?? []), ['Server', this.#context.userAgent] as const];
    const response = responseTo(request, 200, this.dialog.localTag, { ...content, headers });
    const bytes = serialiseResponse(response);
    transaction.respond(response);
    return repeatAnswer(
      this.#context.clock,
      () => this.#context.transport.responseFlow(request.via, flow).send(bytes, () => {}),
      () => this.bye({ by: 'timeout', how: 'no_ack', status: null, reason: null }),
    );
  }

  /** RFC 3311 5.2. */
  #takeUpdate(transaction: ServerTransaction): void {
    const interval = this.#negotiated(transaction);
    const body = this.#bodyOf(transaction);
    if (interval === 'refused' || body === null) return;
    const headers: (readonly [string, string])[] = [
      ['Contact', `<${this.dialog.contact}>`],
      ['Allow', ALLOW],
      ['Supported', SUPPORTED],
      ...(interval === null ? [] : intervalHeaders(interval)),
    ];
    if (body.sdp === null) {
      this.#refreshed(transaction.request, interval);
      respond(this.#context, transaction, 200, { headers });
      return;
    }
    if (this.#isOffering) {
      respond(this.#context, transaction, 491);
      return;
    }
    // An offer is open that was not answered: theirs in the INVITE, or ours in the 2xx.
    const isOpen = this.#isAnswering || this.#answered?.wantsAnswer === true;
    if (this.remoteSdp === null || this.localSdp === null || isOpen) {
      respond(this.#context, transaction, 500, { headers: [['Retry-After', String(this.#upTo(10))]] });
      return;
    }
    this.#answerTo(body.sdp, transaction, (answer) => {
      this.#refreshed(transaction.request, interval);
      this.localSdp = answer;
      respond(this.#context, transaction, 200, {
        headers: [...headers, ['Content-Type', 'application/sdp']],
        body: bodyFrom(answer),
      });
    });
  }

  #refreshed(request: SipRequest, interval: SessionInterval | null): void {
    this.dialog.refreshTarget(request);
    if (interval !== null) this.timer.restart(interval);
  }

  #takeInfo(transaction: ServerTransaction): void {
    const { request } = transaction;
    const type = mediaType(request.headers.get('Content-Type') ?? '');
    if (request.body.length > 0 && type !== 'application/dtmf-relay' && type !== 'application/dtmf') {
      respond(this.#context, transaction, 415, { headers: [['Accept', 'application/dtmf-relay']] });
      return;
    }
    respond(this.#context, transaction, 200);
    const digit = dtmfDigit(type, Buffer.from(request.body).toString('latin1'));
    if (digit !== null) guarded(this.#context, undefined, () => this.#owner.delegate().onDtmf?.(digit));
  }

  #negotiated(transaction: ServerTransaction): SessionInterval | null | 'refused' {
    const interval = intervalAsServer(transaction.request.headers);
    if (interval !== 'small') return interval;
    respond(this.#context, transaction, 422, { headers: [['Min-SE', String(MIN_SESSION_INTERVAL_S)]] });
    return 'refused';
  }

  #bodyOf(transaction: ServerTransaction): (SessionBody & { ok: true }) | null {
    const body = sessionBody(transaction.request);
    if (body.ok) return body;
    respond(this.#context, transaction, body.status, { headers: [[body.header.name, body.header.value]] });
    return null;
  }

  /** What the delegate says to an offer, or its own where none came; a refusal is sent from here. */
  #answerTo(offer: string | null, transaction: ServerTransaction, accept: (sdp: string) => void): void {
    const delegate = this.#owner.delegate();
    this.#isAnswering = true;
    whenThere<OfferReply>(
      this.#context,
      { ok: false, status: 500 },
      () => (offer === null ? { ok: true, answer: delegate.onOfferWanted() } : delegate.onOffer(offer)),
      (reply) => {
        this.#isAnswering = false;
        // RFC 3261 15.1.2: the dialog was ended meanwhile.
        if (this.#isEnded) respond(this.#context, transaction, 487);
        else if (reply.ok) {
          if (offer !== null) this.remoteSdp = offer;
          accept(reply.answer);
        } else respond(this.#context, transaction, reply.status);
      },
    );
  }

  takeAnswer(sdp: string): void {
    this.remoteSdp = sdp;
    guarded(this.#context, undefined, () => this.#owner.delegate().onAnswer?.(sdp));
  }

  // What we ask.

  /** RFC 3261 14.1. */
  reoffer(sdp: string): Promise<ReofferResult> {
    return new Promise((resolve) => this.#offer(sdp, 1, resolve));
  }

  #offer(sdp: string, attempt: number, done: (result: ReofferResult) => void): void {
    if (this.#isEnded) {
      done({ ok: false, status: 481 });
      return;
    }
    // One offer at a time, and none before the last 2xx is acknowledged.
    if (!this.isConfirmed || this.#isOffering || this.#isAnswering || this.#answered !== null) {
      this.#retry(sdp, attempt, done);
      return;
    }
    this.#isOffering = true;
    this.#sendInvite(sdp, (status, response) => {
      this.#isOffering = false;
      const body = response === null ? null : sessionBody(response);
      if (status === 491 && !this.#isEnded) this.#retry(sdp, attempt, done);
      else if (status >= 300) done({ ok: false, status });
      else if (body?.ok === true && body.sdp !== null) {
        this.remoteSdp = body.sdp;
        done({ ok: true, answer: body.sdp });
      } else done({ ok: false, status: 500 });
    });
  }

  /** RFC 3261 14.1: 2.1 to 4 s for the owner of the Call-ID, up to 2 s for the other, in steps of 10 ms. */
  #retry(sdp: string, attempt: number, done: (result: ReofferResult) => void): void {
    if (attempt > MAX_GLARES) {
      done({ ok: false, status: 491 });
      return;
    }
    const random = Math.floor(this.#context.random() * 191) * 10;
    const delayMs = this.#isCaller ? 2100 + random : random;
    const timer = this.#context.clock.after(delayMs, () => {
      this.#retryTimers.delete(timer);
      this.#pending.delete(done);
      this.#offer(sdp, attempt + 1, done);
    });
    this.#retryTimers.add(timer);
    this.#pending.add(done);
  }

  #sendInvite(sdp: string, done: (status: number, response: SipResponse | null) => void): void {
    this.localSdp = sdp;
    let isDone = false;
    sendInDialog(
      this.#context,
      this.dialog,
      'INVITE',
      {
        headers: [
          ['Contact', `<${this.dialog.contact}>`],
          ['Allow', ALLOW],
          ['Supported', SUPPORTED],
          ...this.#refreshHeaders(),
          ['Content-Type', 'application/sdp'],
        ],
        body: bodyFrom(sdp),
      },
      this.#digest,
      {
        onFinal: (status, response) => {
          const isAccepted = response !== null && status < 300;
          if (isAccepted && this.#lastAck?.cseq === response.cseq) {
            this.#lastAck.again();
            return;
          }
          if (isAccepted) this.#confirmReinvite(response);
          if (isDone) return;
          isDone = true;
          done(status, response);
          this.#afterFailure(status);
        },
      },
    );
  }

  #confirmReinvite(response: SipResponse): void {
    this.dialog.refreshTarget(response);
    this.timer.restart(intervalAsClient(response.headers));
    const ack = acknowledge(this.#context, this.dialog, response.cseq, [], {});
    this.#lastAck = { cseq: response.cseq, again: () => ack.again() };
  }

  #refreshHeaders(): (readonly [string, string])[] {
    const interval = this.timer.interval;
    if (interval === null) return [];
    const refresher = interval.isRefresherLocal ? 'uac' : 'uas';
    return [['Session-Expires', `${interval.intervalS};refresher=${refresher}`]];
  }

  /** RFC 4028 10: by UPDATE where it is understood, else by re-INVITE with the same SDP. */
  #refresh(): void {
    if (this.#isEnded || this.#isOffering || this.#isAnswering) return;
    if (this.takesUpdate || this.localSdp === null) {
      this.#refreshByUpdate();
      return;
    }
    const known = this.remoteSdp;
    void this.reoffer(this.localSdp).then((result) => {
      if (result.ok && result.answer !== known && !this.#isEnded) this.takeAnswer(result.answer);
    });
  }

  #refreshByUpdate(): void {
    const headers: (readonly [string, string])[] = [
      ['Contact', `<${this.dialog.contact}>`],
      ['Supported', SUPPORTED],
      ...this.#refreshHeaders(),
    ];
    sendInDialog(this.#context, this.dialog, 'UPDATE', { headers }, this.#digest, {
      onFinal: (status, response) => {
        if (response !== null && status < 300) {
          this.dialog.refreshTarget(response);
          this.timer.restart(intervalAsClient(response.headers));
        } else if (status === 405 || status === 501) {
          this.takesUpdate = false;
          this.#refresh();
        } else this.#afterFailure(status);
      },
    });
  }

  /** RFC 3261 12.2.1.2: the far end knows the dialog no more. */
  #afterFailure(status: number): void {
    if (status !== 408 && status !== 481) return;
    this.bye({ by: 'remote', how: status === 408 ? 'timeout' : 'error', status, reason: null });
  }

  /** Ends the dialog from our side, for the reason given. */
  bye(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#finish(end);
    sendInDialog(this.#context, this.dialog, 'BYE', {}, this.#digest, { onFinal: () => {} });
  }

  /** The dialog is over without a BYE: early ones that lost, refused ones. */
  drop(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#release();
  }

  #finish(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#release();
    this.#owner.onEnded(end);
  }

  #release(): void {
    this.timer.stop();
    this.#answered?.repeat.stop();
    for (const timer of this.#retryTimers) timer.cancel();
    for (const done of this.#pending) done({ ok: false, status: 481 });
    this.#pending.clear();
    if (this.#context.dialogs.get(this.dialog.key) === this) this.#context.dialogs.delete(this.dialog.key);
  }

  #upTo(limit: number): number {
    return Math.floor(this.#context.random() * (limit + 1));
  }
}

/** `Q.850;cause=16;text="…"` (RFC 3326). */
function reasonText(header: string | null): string | null {
  if (header === null) return null;
  return /;\s*text\s*=\s*"([^"]*)"/i.exec(header)?.[1] ?? header;
}
