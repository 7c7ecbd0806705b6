// Sends a moving fader's level at most every so often, and always its last: dense enough to be heard as one movement,
// sparse enough for a slow network.
import type { ClientEvent, ClientEventData } from '@openline/protocol';

const EVERY_MS = 40;

type Send = <E extends ClientEvent>(event: E, data: ClientEventData<E>) => void;

export class SlideSender {
  readonly #send: Send;
  /** Per fader what is to be sent when its pause is over; null: nothing new since. */
  readonly #next = new Map<string, (() => void) | null>();

  constructor(send: Send) {
    this.#send = send;
  }

  slide<E extends ClientEvent>(fader: string, event: E, data: ClientEventData<E>): void {
    const send = () => this.#send(event, data);
    if (this.#next.has(fader)) {
      this.#next.set(fader, send);
      return;
    }
    send();
    this.#pause(fader);
  }

  #pause(fader: string): void {
    this.#next.set(fader, null);
    setTimeout(() => {
      const send = this.#next.get(fader);
      this.#next.delete(fader);
      if (!send) return;
      send();
      this.#pause(fader);
    }, EVERY_MS);
  }
}
