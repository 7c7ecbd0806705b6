/**
 * SIP MESSAGE (RFC 3428) to and from the control channel: a text that came in is answered with what the server says of
 * it, so that a gateway repeats what was not stored. Used by call-table.ts. Main thread.
 */
import type { ControlEvents } from '../control/contract.ts';
import type { SipAgentDelegate } from '../sip/agent.ts';

type IncomingMessage = Parameters<SipAgentDelegate['onMessage']>[0];

export interface TextMessagesOptions {
  /** Prefix of the ids: unique over restarts. */
  instance: string;
  /** Whether anybody is there to answer. */
  hasClient(): boolean;
  onReceived(message: ControlEvents['message.received']): void;
}

/** Less than the 32 s after which the sender's transaction gives up (timer F). */
const ANSWER_WITHIN_MS = 20_000;
const MAX_WAITING = 1_000;

export class TextMessages {
  readonly #options: TextMessagesOptions;
  readonly #waiting = new Map<string, { respond(status: number): void; timer: NodeJS.Timeout }>();
  #lastNumber = 0;

  constructor(options: TextMessagesOptions) {
    this.#options = options;
  }

  receive(message: IncomingMessage): void {
    const mediaType = message.contentType.split(';')[0]?.trim().toLowerCase();
    if (mediaType !== 'text/plain') return message.respond(415);
    if (!this.#options.hasClient() || this.#waiting.size >= MAX_WAITING) return message.respond(503);
    this.#lastNumber += 1;
    const id = `m-${this.#options.instance}-${this.#lastNumber}`;
    const timer = setTimeout(() => this.answer(id, 503), ANSWER_WITHIN_MS);
    this.#waiting.set(id, { respond: (status) => message.respond(status), timer });
    this.#options.onReceived({
      message: id,
      origin: message.origin,
      from: message.from,
      called: message.called,
      text: new TextDecoder().decode(message.body),
      at: Date.now(),
    });
  }

  /** False when nobody waits for it (any more). */
  answer(id: string, status: number): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.respond(status);
    return true;
  }

  stop(): void {
    for (const id of this.#waiting.keys()) this.answer(id, 503);
  }
}
