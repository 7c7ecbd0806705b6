/**
 * The gateway port: whatever carries texts between the station and the telephone network. Implemented in sms/, one file
 * each, and by the fake in desk/testing/; all of them pass desk/testing/sms-gateway-conformance. Used by desk/records.
 */
import type { CallOwner } from './exchange.ts';

/** Which part of a longer text it is (3GPP TS 23.040 9.2.3.24.1). */
export interface TextPart {
  reference: number;
  /** From 1. */
  part: number;
  parts: number;
}

export interface IncomingText {
  /** Over which line it came, or from whose phone. */
  owner: CallOwner;
  /** Who sent it, as the network says it: a number, or the name of an account. */
  sender: string;
  content: string;
  /** By the sender's or the network's clock; null: nobody said. */
  sentAt: number | null;
  /** What the gateway calls it, for ever; null: it has no name for it. */
  gatewayMessageId: string | null;
  /** A weaker name: with the same text within so long it is the same message, sent again. */
  resend: { name: string; withinMs: number } | null;
  part: TextPart | null;
}

export interface OutgoingText {
  /** Ours; the gateway knows it again when it is asked twice. */
  messageId: string;
  /** 1 at first. The same attempt asked again, after a restart, must not send again what was accepted. */
  attempt: number;
  /** null: the endpoint is a phone of ours or a SIP address, which need no line. */
  lineId: string | null;
  endpoint: string;
  content: string;
}

export type SendResult =
  /** `isSent` false: the gateway has it and keeps it safe; a report tells what became of it. */
  | { ok: true; isSent: boolean }
  /** `isRetryable`: not now, later perhaps. `isUnanswered`: nobody said anything, so it may have been accepted; the
   * same attempt is to be asked again. */
  | { ok: false; isRetryable: boolean; reason: string; isUnanswered?: boolean };

/** What became of a text that the gateway had accepted. */
export interface TextReport {
  messageId: string;
  outcome: 'sent' | 'delivered' | 'failed';
  /** Why it failed, in the gateway's own words. */
  reason: string | null;
  /** It failed, and may go another time. */
  isRetryable: boolean;
}

export interface GatewayHealth {
  isWell: boolean;
  /** What is wrong; null when it is well. */
  msg: string | null;
}

/** What a gateway tells the station. */
export interface TextReceiver {
  /**
   * When it returns, the text is committed (or was, at an earlier delivery): now, and only now, the gateway
   * acknowledges. Throws when it could not be kept: then it must be delivered again.
   */
  onText(text: IncomingText): void;
  /** The same rule. */
  onReport(report: TextReport): void;
  /** When it changes. */
  onHealth(health: GatewayHealth): void;
}

export interface SmsGateway {
  readonly id: string;
  readonly health: GatewayHealth;
  /** Texts flow from here on until stop(). */
  start(receiver: TextReceiver): void;
  /** Whether it can send there at all: then it is this gateway that is asked. */
  canSend(route: Pick<OutgoingText, 'lineId' | 'endpoint'>): boolean;
  send(text: OutgoingText): Promise<SendResult>;
  stop(): void;
}
