/**
 * The far end of a leg when it is a browser: its connection, whether the path to it is open, and how long it may be away.
 * Made by leg.ts, one for a leg that goes through a peer; the leg ends when it is told of `onLost`. Main thread.
 */
import type { EndCause, IceState } from '../control/contract.ts';
import { BrowserPeer } from '../webrtc/browser-peer.ts';
import type {
  BrowserPeerOptions,
  PeerAcceptResult,
  PeerAnswerResult,
  PeerOfferResult,
} from '../webrtc/browser-peer.ts';

export type BrowserEndOptions = Omit<BrowserPeerOptions, 'onState' | 'onGone'> & {
  isAnswered(): boolean;
  /** It has changed. */
  onIce(state: IceState): void;
  /** Away for too long, or its connection is gone. */
  onLost(cause: EndCause): void;
};

/** A browser that stays away for so long is gone: its page, its computer, its network. */
const AWAY_MS = 15_000;

export class BrowserEnd {
  readonly #options: BrowserEndOptions;
  readonly #peer: BrowserPeer;
  #ice: IceState = 'away';
  #hasEnded = false;
  #awayTimer: NodeJS.Timeout | null = null;

  constructor(options: BrowserEndOptions) {
    this.#options = options;
    this.#peer = new BrowserPeer({
      ...options,
      onState: (state) => this.#onState(state),
      onGone: () => this.#onGone(),
    });
  }

  get ice(): IceState {
    return this.#ice;
  }

  answer(offer: string): Promise<PeerAnswerResult> {
    return this.#peer.answer(offer);
  }

  /** Null: the offer is for a new connection. */
  answerAtOnce(offer: string): PeerAnswerResult | null {
    return this.#peer.answerAtOnce(offer);
  }

  /** Ours to it. */
  offer(): Promise<PeerOfferResult> {
    return this.#peer.offer();
  }

  /** A further one, for the same connection. */
  offerAgain(): string {
    return this.#peer.offerAgain();
  }

  /** Its answer to ours. */
  accept(answer: string): Promise<PeerAcceptResult> {
    return this.#peer.accept(answer);
  }

  addCandidate(candidate: string): void {
    this.#peer.addCandidate(candidate);
  }

  /** From the answer on, its time away is counted. */
  watchAway(): void {
    this.#clearTimer();
    if (this.#ice !== 'away' || !this.#options.isAnswered()) return;
    this.#awayTimer = setTimeout(() => this.#options.onLost('rtp_timeout'), AWAY_MS);
  }

  /** The leg has ended: nothing of it is told any more. */
  unwatch(): void {
    this.#hasEnded = true;
    this.#clearTimer();
  }

  /** Resolves when no packet of it can come any more. */
  close(): Promise<void> {
    return this.#peer.close();
  }

  #onState(state: IceState): void {
    if (this.#hasEnded || this.#ice === state) return;
    this.#ice = state;
    this.watchAway();
    this.#options.onIce(state);
  }

  /** Before it is answered, its answer is what fails. */
  #onGone(): void {
    if (this.#options.isAnswered()) this.#options.onLost('media_error');
  }

  #clearTimer(): void {
    if (this.#awayTimer !== null) clearTimeout(this.#awayTimer);
    this.#awayTimer = null;
  }
}
