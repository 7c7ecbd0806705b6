/**
 * SIP MESSAGE (RFC 3428) to and from the control channel: a text that came in is answered with what the server says of
 * it, so that a gateway repeats what was not stored; one that goes out is sent once a try, also when a server that was
 * started again asks for it again. Used by call-table.ts. Main thread.
 */
import type { ControlEvents, OutgoingMessage } from '../control/contract.ts';
import type { SipAgent, SipAgentDelegate } from '../sip/agent.ts';

type IncomingMessage = Parameters<SipAgentDelegate['onMessage']>[0];

export interface TextMessagesOptions {
  /** Prefix of the ids: unique over restarts. */
  instance: string;
  /** Whether anybody is there to answer. */
  hasClient(): boolean;
  onReceived(message: ControlEvents['message.received']): void;
  send: SipAgent['message'];
}

/** Less than the 32 s after which the sender's transaction gives up (timer F). */
const ANSWER_WITHIN_MS = 20_000;
const MAX_WAITING = 1_000;
/** So many tries are known again: those of a server that is back within minutes. */
const MAX_REMEMBERED = 10_000;

export class TextMessages {
  readonly #options: TextMessagesOptions;
  readonly #waiting = new Map<string, { respond(status: number): void; timer: NodeJS.Timeout }>();
  /** The outcome by name and try, oldest first. */
  readonly #sent = new Map<string, Promise<number>>();
  #lastNumber = 0;

  constructor(options: TextMessagesOptions) {
    this.#options = options;
  }

  receive(message: IncomingMessage): void {
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
      text: decoderFor(message.contentType).decode(message.body),
      at: Date.now(),
      contentType: message.contentType,
      callId: message.callId,
      cseq: message.cseq,
      sentAt: message.sentAt,
    });
  }

  /** The far end's final status. The same try of the same message is sent once. */
  send({ target, text, message, attempt, ...more }: OutgoingMessage): Promise<number> {
    if (message === undefined) return this.#options.send(target, text, more);
    const name = `${message}#${attempt ?? 1}`;
    const known = this.#sent.get(name);
    if (known !== undefined) return known;
    // The Call-ID is the message's own: a far end that had it from a former try, or engine, knows it again.
    const sending = this.#options.send(target, text, { ...more, callId: `${message}@openline` });
    this.#sent.set(name, sending);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > MAX_REMEMBERED && oldest !== undefined) this.#sent.delete(oldest);
    return sending;
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

/** UTF-8, unless the sender says otherwise in a way that we know. */
function decoderFor(contentType: string): TextDecoder {
  const charset = /;\s*charset="?([\w.:-]+)"?/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
