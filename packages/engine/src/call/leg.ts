/**
 * One leg: a SIP session joined to a media port, from the first ring to the last figure. Made by call-table.ts, which
 * is told of every turn through `LegOwner`. Main thread.
 *
 *   in    opening ─► offered ─► (200 sent) ─► answered ─► ended
 *   out   dialling ─► ringing ─────────────► answered ─► ended
 *
 * Every state may go to `ended`, once; the media port is given back there and nowhere else.
 */
import type {
  IceState,
  Levels,
  LegId,
  LegSnapshot,
  Origin,
  Party,
  Place,
  Quality,
  Tag,
} from '../control/contract.ts';
import type { SrtpUse } from '../sdp/media-keys.ts';
import { Negotiation } from '../sdp/negotiation.ts';
import type { AcceptResult, AnswerResult, Negotiated } from '../sdp/negotiation.ts';
import type { IncomingSession, OfferReply, Session, SessionDelegate, SessionEnd } from '../sip/agent.ts';
import { isBrowserOffer } from '../webrtc/browser-description.ts';
import type { PeerAnswerResult } from '../webrtc/browser-peer.ts';
import type { BrowserPeers } from '../webrtc/browser-peers.ts';
import { BrowserEnd } from './browser-end.ts';
import { legEndOf } from './end-cause.ts';
import type { LegEnd } from './end-cause.ts';
import type { Carrier, MediaPlane, PortId, StreamParameters } from './media-plane.ts';
import { RungBrowsers } from './rung-browsers.ts';
import { SilenceWatch } from './silence-watch.ts';

type OpenPort = Awaited<ReturnType<MediaPlane['open']>>;

/** What a leg tells its owner. `onEnding` comes at once, `onEnded` when the port is back. Each once. */
export interface LegOwner {
  onRinging(leg: Leg): void;
  onAnswered(leg: Leg): void;
  onHeld(leg: Leg): void;
  /** Its sound is mixed; or it is answered and silent, and hears us all the same. */
  onDecoded(leg: Leg): void;
  onDtmf(leg: Leg, digit: string): void;
  /** Of a browser. */
  onCandidate?(leg: Leg, candidate: string, mid: string): void;
  onIce?(leg: Leg): void;
  onEnding(leg: Leg): void;
  onEnded(leg: Leg, end: LegEnd, quality: Quality | null): void;
}

export interface LegOptions {
  id: LegId;
  direction: 'in' | 'out';
  origin: Origin;
  remote: Party;
  called: string;
  place: Place;
  levels: Partial<Levels>;
  tag: Tag;
  stationName: string;
  /** Encrypted sound, as its line or phone has it; `optional` when absent. */
  srtp?: SrtpUse;
  /** Pauses are described to it where it can have them so; false when absent. */
  hasComfortNoise?: boolean;
  media: MediaPlane;
  /** Absent: no browser ever. */
  peers?: BrowserPeers;
  owner: LegOwner;
}

const UNITY: Levels = { inDb: 0, isInMuted: false, outDb: 0, isOutMuted: false, leveller: null };

export class Leg implements SessionDelegate {
  readonly id: LegId;
  readonly direction: 'in' | 'out';
  origin: Origin;
  remote: Party;
  readonly called: string;
  readonly offeredAt = Date.now();
  answeredAt: number | null = null;
  /** Where the server wants it; mediaPlaceOf() says where its sound is. */
  place: Place;
  /** Whom it whispers to. */
  whisper: LegId | null = null;
  levels: Levels;
  tag: Tag;
  state: LegSnapshot['state'] | 'opening';
  hasMedia = false;
  /** A frame was decoded; it counts as media when the leg is in its place. */
  hasDecoded = false;
  /** The control channel was told of it, and is to be told of its end. */
  isReported: boolean;
  /** The media plane has it where the server wants it. */
  isInPlace = false;
  isHeldByRemote = false;

  readonly #media: MediaPlane;
  readonly #owner: LegOwner;
  readonly #stationName: string;
  readonly #srtp: SrtpUse;
  readonly #hasComfortNoise: boolean;
  /** Nobody on the way reads what we say of our keys. */
  #isSecured = false;
  readonly #peers: BrowserPeers | undefined;
  #browser: BrowserEnd | null = null;
  #isFeed = false;
  /** As long as nobody has answered. */
  #rung: RungBrowsers | null = null;
  #session: Session | null = null;
  #opened: Promise<OpenPort> | null = null;
  #port: PortId | null = null;
  #negotiation: Negotiation | null = null;
  #localAddress = '';
  /** What offer and answer agreed upon last. */
  #agreed: Negotiated | null = null;
  #isAccepted = false;
  #end: LegEnd | null = null;
  #dialTimer: NodeJS.Timeout | null = null;
  readonly #silence: SilenceWatch;

