/**
 * Texts over our own engine's SIP: the sip-texts port on the control channel. Part of embedded-exchange.ts, which owns
 * the connection.
 */
import type { ControlClient, ControlEvents, DialTarget } from '@openline/engine';
import type { ExchangeConfig } from '../../desk/ports/exchange.ts';
import type { SipTextReceiver, SipTextResult, SipTexts, SipTextToSend } from '../../desk/ports/sip-texts.ts';
import { directTarget, ownerOf } from './engine-config.ts';

export interface EmbeddedTextsOptions {
  client: () => ControlClient | null;
  config: () => ExchangeConfig | null;
  log: { warn(details: object, msg: string): void };
}

/** RFC 3261 21.5.4: the far end keeps the text and sends it again. */
const LATER = 503;

export class EmbeddedTexts implements SipTexts {
  readonly #options: EmbeddedTextsOptions;
  #receiver: SipTextReceiver | null = null;
  #isConnected = false;

  constructor(options: EmbeddedTextsOptions) {
    this.#options = options;
  }

  receiveTexts(receiver: SipTextReceiver | null): void {
    this.#receiver = receiver;
    receiver?.onConnected(this.#isConnected);
  }

  /** Called by the exchange when its connection comes and goes. */
  setConnected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#receiver?.onConnected(isConnected);
  }

  /** Called by the exchange: answers with what the receiver says of it. */
  take(received: ControlEvents['message.received']): void {
    const { message } = received;
    const status = this.#statusOf(received);
    if (status === LATER) this.#options.log.warn({ message }, 'a text came in and was put off');
    void this.#options.client()?.request('message.answer', { message, status });
  }

  async sendText(text: SipTextToSend): Promise<SipTextResult> {
    const client = this.#options.client();
    const config = this.#options.config();
    if (!client || !config) return { ok: false, code: 'down', msg: 'the telephone engine is not running' };
    const ways = waysTo(config, text);
    const from = {
      number: config.lines.find(({ id }) => id === text.lineId)?.number ?? null,
      displayName: null,
    };
    let result: SipTextResult = { ok: false, code: 'nowhere', msg: 'the settings name no way there' };
    for (const target of ways) {
      const reply = await client.request('message.send', {
        target,
        text: text.body,
        message: text.messageId,
        attempt: text.attempt,
        contentType: text.contentType,
        from,
      });
      if (!reply.ok) return { ok: false, code: reply.code === 'closed' ? 'down' : 'nowhere', msg: reply.msg };
      result = { ok: true, status: reply.data.status, isToAccount: isAccount(target) };
      // The next of several gateways only where this one is not there at all.
      if (!isNotRegistered(result)) return result;
    }
    return result;
  }

  #statusOf({
    origin,
    from,
    contentType,
    text,
    callId,
    cseq,
    sentAt,
  }: ControlEvents['message.received']): number {
    const owner = ownerOf(origin.ref);
    if (!owner) return 404;
    if (!this.#receiver) return LATER;
    const { user: sender } = from;
    return this.#receiver.onText({ owner, sender, contentType, body: text, callId, cseq, sentAt });
  }
}

function isNotRegistered(result: SipTextResult): boolean {
  return result.ok && result.isToAccount && result.status === 404;
}

function isAccount({ kind }: DialTarget): boolean {
  return kind === 'account' || kind === 'account-number';
}

/** Every way to an endpoint, the best first: a phone of that name, then the line's trunk, gateway or accounts. */
function waysTo(config: ExchangeConfig, { lineId, endpoint }: SipTextToSend): DialTarget[] {
  const names = [
    ...config.phones,
    ...(config.host ? [config.host] : []),
    ...config.lines.flatMap(({ accounts }) => accounts),
  ];
  if (names.some(({ username }) => username === endpoint)) {
    return [{ kind: 'account', username: endpoint, isAutoAnswer: false }];
  }
  if (lineId === null) {
    const isAddress = /^sips?:/i.test(endpoint);
    return isAddress ? [{ kind: 'uri', uri: endpoint, ref: 'host' }] : [];
  }
  const target = directTarget(config, lineId, endpoint);
  if (target) return [target];
  const line = config.lines.find(({ id }) => id === lineId);
  return (line?.accounts ?? []).map(({ username }) => ({
    kind: 'account-number',
    username,
    number: endpoint,
  }));
}
