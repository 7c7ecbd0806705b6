/**
 * The softphones in browsers that an outgoing leg rings, perhaps beside other telephones: one connection is offered to all
 * of them, and goes to the one that answers. Made by leg.ts with the first that is rung. Main thread.
 */
import type { BrowserEnd } from './browser-end.ts';

export class RungBrowsers {
  readonly end: BrowserEnd;
  readonly #offer: Promise<string | null>;
  #closed: Promise<void> | null = null;

  constructor(end: BrowserEnd) {
    this.end = end;
    this.#offer = end.offer().then((offer) => (offer.ok ? offer.sdp : null));
  }

  /** Null: there is no WebRTC here, or it was closed meanwhile. */
  async offer(): Promise<string | null> {
    const offer = await this.#offer;
    return this.#closed === null ? offer : null;
  }

  /** Nobody is rung any more. Resolves when nothing of it can come. */
  close(): Promise<void> {
    this.#closed ??= this.end.close();
    return this.#closed;
  }
}
