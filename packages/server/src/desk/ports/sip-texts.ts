/**
 * The port through which SIP carries texts (RFC 3428). Implemented by the exchange that speaks SIP; used by
 * sms/sip-message-gateway.
 */
import type { CallOwner } from './exchange.ts';

export interface SipText {
  owner: CallOwner;
  /** User part of From: a number, or the name of an account; '' when withheld. */
  sender: string;
  /** text/plain, message/cpim or message/imdn+xml, with parameters. */
  contentType: string;
  body: string;
  /** Together they name the request. */
  callId: string;
  cseq: number;
  /** Its Date header, epoch ms; null: none. */
  sentAt: number | null;
}

export interface SipTextToSend {
  messageId: string;
  /** The same one asked again is not sent again. */
  attempt: number;
  lineId: string | null;
  /** A number, the name of an account, or a SIP address. */
  endpoint: string;
  contentType: string;
  body: string;
}

export type SipTextResult =
  | { ok: true; status: number; isToAccount: boolean }
  /** `down`: nobody answered, asked or not. `nowhere`: the settings name no way there. */
  | { ok: false; code: 'down' | 'nowhere'; msg: string };

export interface SipTextReceiver {
  /** The final status for the far end: 2xx only for what is committed. */
  onText(text: SipText): number;
  /** At once, and at every change. */
  onConnected(isConnected: boolean): void;
}

export interface SipTexts {
  /** null: nobody is there; then texts are put off, so that they are sent again. */
  receiveTexts(receiver: SipTextReceiver | null): void;
  sendText(text: SipTextToSend): Promise<SipTextResult>;
}
