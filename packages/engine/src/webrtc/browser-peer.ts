/**
 * A browser's end of one leg: reads its offers, agrees upon a codec as with any telephone, has the WebRTC thread make the
 * connection, and writes the answers. Made by call/leg.ts, one for a leg that goes through a peer. Main thread.
 */
import type { IceState } from '../control/contract.ts';
import { Negotiation } from '../sdp/negotiation.ts';
import type { AnswerResult, Refusal } from '../sdp/negotiation.ts';
import {
  browserAnswer,
  PEER_ADDRESS,
  PEER_PORT,
  publicCandidate,
  readBrowserOffer,
  ufragOf,
  usableCandidate,
} from './browser-description.ts';
import type { BrowserOffer, PeerTransport } from './browser-description.ts';
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

export class BrowserPeer {
  readonly #options: BrowserPeerOptions;
  readonly #peer: number;
  readonly #negotiation: Negotiation;
  /** What the connection was made for, and our end of it. */
  #remote: PeerTransport | null = null;
  #local: PeerTransport | null = null;
  #isComplete = false;

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
      const connected = await this.#connect(offer);
      if (connected !== null) return connected;
    }
    return this.#dressed(answer, offer);
  }

  /** The same at once, for an offer that keeps the connection. Null: it does not; take answer(). */
  answerAtOnce(sdp: string): PeerAnswerResult | null {
    const read = readBrowserOffer(sdp);
    if (!read.ok) return badOffer(read);
    if (!this.#isSameConnection(read.offer)) return null;
    const answer = this.#negotiation.answer(read.offer.plainSdp, PEER_ADDRESS);
    return answer.ok ? this.#dressed(answer, read.offer) : badOffer(answer);
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

  async #connect(offer: BrowserOffer): Promise<PeerRefusal | null> {
    const { peers, port, isTrickle } = this.#options;
    const gatherMs = isTrickle ? TRICKLE_GATHER_MS : FULL_GATHER_MS;
    const result = await peers.connect(this.#peer, port, offer.mid, offer.transport, gatherMs);
    if (!result.ok) return { ok: false, code: result.code, status: 488, reason: result.msg };
    this.#remote = offer.transport;
    this.#local = {
      ...result.local,
      candidates: result.local.candidates.flatMap((one) => this.#withPublic(one)),
    };
    this.#isComplete = result.isComplete;
    return null;
  }

  #dressed(answer: Extract<AnswerResult, { ok: true }>, offer: BrowserOffer): PeerAnswerResult {
    if (this.#local === null) throw new Error('no connection');
    return { ...answer, sdp: browserAnswer(answer.sdp, offer, this.#local, this.#isComplete) };
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
