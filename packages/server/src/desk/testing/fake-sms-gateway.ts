/** A gateway without a network: the test says what it answers and delivers, and reads what it was asked to send. */
import type {
  GatewayHealth,
  IncomingText,
  OutgoingText,
  SendResult,
  SmsGateway,
  TextReceiver,
  TextReport,
} from '../ports/sms-gateway.ts';

export class FakeSmsGateway implements SmsGateway {
  readonly id: string;
  health: GatewayHealth = { isWell: true, msg: null };
  /** What it has accepted, each attempt once. */
  readonly sent: OutgoingText[] = [];
  /** How often it was asked. */
  asked = 0;
  /** Lines that it carries; null: all of them, and phones. */
  lines: readonly string[] | null = null;
  /** What it says next, in turn; then that all is well. */
  readonly answers: SendResult[] = [];
  /** Holds its answers back until `release`. */
  isSlow = false;
  readonly #accepted = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  #receiver: TextReceiver | null = null;

  constructor(id = 'fake') {
    this.id = id;
  }

  start(receiver: TextReceiver): void {
    this.#receiver = receiver;
  }
  stop(): void {
    this.#receiver = null;
  }

  canSend({ lineId }: { lineId: string | null }): boolean {
    return this.lines === null || (lineId !== null && this.lines.includes(lineId));
  }

  async send(text: OutgoingText): Promise<SendResult> {
    this.asked += 1;
    if (this.isSlow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const name = `${text.messageId}#${text.attempt}`;
    if (this.#accepted.has(name)) return { ok: true, isSent: true };
    if (!this.health.isWell) return { ok: false, isRetryable: true, reason: this.health.msg ?? '' };
    const answer = this.answers.shift() ?? { ok: true, isSent: true };
    if (!answer.ok) return answer;
    this.#accepted.add(name);
    this.sent.push(text);
    return answer;
  }

  /** Lets the answers that were held back go. */
  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** As a text from the network; false: nobody is there. Throws when it could not be kept. */
  deliver(text: Partial<IncomingText> = {}): boolean {
    if (!this.#receiver) return false;
    this.#receiver.onText({
      owner: { kind: 'line', lineId: 'studio' },
      sender: '+2207000001',
      content: 'hello',
      sentAt: null,
      gatewayMessageId: null,
      resend: null,
      part: null,
      ...text,
    });
    return true;
  }
  report(report: TextReport): void {
    this.#receiver?.onReport(report);
  }
  become(health: GatewayHealth): void {
    this.health = health;
    this.#receiver?.onHealth(health);
  }
}
