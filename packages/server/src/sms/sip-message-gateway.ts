/**
 * Texts as SIP MESSAGE (RFC 3428): how most GSM gateways and every softphone deliver them. Needs nothing installed; it
 * carries every line that has texts and no gateway of its own, and the phones. Constructed by main.ts.
 */
import type {
  GatewayHealth,
  OutgoingText,
  SendResult,
  SmsGateway,
  TextReceiver,
} from '../desk/ports/sms-gateway.ts';
import type { SipText, SipTexts } from '../desk/ports/sip-texts.ts';
import { buildCpim, parseCpim, parseDeliveryNote } from './cpim.ts';
import { isTemporary, sipReason } from './sip-status.ts';

export interface SipMessageGatewayOptions {
  sip: SipTexts;
  config: () => SipMessageConfig;
  now: () => number;
  onProblem: (problem: unknown) => void;
}

export interface SipMessageConfig {
  /** Lines that it carries. */
  lines: readonly string[];
  /** Accounts that can be reached by name. */
  accounts: readonly string[];
  /** Asks for word of the delivery (RFC 5438), where the far end can. */
  asksForDelivery: boolean;
}

const PLAIN = 'text/plain;charset=UTF-8';
const ENVELOPE = 'message/cpim';
/** A far end that did not hear our 200 sends again with the same Call-ID; a person does not say the same so soon. */
const RESEND_WITHIN_MS = 5 * 60_000;
/** A clock that is further off than this is not set at all. */
const CLOCK_BEHIND_MS = 14 * 86_400_000;
const CLOCK_AHEAD_MS = 86_400_000;

const DOWN: GatewayHealth = { isWell: false, msg: 'the telephone engine is not running' };
const WELL: GatewayHealth = { isWell: true, msg: null };

export class SipMessageGateway implements SmsGateway {
  readonly id = 'sip';
  readonly #options: SipMessageGatewayOptions;
  /** Endpoints that take plain text only. */
  readonly #plainOnly = new Set<string>();
  #receiver: TextReceiver | null = null;
  #health = DOWN;

  constructor(options: SipMessageGatewayOptions) {
    this.#options = options;
  }

  get health(): GatewayHealth {
    return this.#health;
  }

  start(receiver: TextReceiver): void {
    this.#receiver = receiver;
    this.#options.sip.receiveTexts({
      onText: (text) => this.#take(text),
      onConnected: (isConnected) => {
        this.#health = isConnected ? WELL : DOWN;
        receiver.onHealth(this.#health);
      },
    });
  }

  stop(): void {
    this.#options.sip.receiveTexts(null);
    this.#receiver = null;
  }

  canSend({ lineId, endpoint }: Pick<OutgoingText, 'lineId' | 'endpoint'>): boolean {
    const { lines, accounts } = this.#options.config();
    if (lineId !== null) return lines.includes(lineId);
    return accounts.includes(endpoint) || /^sips?:/i.test(endpoint);
  }

  async send(text: OutgoingText): Promise<SendResult> {
    const wantsWord = this.#options.config().asksForDelivery && !this.#plainOnly.has(text.endpoint);
    if (!wantsWord) return this.#sendAs(text, text.messageId, PLAIN, text.content);
    const { messageId: id, endpoint: to, content } = text;
    const envelope = buildCpim({ id, to, content, at: this.#options.now() });
    const result = await this.#options.sip.sendText({
      ...text,
      messageId: `${text.messageId}_e`,
      contentType: ENVELOPE,
      body: envelope,
    });
    // RFC 3261 21.4.13: it cannot read envelopes; then it gets the text without one.
    if (!result.ok || (result.status !== 415 && result.status !== 488)) return toSendResult(result);
    this.#plainOnly.add(text.endpoint);
    return this.#sendAs(text, text.messageId, PLAIN, text.content);
  }

  async #sendAs(
    text: OutgoingText,
    messageId: string,
    contentType: string,
    body: string,
  ): Promise<SendResult> {
    return toSendResult(await this.#options.sip.sendText({ ...text, messageId, contentType, body }));
  }

  /** RFC 3428 7: the 200 says that the text is kept; so it is, when the receiver returns. */
  #take(text: SipText): number {
    const receiver = this.#receiver;
    if (!receiver) return 503;
    if (text.owner.kind === 'line' && !this.#options.config().lines.includes(text.owner.lineId)) return 403;
    const opened = open(text);
    if (opened === null) return 415;
    try {
      if (opened.kind === 'note')
        receiver.onReport({ ...opened.note, reason: noteReason(opened.note.outcome), isRetryable: false });
      else if (opened.kind === 'text') receiver.onText(this.#incoming(text, opened));
      return 200;
    } catch (problem) {
      this.#options.onProblem(problem);
      // Not kept: it is to be sent again.
      return 503;
    }
  }

  #incoming(text: SipText, { content, sentAt, messageId }: Opened & { kind: 'text' }) {
    const { owner, sender, callId, cseq } = text;
    return {
      owner,
      sender,
      content,
      sentAt: this.#plausible(sentAt ?? text.sentAt),
      gatewayMessageId: messageId === null ? `${callId} ${cseq} ${sender}` : `imdn ${messageId} ${sender}`,
      resend: { name: callId, withinMs: RESEND_WITHIN_MS },
      part: null,
    };
  }

  #plausible(at: number | null): number | null {
    if (at === null) return null;
    const now = this.#options.now();
    return at > now - CLOCK_BEHIND_MS && at < now + CLOCK_AHEAD_MS ? at : null;
  }
}

type Opened =
  | { kind: 'text'; content: string; sentAt: number | null; messageId: string | null }
  | { kind: 'note'; note: NonNullable<ReturnType<typeof parseDeliveryNote>> }
  /** Well formed, and nothing that anybody wants to know. */
  | { kind: 'nothing' };

/** What is in it; null: a type that we do not take. */
function open({ contentType, body }: Pick<SipText, 'contentType' | 'body'>): Opened | null {
  switch (contentType.split(';')[0]?.trim().toLowerCase()) {
    case 'text/plain':
      // Line ends are those of the network, and some senders end with one.
      return {
        kind: 'text',
        content: body.replaceAll('\r\n', '\n').replace(/\n+$/, ''),
        sentAt: null,
        messageId: null,
      };
    case 'message/imdn+xml': {
      const note = parseDeliveryNote(body);
      return note ? { kind: 'note', note } : { kind: 'nothing' };
    }
    case ENVELOPE: {
      const envelope = parseCpim(body);
      if (!envelope) return null;
      if (envelope.contentType !== 'text/plain') return open({ ...envelope, body: envelope.content });
      return { kind: 'text', ...envelope };
    }
    default:
      return null;
  }
}

function toSendResult(result: Awaited<ReturnType<SipTexts['sendText']>>): SendResult {
  if (!result.ok) {
    const isDown = result.code === 'down';
    return { ok: false, isRetryable: isDown, reason: result.msg, isUnanswered: isDown };
  }
  const { status, isToAccount } = result;
  if (status >= 200 && status < 300) return { ok: true, isSent: true };
  // A phone that is not there now may be later; a number that the network does not know is wrong.
  const isAway = isToAccount && status === 404;
  const reason = isAway ? 'the phone is not registered' : sipReason(status);
  return { ok: false, isRetryable: isAway || isTemporary(status), reason };
}

function noteReason(outcome: 'delivered' | 'failed'): string | null {
  return outcome === 'failed' ? 'the phone says that it was not delivered' : null;
}