  constructor(options: LegOptions) {
    this.id = options.id;
    this.direction = options.direction;
    this.origin = options.origin;
    this.remote = options.remote;
    this.called = options.called;
    this.place = options.place;
    this.levels = { ...UNITY, ...options.levels };
    this.tag = options.tag;
    this.state = options.direction === 'in' ? 'opening' : 'dialling';
    this.isReported = options.direction === 'out';
    this.#media = options.media;
    this.#owner = options.owner;
    this.#stationName = options.stationName;
    this.#srtp = options.srtp ?? 'optional';
    this.#hasComfortNoise = options.hasComfortNoise ?? false;
    this.#peers = options.peers;
    this.#silence = new SilenceWatch({
      packetsReceived: () => (this.#port === null ? 0 : this.#media.quality(this.#port).packetsReceived),
      isHeld: () => this.isHeldByRemote,
      onSilent: () => this.#owner.onDecoded(this),
      onDead: () => this.hangUp({ cause: 'rtp_timeout', by: 'engine', sipStatus: null }),
    });
  }

  get port(): PortId | null {
    return this.#port;
  }

  get isAnswered(): boolean {
    return this.state === 'answered' && this.#end === null;
  }

  get isEnding(): boolean {
    return this.#end !== null;
  }

  get codec(): string | null {
    return this.#agreed?.stream.codec ?? null;
  }

  /** Null: no browser. */
  get ice(): IceState | null {
    return this.#browser?.ice ?? null;
  }

  /** Binds the port. False when the leg ended meanwhile; rejects when there is no port. */
  async open(): Promise<boolean> {
    const { rtpPort, rtcpPort } = await this.#openPort('sockets');
    if (this.#end !== null) return false;
    this.#negotiation = new Negotiation({
      rtpPort,
      rtcpPort,
      name: this.#stationName,
      sessionId: this.offeredAt,
      srtp: this.#srtp,
      hasComfortNoise: this.#hasComfortNoise,
    });
    return true;
  }

  /** The same for a browser: `isTrickle` when there is a way for candidates that follow the answer. */
  async openPeer(isTrickle: boolean): Promise<boolean> {
    const peers = this.#peers;
    if (peers === undefined) throw new Error('this leg is no browser');
    const { port } = await this.#openPort('peer');
    if (this.#end !== null) return false;
    this.#browser = this.#newBrowser(peers, port, isTrickle);
    return true;
  }

  #newBrowser(peers: BrowserPeers, port: PortId, isTrickle: boolean): BrowserEnd {
    const browser: BrowserEnd = new BrowserEnd({
      peers,
      port,
      name: this.#stationName,
      sessionId: this.offeredAt,
      isTrickle,
      isAnswered: () => this.isAnswered && browser === this.#browser,
      onCandidate: (candidate, mid) => this.#owner.onCandidate?.(this, candidate, mid),
      onIce: (state) => {
        if (browser === this.#browser) this.#onIce(state);
      },
      onLost: (cause) => this.hangUp({ cause, by: 'engine', sipStatus: null }),
    });
    return browser;
  }

  /** The same for the studio's feed, which needs no far end that agrees. */
  async openFeed(stream: StreamParameters): Promise<boolean> {
    await this.#openPort('studio');
    if (this.#end !== null) return false;
    this.#isFeed = true;
    this.#agreed = { stream, isHeldByRemote: false };
    return true;
  }

  /** Its port is registered: sound flows, and it is answered with that. */
  startFeed(): void {
    if (this.#isFeed) this.#establish();
  }

  async #openPort(carrier: Carrier): Promise<OpenPort> {
    this.#opened = this.#media.open(carrier);
    const opened = await this.#opened;
    if (this.#end !== null) return opened;
    this.#port = opened.port;
    this.#media.levels(opened.port, this.levels);
    return opened;
  }

  // A browser.

  get hasPeer(): boolean {
    return this.#browser !== null;
  }

  /** Its offer, the first or a further one, without a SIP session around it. */
  async connect(offer: string): Promise<PeerAnswerResult | null> {
    if (this.#browser === null) return null;
    const answer = await this.#browser.answer(offer);
    if (this.#end !== null) return null;
    if (!answer.ok) return answer;
    this.isReported = true;
    this.#agree(answer);
    this.#establish();
    return answer;
  }

  addCandidate(candidate: string): void {
    this.#browser?.addCandidate(candidate);
  }

  #onIce(state: IceState): void {
    if (this.#end !== null) return;
    if (state === 'connected' && this.isAnswered) this.#silence.answered();
    this.#owner.onIce?.(this);
  }

  // An incoming call.

  /** Rings at the caller. */
  ring(session: IncomingSession): void {
    this.state = 'offered';
    session.ring();
  }

  /** The session, from the first moment on: it may end before the port is open. */
  attach(session: IncomingSession, localAddress: string): void {
    this.#session = session;
    this.#isSecured = session.source.transport === 'tls' || session.source.transport === 'wss';
    this.#localAddress = localAddress;
  }

  get canBeAnswered(): boolean {
    return this.state === 'offered' && this.#end === null && !this.#isAccepted;
  }

  answer(): void {
    const session = this.#session as IncomingSession | null;
    const negotiation = this.#negotiation;
    if (session === null || (negotiation === null && this.#browser === null)) return;
    this.#isAccepted = true;
    if (this.#browser !== null) {
      void this.#answerBrowser(session, this.#browser);
      return;
    }
    if (negotiation === null) return;
    if (session.offer === null) {
      session.accept(negotiation.offer(this.#localAddress, this.#isSecured));
      return;
    }
    const answer = negotiation.answer(session.offer, this.#localAddress);
    if (!answer.ok) {
      this.finish({ cause: 'media_error', by: 'engine', sipStatus: answer.status });
      session.reject(answer.status);
      return;
    }
    this.#agreed = answer;
    session.accept(answer.sdp);
  }

  /** Gathering its candidates takes a moment. */
  async #answerBrowser(session: IncomingSession, browser: BrowserEnd): Promise<void> {
    const answer = await browser.answer(session.offer ?? '');
    if (this.#end !== null) return;
    if (!answer.ok) {
      this.finish({ cause: 'media_error', by: 'engine', sipStatus: answer.status });
      session.reject(answer.status, answer.reason);
      return;
    }
    this.#agreed = answer;
    session.accept(answer.sdp);
  }

  reject(status: number, reason: string): void {
    this.finish({ cause: 'rejected', by: 'server', sipStatus: status });
    (this.#session as IncomingSession | null)?.reject(status, reason);
  }

  onConfirmed(): void {
    this.#establish();
    // After a delayed offer the answer is due in this very ACK (RFC 3261 13.2.1).
    queueMicrotask(() => {
      if (this.state !== 'answered') this.hangUp({ cause: 'media_error', by: 'engine', sipStatus: null });
    });
  }

  // An outgoing call.

  /** Our offer, for each address that is rung. */
  offer(localAddress: string, isSecured: boolean): string {
    this.#localAddress = localAddress;
    this.#isSecured = isSecured;
    return this.#negotiation?.offer(localAddress, isSecured) ?? '';
  }

  /** The same for softphones in browsers; null: there is none to be had. */
  async offerToBrowser(): Promise<string | null> {
    const port = this.#port;
    if (this.#peers === undefined || port === null || this.#end !== null) return null;
    this.#rung ??= new RungBrowsers(this.#newBrowser(this.#peers, port, false));
    return await this.#rung.offer();
  }

  /** Starts the time after which an unanswered call is given up. */
  dialled(session: Session, dialTimeoutMs: number): void {
    this.#session = session;
    this.origin = session.origin;
    this.remote = session.remote;
    if (this.#end !== null || this.state === 'answered') return;
    this.#dialTimer = setTimeout(
      () => this.hangUp({ cause: 'no_answer', by: 'engine', sipStatus: null }),
      dialTimeoutMs,
    );
  }

  /** Early media is not passed on: the desk hears its own ring-back tone. */
  onProgress(status: number): void {
    if (status <= 100 || this.state !== 'dialling' || this.#end !== null) return;
    this.state = 'ringing';
    this.#owner.onRinging(this);
  }

  // Both.

  onAnswer(sdp: string): void {
    if (this.#end !== null) return;
    const browser = this.#browser ?? this.#rung?.end ?? null;
    if (browser !== null && isBrowserOffer(sdp)) {
      void this.#acceptFromBrowser(browser, sdp);
      return;
    }
    // Another telephone was first.
    void this.#rung?.close();
    if (this.#negotiation === null) return;
    const accepted: AcceptResult = this.#negotiation.acceptAnswer(sdp);
    if (!accepted.ok) {
      this.hangUp({ cause: 'media_error', by: 'engine', sipStatus: accepted.status });
      return;
    }
    this.#agree(accepted);
    this.#establish();
  }

  async #acceptFromBrowser(browser: BrowserEnd, sdp: string): Promise<void> {
    const accepted = await browser.accept(sdp);
    if (this.#end !== null || this.#port === null) return;
    if (!accepted.ok) {
      this.hangUp({ cause: 'media_error', by: 'engine', sipStatus: accepted.status });
      return;
    }
    if (this.#browser === null) {
      this.#browser = browser;
      this.#rung = null;
      this.#media.turnIntoPeer(this.#port);
    }
    this.#agree(accepted);
    this.#establish();
  }

  /** re-INVITE or UPDATE: hold, resume, a new address or codec. */
  onOffer(sdp: string): OfferReply | Promise<OfferReply> {
    if (this.#end !== null) return { ok: false, status: 481 };
    // RFC 3261 14.2: another negotiation is still under way.
    if (this.state !== 'answered') return { ok: false, status: 491 };
    if (this.#browser !== null) return this.#answerAgain(this.#browser, sdp);
    const answer = this.#negotiation?.answer(sdp, this.#localAddress);
    return answer === undefined ? { ok: false, status: 488 } : this.#reply(answer);
  }

  /** To a browser. An offer that restarts its connection takes a moment. */
  #answerAgain(browser: BrowserEnd, sdp: string): OfferReply | Promise<OfferReply> {
    const answer = browser.answerAtOnce(sdp);
    if (answer !== null) return this.#reply(answer);
    return browser
      .answer(sdp)
      .then((later) => (this.#end === null ? this.#reply(later) : { ok: false, status: 481 }));
  }

  #reply(answer: AnswerResult | PeerAnswerResult): OfferReply {
    if (!answer.ok) return { ok: false, status: answer.status };
    this.#agree(answer);
    return { ok: true, answer: answer.sdp };
  }

  onOfferWanted(): string {
    return this.#browser?.offerAgain() ?? this.offer(this.#localAddress, this.#isSecured);
  }

  onDtmf(digit: string): void {
    if (this.isAnswered) this.#owner.onDtmf(this, digit);
  }

  onEnded(end: SessionEnd): void {
    this.finish(legEndOf(end, this.state === 'opening' ? 'offered' : this.state));
  }

  /** No RTP for the time that is allowed. While held the far end owes us none. */
  onRtpTimeout(rtpTimeoutMs: number): void {
    // Of a browser the WebRTC thread knows more: one that listens only, or has paused its microphone, is there.
    // The studio's feed outlives its silence.
    if (!this.isAnswered || this.#browser !== null || this.#isFeed) return;
    this.#silence.rtpTimeout(rtpTimeoutMs);
  }

  /** Ends the session from our side. The leg is over for the desk at once, whatever the far end replies. */
  hangUp(end: LegEnd): void {
    if (this.#end !== null) return;
    this.finish(end);
    this.#session?.end();
  }

  finish(end: LegEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#clearDialTimer();
    this.#silence.stop();
    this.#browser?.unwatch();
    this.#owner.onEnding(this);
    void this.#release().then((quality) =>
      this.#owner.onEnded(this, end, this.answeredAt === null ? null : quality),
    );
  }

  /** The one place where the port is closed. */
  async #release(): Promise<Quality | null> {
    if (this.#opened === null) return null;
    try {
      const { port } = await this.#opened;
      // First, so that nothing of it meets the port's next leg.
      await Promise.all([this.#browser?.close(), this.#rung?.close()]);
      return await this.#media.close(port);
    } catch {
      return null;
    }
  }

  #agree(negotiated: Negotiated): void {
    this.#agreed = negotiated;
    if (this.state !== 'answered' || this.#port === null) return;
    this.#media.stream(this.#port, negotiated.stream);
    this.#setHeld(negotiated.isHeldByRemote);
  }

  #setHeld(isHeldByRemote: boolean): void {
    if (this.isHeldByRemote === isHeldByRemote) return;
    this.isHeldByRemote = isHeldByRemote;
    this.#silence.heldOrResumed();
    this.#owner.onHeld(this);
  }

  /** Sound may flow: the far end has acknowledged, and both descriptions are known. */
  #establish(): void {
    const agreed = this.#agreed;
    if (this.#end !== null || this.state === 'answered' || agreed === null || this.#port === null) return;
    this.#clearDialTimer();
    this.state = 'answered';
    this.answeredAt = Date.now();
    this.#media.stream(this.#port, agreed.stream);
    this.#owner.onAnswered(this);
    this.#setHeld(agreed.isHeldByRemote);
    this.#browser?.watchAway();
    if (this.ice !== 'away') this.#silence.answered();
  }

  #clearDialTimer(): void {
    if (this.#dialTimer !== null) clearTimeout(this.#dialTimer);
    this.#dialTimer = null;
  }
}
