/**
 * A browser's end of one leg: reads its offers and answers, agrees upon a codec as with any telephone, has the WebRTC thread
 * make the connection, and writes our answers and offers. Made by call/leg.ts, one for a leg that goes through a peer. Main thread.
 */
import type { IceState } from '../control/contract.ts';
import { Negotiation } from '../sdp/negotiation.ts';
import { AUDIO_FORMATS } from '../sdp/audio-formats.ts';
import type { AcceptResult, AnswerResult, Refusal } from '../sdp/negotiation.ts';
import {
  forBrowser,
  PEER_ADDRESS,
  PEER_PORT,
  publicCandidate,
  readBrowserOffer,
  ufragOf,
  usableCandidate,
} from './browser-description.ts';
import type { BrowserLine, BrowserOffer, PeerTransport } from './browser-description.ts';
import type { BrowserPeers } from './browser-peers.ts';

export interface BrowserPeerOptions {
  peers: BrowserPeers;
  port: number;
  /** Goes to s= and o= of the SDP. */
  name: string;
  sessionId: number;
  /** Candidates may follow the answer; else it has them all. */
  isTrickle: boolean;
  onCandidate(candidate: string, mid: string): void;
  onState(state: IceState): void;
  onGone(): void;
}

/** Host candidates are there at once; what a STUN server says may follow, if it can. */
const TRICKLE_GATHER_MS = 100;
const FULL_GATHER_MS = 2000;

export type PeerRefusal = {
  ok: false;
  code: 'bad_offer' | 'no_webrtc' | 'failed';
  status: number;
  reason: string;
};
export type PeerAnswerResult = Extract<AnswerResult, { ok: true }> | PeerRefusal;
export type PeerOfferResult = { ok: true; sdp: string } | PeerRefusal;
export type PeerAcceptResult = Extract<AcceptResult, { ok: true }> | PeerRefusal;

/** What a browser may be offered: L16 has more bytes than a packet of DTLS-SRTP holds. */
const OFFERED_CODECS = AUDIO_FORMATS.map(({ codec }) => codec).filter((codec) => codec !== 'L16');

export class BrowserPeer {
  readonly #options: BrowserPeerOptions;
  readonly #peer: number;
  readonly #negotiation: Negotiation;
  /** What the connection was made for, and our end of it. */
  #remote: PeerTransport | null = null;
  #local: PeerTransport | null = null;
  #isComplete = false;
  /** As the last offer had it, whosever it was. */
  #mid = '0';

