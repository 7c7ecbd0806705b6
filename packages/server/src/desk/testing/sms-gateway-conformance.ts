/**
 * What every gateway promises. A gateway's test calls `smsGatewayConformance` with the far end that it talks to: a network
 * that can be given a text, looked at, and taken away.
 */
import { describe, expect, test, vi } from 'vitest';
import type {
  GatewayHealth,
  IncomingText,
  OutgoingText,
  SmsGateway,
  TextReceiver,
  TextReport,
} from '../ports/sms-gateway.ts';

const PATIENCE_MS = 30_000;

export interface GatewayFarEnd {
  gateway: SmsGateway;
  /** Somewhere that it can send to. */
  route: Pick<OutgoingText, 'lineId' | 'endpoint'>;
  /** Brings a text, until it is acknowledged; one that was not is brought again the next time. */
  bring(sender: string, content: string): Promise<{ isAcknowledged: boolean }>;
  /** Every text that has reached the network, in order. */
  received(): Promise<string[]>;
  /** The next text is refused: for now, or for good. Null: such a network never refuses for good. */
  refuseNext(isForNow: boolean): (() => void) | null;
  goAway(): void;
  comeBack(): void;
  close(): void;
}

class Receiver implements TextReceiver {
  readonly texts: IncomingText[] = [];
  readonly reports: TextReport[] = [];
  readonly health: GatewayHealth[] = [];
  isFull = false;

  onText(text: IncomingText): void {
    if (this.isFull) throw new Error('the disk is full');
    this.texts.push(text);
  }
  onReport(report: TextReport): void {
    this.reports.push(report);
  }
  onHealth(health: GatewayHealth): void {
    this.health.push(health);
  }
}

export function smsGatewayConformance(name: string, open: () => Promise<GatewayFarEnd>): void {
  describe(`a gateway: ${name}`, () => {
    const withGateway = (work: (farEnd: GatewayFarEnd, receiver: Receiver) => Promise<void>) => async () => {
      const farEnd = await open();
      const receiver = new Receiver();
      farEnd.gateway.start(receiver);
      try {
        await work(farEnd, receiver);
      } finally {
        farEnd.gateway.stop();
        farEnd.close();
      }
    };
    const text = (farEnd: GatewayFarEnd, more: Partial<OutgoingText> = {}): OutgoingText => ({
      messageId: 'm-1',
      attempt: 1,
      content: 'Grüße 🎉 €',
      ...farEnd.route,
      ...more,
    });
    /** What became of it, by the answer or by a later report. */
    const outcome = async (
      { gateway }: GatewayFarEnd,
      receiver: Receiver,
      message: OutgoingText,
    ): Promise<string> => {
      const result = await gateway.send(message);
      if (!result.ok) return result.isRetryable ? 'later' : 'never';
      if (result.isSent) return 'sent';
      return vi.waitFor(() => {
        const report = receiver.reports.find(({ messageId }) => messageId === message.messageId);
        if (!report) throw new Error('no report yet');
        if (report.outcome === 'failed') return report.isRetryable ? 'later' : 'never';
        return report.outcome;
      }, PATIENCE_MS);
    };

    test(
      'a text that comes in is handed over whole, and acknowledged when it is kept',
      withGateway(async (farEnd, receiver) => {
        const content = 'Hello 🎉 {brackets} ñ ŋ\nsecond line';
        expect(await farEnd.bring('+2207000001', content)).toEqual({ isAcknowledged: true });
        expect(receiver.texts).toMatchObject([{ sender: '+2207000001', content, part: null }]);
        const [taken] = receiver.texts;
        // By one of them it is known again.
        expect(taken?.gatewayMessageId ?? taken?.sentAt ?? null).not.toBeNull();
      }),
    );

    test(
      'a text that could not be kept is not acknowledged, and comes again',
      withGateway(async (farEnd, receiver) => {
        receiver.isFull = true;
        expect(await farEnd.bring('+2207000001', 'do not lose me')).toEqual({ isAcknowledged: false });
        receiver.isFull = false;
        expect(await farEnd.bring('+2207000001', 'do not lose me')).toEqual({ isAcknowledged: true });
        expect(receiver.texts.map(({ content }) => content)).toContain('do not lose me');
      }),
    );

    test(
      'two texts have two names, the same text delivered again the same one',
      withGateway(async (farEnd, receiver) => {
        await farEnd.bring('+2207000001', 'one');
        await farEnd.bring('+2207000001', 'two');
        const names = receiver.texts.map(({ gatewayMessageId }) => gatewayMessageId);
        expect(new Set(names).size).toBe(2);
      }),
    );

    test(
      'a text goes out as it is',
      withGateway(async (farEnd, receiver) => {
        expect(await outcome(farEnd, receiver, text(farEnd))).toBe('sent');
        expect(await farEnd.received()).toEqual(['Grüße 🎉 €']);
      }),
    );

    test(
      'the same attempt asked twice is sent once',
      withGateway(async (farEnd, receiver) => {
        const asked = [farEnd.gateway.send(text(farEnd)), farEnd.gateway.send(text(farEnd))];
        for (const result of await Promise.all(asked)) expect(result.ok).toBe(true);
        await outcome(farEnd, receiver, text(farEnd));
        expect(await farEnd.received()).toHaveLength(1);
      }),
    );

    test(
      'a refusal for now is told from one for good',
      withGateway(async (farEnd, receiver) => {
        farEnd.refuseNext(true)?.();
        expect(await outcome(farEnd, receiver, text(farEnd))).toBe('later');
        const refuse = farEnd.refuseNext(false);
        refuse?.();
        const last = await outcome(farEnd, receiver, text(farEnd, { messageId: 'm-2' }));
        expect(last).toBe(refuse ? 'never' : 'sent');
        expect(await farEnd.received()).toHaveLength(refuse ? 0 : 1);
      }),
    );

    test(
      'without its network it says so, sends nothing, and is well again afterwards',
      withGateway(async (farEnd, receiver) => {
        farEnd.goAway();
        await vi.waitFor(() => expect(farEnd.gateway.health.isWell).toBe(false), PATIENCE_MS);
        expect(farEnd.gateway.health.msg).not.toBeNull();
        expect(await farEnd.gateway.send(text(farEnd))).toMatchObject({ ok: false, isRetryable: true });
        farEnd.comeBack();
        await vi.waitFor(() => expect(receiver.health.at(-1)?.isWell).toBe(true), PATIENCE_MS);
        expect(await outcome(farEnd, receiver, text(farEnd, { attempt: 2 }))).toBe('sent');
      }),
    );

    test(
      'what it cannot reach it does not claim',
      withGateway(async (farEnd) => {
        expect(farEnd.gateway.canSend(farEnd.route)).toBe(true);
        expect(farEnd.gateway.canSend({ lineId: 'elsewhere', endpoint: '+2207000001' })).toBe(false);
        expect(farEnd.gateway.canSend({ lineId: null, endpoint: 'nobody' })).toBe(false);
      }),
    );

    test(
      'nothing comes in after it was stopped',
      withGateway(async (farEnd, receiver) => {
        farEnd.gateway.stop();
        expect(await farEnd.bring('+2207000001', 'late')).toEqual({ isAcknowledged: false });
        expect(receiver.texts).toEqual([]);
      }),
    );
  });
}
