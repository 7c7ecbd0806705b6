/**
 * RFC 3261 12: what two user agents remember of each other between requests. Pure state: it makes the requests of a
 * dialog and checks the order of those that come; sending is the user agent's.
 */
import {
  EMPTY_BODY,
  Headers,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../message/message.ts';
import { parseNameAddresses } from '../message/name-address.ts';
import type { OutgoingRequest } from '../message/serialise.ts';
import { parseUri } from '../message/uri.ts';
import type { Flow } from '../transport/transport.ts';

export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** URI of our Contact in this dialog. */
  readonly contact: string;
  /** The way by which the far end was last heard. */
  flow: Flow;
  /** RFC 3261 12.2.1.1: URI that requests are sent to, the Contact of the far end. */
  remoteTarget: string;
  localSeq: number;
  /** Null: nothing came yet. */
  remoteSeq: number | null;
  routeSet: readonly string[];
  /** From and To as we write them, with tags. */
  readonly #localParty: string;
  readonly #remoteParty: string;

  private constructor(parts: {
    callId: string;
    localTag: string;
    remoteTag: string;
    contact: string;
    flow: Flow;
    remoteTarget: string;
    localSeq: number;
    remoteSeq: number | null;
    routeSet: readonly string[];
    localParty: string;
    remoteParty: string;
  }) {
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.contact = parts.contact;
    this.flow = parts.flow;
    this.remoteTarget = parts.remoteTarget;
    this.localSeq = parts.localSeq;
    this.remoteSeq = parts.remoteSeq;
    this.routeSet = parts.routeSet;
    this.#localParty = parts.localParty;
    this.#remoteParty = parts.remoteParty;
  }

  /** RFC 3261 12.1.1. The caller has checked the Contact; routes are taken in order. */
  static asServer(request: SipRequest, localTag: string, contact: string, flow: Flow): Dialog {
    return new Dialog({
      callId: request.callId,
      localTag,
      remoteTag: request.fromTag ?? '',
      contact,
      flow,
      // RFC 2543 6.13: without Contact, From says where.
      remoteTarget: contactUri(request) ?? request.from.uri,
      localSeq: 0,
      remoteSeq: request.cseq,
      routeSet: routes(request),
      localParty: `${request.headers.get('To') ?? ''};tag=${localTag}`,
      remoteParty: request.headers.get('From') ?? '',
    });
  }

  /** RFC 3261 12.1.2. Routes are taken in reverse order. */
  static asClient(invite: OutgoingRequest, response: SipResponse, contact: string, flow: Flow): Dialog {
    return new Dialog({
      callId: response.callId,
      localTag: response.fromTag ?? '',
      remoteTag: response.toTag ?? '',
      contact,
      flow,
      remoteTarget: contactUri(response) ?? invite.uri,
      localSeq: response.cseq,
      remoteSeq: null,
      routeSet: routes(response).toReversed(),
      localParty: invite.headers.get('From') ?? '',
      remoteParty: response.headers.get('To') ?? '',
    });
  }

  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  /** RFC 3261 12.2.1.1. Without Via; `cseq` given: ACK and PRACK bookkeeping, else the next number. */
  request(method: string, cseq: number | null = null): OutgoingRequest {
    const headers = new Headers();
    const number = cseq ?? ++this.localSeq;
    const { uri, route } = this.#path();
    headers.add('Max-Forwards', '70');
    for (const each of route) headers.add('Route', each);
    headers.add('From', this.#localParty);
    headers.add('To', this.#remoteParty);
    headers.add('Call-ID', this.callId);
    headers.add('CSeq', `${number} ${method}`);
    return { method, uri, headers, body: EMPTY_BODY };
  }

  /** URI of the next hop: the first route or the remote target. */
  get nextHop(): string {
    return this.routeSet[0] === undefined ? this.remoteTarget : routeUri(this.routeSet[0]);
  }

  /** RFC 3261 12.2.2: a number lower than the last one is out of order. */
  takesInOrder(request: SipRequest): boolean {
    if (this.remoteSeq !== null && request.cseq < this.remoteSeq) return false;
    this.remoteSeq = request.cseq;
    return true;
  }

  /** A target refresh (re-INVITE, UPDATE and their 2xx). */
  refreshTarget(message: SipMessage): void {
    this.remoteTarget = contactUri(message) ?? this.remoteTarget;
  }

  #path(): { uri: string; route: readonly string[] } {
    const first = this.routeSet[0];
    if (first === undefined) return { uri: this.remoteTarget, route: [] };
    const uri = routeUri(first);
    if (parseUri(uri)?.parameters.has('lr') === true) return { uri: this.remoteTarget, route: this.routeSet };
    // A strict router (RFC 2543): it wants itself as Request-URI, the target last.
    return { uri, route: [...this.routeSet.slice(1), `<${this.remoteTarget}>`] };
  }
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

/** URI of the one Contact of a message; null when there is none or it is malformed. */
export function contactUri(message: SipMessage): string | null {
  return parseNameAddresses(message.headers.all('Contact'))?.[0]?.uri ?? null;
}

function routes(message: SipMessage): string[] {
  return message.headers.list('Record-Route');
}

function routeUri(route: string): string {
  return parseNameAddresses([route])?.[0]?.uri ?? '';
}