  constructor(options: BrowserPeerOptions) {
    this.#options = options;
    this.#peer = options.peers.add({
      onCandidate: (candidate, mid) => this.#onCandidate(candidate, mid),
      onState: (state) => options.onState(state),
      onGone: () => options.onGone(),
    });
    this.#negotiation = new Negotiation({
      rtpPort: PEER_PORT,
      rtcpPort: PEER_PORT,
      name: options.name,
      sessionId: options.sessionId,
      codecs: OFFERED_CODECS,
    });
  }

  /** Whether an offer could be answered, before a port is spent on it. */
  static check(sdp: string): { ok: true } | Refusal {
    const read = readBrowserOffer(sdp);
    return read.ok ? Negotiation.check(read.offer.plainSdp) : read;
  }

  async answer(sdp: string): Promise<PeerAnswerResult> {
    const read = readBrowserOffer(sdp);
    if (!read.ok) return badOffer(read);
    const { offer } = read;
    const answer = this.#negotiation.answer(offer.plainSdp, PEER_ADDRESS);
    if (!answer.ok) return badOffer(answer);
    if (!this.#isSameConnection(offer)) {
      const connected = await this.#connect(offer.mid, offer.transport);
      if (connected !== null) return connected;
    }
    return { ...answer, sdp: this.#dressed(answer.sdp, offer) };
  }

  /** The same at once, for an offer that keeps the connection. Null: it does not; take answer(). */
  answerAtOnce(sdp: string): PeerAnswerResult | null {
    const read = readBrowserOffer(sdp);
    if (!read.ok) return badOffer(read);
    if (!this.#isSameConnection(read.offer)) return null;
    const answer = this.#negotiation.answer(read.offer.plainSdp, PEER_ADDRESS);
    return answer.ok ? { ...answer, sdp: this.#dressed(answer.sdp, read.offer) } : badOffer(answer);
  }

  /** Our offer: the first makes the connection, a further one keeps it. */
  async offer(): Promise<PeerOfferResult> {
    if (this.#local === null) {
      const connected = await this.#connect(this.#mid, null);
      if (connected !== null) return connected;
    }
    return { ok: true, sdp: this.offerAgain() };
  }

  /** Of a connection that is there. */
  offerAgain(): string {
    const plain = this.#negotiation.offer(PEER_ADDRESS);
    // RFC 8842 5.2: who began the handshake does not change while the connection stays, whatever is offered.
    return this.#dressed(plain, { index: 0, mid: this.#mid, isBundled: true }, 'actpass');
  }

  /** The answer to it. */
  async accept(sdp: string): Promise<PeerAcceptResult> {
    const read = readBrowserOffer(sdp);
    if (!read.ok) return badOffer(read);
    const { offer } = read;
    const { setup } = offer.transport;
    if (setup === 'actpass') return badOffer({ ok: false, status: 400, reason: 'setup is no answer' });
    const accepted = this.#negotiation.acceptAnswer(offer.plainSdp);
    if (!accepted.ok) return badOffer(accepted);
    if (this.#isSameConnection(offer)) return accepted;
    // Made once, and not while it is in use: a browser that wants another offers it.
    const isTaken = this.#remote === null && (await this.#options.peers.accept(this.#peer, offer.transport));
    if (!isTaken) return { ok: false, code: 'failed', status: 488, reason: 'the connection cannot be made' };
    this.#remote = offer.transport;
    if (this.#local !== null) this.#local.setup = setup === 'active' ? 'passive' : 'active';
    return accepted;
  }

  addCandidate(text: string): void {
    const candidate = usableCandidate(text);
    if (candidate !== null) this.#options.peers.addCandidate(this.#peer, candidate, ufragOf(candidate));
  }

  /** Resolves when no packet of it can come any more. */
  async close(): Promise<void> {
    await this.#options.peers.close(this.#peer);
  }

  #isSameConnection(offer: BrowserOffer): boolean {
    const { ufrag, password, fingerprint } = offer.transport;
    const former = this.#remote;
    return (
      former !== null &&
      former.ufrag === ufrag &&
      former.password === password &&
      former.fingerprint.value === fingerprint.value
    );
  }

  async #connect(mid: string, remote: PeerTransport | null): Promise<PeerRefusal | null> {
    const { peers, port, isTrickle } = this.#options;
    const gatherMs = isTrickle ? TRICKLE_GATHER_MS : FULL_GATHER_MS;
    const result = await peers.connect(this.#peer, port, mid, remote, gatherMs);
    if (!result.ok) return { ok: false, code: result.code, status: 488, reason: result.msg };
    this.#mid = mid;
    this.#remote = remote;
    this.#local = {
      ...result.local,
      candidates: result.local.candidates.flatMap((one) => this.#withPublic(one)),
    };
    this.#isComplete = result.isComplete;
    return null;
  }

  #dressed(plain: string, line: BrowserLine, setup = this.#local?.setup): string {
    if (this.#local === null || setup === undefined) throw new Error('no connection');
    return forBrowser(plain, line, { ...this.#local, setup }, this.#isComplete);
  }

  #onCandidate(candidate: string, mid: string): void {
    for (const one of this.#withPublic(candidate)) {
      this.#local?.candidates.push(one);
      this.#options.onCandidate(one, mid);
    }
  }

  #withPublic(candidate: string): string[] {
    const { publicAddress } = this.#options.peers;
    const seen = publicAddress === null ? null : publicCandidate(candidate, publicAddress);
    return seen === null ? [candidate] : [candidate, seen];
  }
}

function badOffer(refusal: Refusal): PeerRefusal {
  return { ok: false, code: 'bad_offer', status: refusal.status, reason: refusal.reason };
}
