// The life of a text that goes out: queued and committed before anything is sent, then sending → sent → delivered, or
// failed with the gateway's reason; tried again with back-off while the reason is temporary. Part of messages.ts.
import type { SendResult, SmsGateway, TextReport } from '../ports/sms-gateway.ts';
import type { MessageRecord, MessageStore } from '../ports/message-store.ts';
import type { TextsConfig } from './texts-config.ts';

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** At a time; the rest waits its turn. */
const MAX_UNDER_WAY = 8;
/** How soon what is due but must wait (a gateway that is not well) is looked at again. */
const LOOK_AGAIN_MS = 15_000;

export interface OutgoingTextsOptions {
  store: MessageStore;
  now: () => number;
  config: () => TextsConfig;
  gateways: () => readonly SmsGateway[];
  /** It was stored differently. */
  onChanged: (message: MessageRecord) => void;
  /** There may be more to send. */
  onFree: () => void;
  onProblem: (problem: unknown) => void;
}

export class OutgoingTexts {
  readonly #options: OutgoingTextsOptions;
  /** Endpoint by message id. One at a time to each, so that they arrive in order. */
  readonly #underWay = new Map<string, string>();
  #isHeldBack = false;

  constructor(options: OutgoingTextsOptions) {
    this.#options = options;
  }

  /** After a restart: asks about what was being sent, without sending twice what was accepted. */
  resume(): void {
    for (const message of this.#options.store.underWay()) this.#hand(message);
  }

  /** Sends what is due. */
  work(): void {
    const { store, now } = this.#options;
    const at = now();
    this.#isHeldBack = false;
    const endpoints = new Set(this.#underWay.values());
    for (const message of store.due(at, 200)) {
      if (this.#underWay.size >= MAX_UNDER_WAY) return;
      const gateway = this.gatewayFor(message);
      if (endpoints.has(message.endpoint)) continue;
      if (gateway && !gateway.health.isWell) {
        this.#isHeldBack = true;
        continue;
      }
      endpoints.add(message.endpoint);
      this.#begin(message);
    }
  }

  /** When `work` has something to do next; null: when something else happens. */
  nextAt(): number | null {
    const due = this.#options.store.nextDueAt();
    if (due === null) return null;
    const at = this.#options.now();
    if (due > at) return due;
    // Due already: the end of one under way, or the gateway's health, calls for work; this is the safety net.
    return this.#isHeldBack || this.#underWay.size > 0 ? at + LOOK_AGAIN_MS : at;
  }

  gatewayFor(route: { lineId: string | null; endpoint: string }): SmsGateway | null {
    return this.#options.gateways().find((gateway) => gateway.canSend(route)) ?? null;
  }

  isUnderWay(message: MessageRecord): boolean {
    return message.status === 'sending';
  }

  report({ messageId, outcome, reason, isRetryable }: TextReport): void {
    const message = this.#options.store.find(messageId);
    if (message?.type !== 'sms_out') return;
    const isOver = message.status === 'delivered' || message.status === 'failed';
    if (isOver || message.status === outcome) return;
    if (outcome === 'failed') return this.#fail(message, reason, isRetryable);
    return this.#change({ ...message, status: outcome, error: null, isAccepted: true, dueAt: null });
  }

  #begin(message: MessageRecord): void {
    const begun: MessageRecord = {
      ...message,
      status: 'sending',
      attempts: message.attempts + 1,
      dueAt: null,
      isAccepted: false,
    };
    // Before it is sent: whoever finds it so after a power cut asks the gateway first.
    this.#change(begun);
    this.#hand(begun);
  }

  #hand(message: MessageRecord): void {
    const { id: messageId, attempts: attempt, lineId, endpoint, content } = message;
    const gateway = this.gatewayFor(message);
    this.#underWay.set(messageId, endpoint);
    const sending: Promise<SendResult> = gateway
      ? gateway.send({ messageId, attempt, lineId, endpoint, content })
      : Promise.resolve({ ok: false, isRetryable: true, reason: 'no gateway carries texts there' });
    sending
      .catch((problem: unknown): SendResult => ({ ok: false, isRetryable: true, reason: String(problem) }))
      .then((result) => this.#onResult(messageId, result))
      .catch((problem: unknown) => this.#options.onProblem(problem))
      .finally(() => {
        this.#underWay.delete(messageId);
        this.#options.onFree();
      });
  }

  #onResult(messageId: string, result: SendResult): void {
    const message = this.#options.store.find(messageId);
    // A report may have been faster.
    if (message?.status !== 'sending') return;
    if (result.ok) {
      const status = result.isSent ? 'sent' : 'sending';
      return this.#change({ ...message, status, isAccepted: true, error: null });
    }
    // Asked again it keeps its number: a gateway that has it already does not send it twice.
    const attempts = result.isUnanswered === true ? message.attempts - 1 : message.attempts;
    return this.#fail({ ...message, attempts }, result.reason, result.isRetryable);
  }

  #fail(message: MessageRecord, reason: string | null, isRetryable: boolean): void {
    const isLast = !isRetryable || message.attempts >= this.#options.config().retryLimit;
    this.#change({
      ...message,
      status: isLast ? 'failed' : 'queued',
      error: reason,
      isAccepted: false,
      dueAt: isLast ? null : this.#options.now() + retryAfterMs(message.attempts),
    });
    this.#options.onFree();
  }

  #change(message: MessageRecord): void {
    this.#options.store.save(message);
    this.#options.onChanged(message);
  }
}

/** Doubles, up to five minutes. */
export function retryAfterMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 16), LONGEST_RETRY_MS);
}
