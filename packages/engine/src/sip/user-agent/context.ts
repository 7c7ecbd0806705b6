/**
 * What the sessions of one agent share: the layers below, who we are, and the table of dialogs. Made by
 * create-agent.ts; the parts of user-agent/ take it in place of each other.
 */
import type { Clock } from '../clock.ts';
import type { SipRequest } from '../message/message.ts';
import { type ResponseContent, responseTo } from '../message/response-to.ts';
import { encodeUser, uriHost } from '../message/uri.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { newTag, type TransactionLayer } from '../transaction/transaction-layer.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import type { Flow } from '../transport/transport.ts';
import type { DestinationFinder } from './destination.ts';

/** Methods of RFC 3261 and of the extensions that this agent serves. */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, MESSAGE, REGISTER';
export const SUPPORTED = '100rel, timer';
const KNOWN_OPTIONS = new Set(['100rel', 'timer']);

/** Served by no one here, yet known: 405; any other name is 501 (RFC 3261 8.2.1, 21.5.2). */
const KNOWN_METHODS = new Set([
  'REFER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'REGISTER',
  'INVITE',
  'CANCEL',
  'BYE',
]);

/** What a dialog's requests are handed to. */
export interface DialogUser {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest, flow: Flow): void;
}

export interface UserAgentContext {
  clock: Clock;
  transactions: TransactionLayer;
  transport: TransportLayer;
  destinations: DestinationFinder;
  userAgent: string;
  localAddress(remoteAddress: string): string;
  stationName(): string;
  /** Host part of URIs that name us rather than a place to send to. */
  stationHost(): string;
  /** By `dialogKey`. */
  dialogs: Map<string, DialogUser>;
  /** Sessions that are not over, to be ended at stop. */
  sessions: Set<{ end(): void }>;
  counters: { delegateErrors: number };
  /** Random of 0 to 1, for the retry times of RFC 3261 14.1. */
  random(): number;
}

/** Runs what belongs to the agent's user: its exceptions are reported and end here (a message must not kill the process). */
export function guarded<Result>(context: UserAgentContext, fallback: Result, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    reportFault(context, error);
    return fallback;
  }
}

/** The same for what may take a moment: `take` is called at once where it does not. */
export function whenThere<T>(
  context: UserAgentContext,
  fallback: T,
  run: () => T | Promise<T>,
  take: (value: T) => void,
): void {
  const value = guarded(context, fallback, run);
  if (!(value instanceof Promise)) {
    take(value);
    return;
  }
  value
    .catch((error: unknown) => {
      reportFault(context, error);
      return fallback;
    })
    .then(take)
    .catch((error: unknown) => reportFault(context, error));
}

export function reportFault(context: UserAgentContext, error: unknown): void {
  context.counters.delegateErrors++;
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** Nobody on the way can read what goes there: keys may be in it (RFC 4568 8.3). */
export function isSecured(flow: Flow): boolean {
  return flow.transport === 'tls' || flow.transport === 'wss';
}

export function respond(
  context: UserAgentContext,
  transaction: ServerTransaction,
  status: number,
  content: ResponseContent & { toTag?: string } = {},
): void {
  const headers = [...(content.headers ?? []), ['Server', context.userAgent] as const];
  const toTag = status === 100 ? null : (content.toTag ?? newTag());
  transaction.respond(responseTo(transaction.request, status, toTag, { ...content, headers }));
}

/** `isSips`: the far end asked for it, and so do we (RFC 3261 12.1.1). */
export function contactFor(context: UserAgentContext, user: string, flow: Flow, isSips = false): string {
  const host = uriHost(context.localAddress(flow.remoteAddress));
  // RFC 7118 5.5: one name, with TLS or without.
  const name = flow.transport === 'wss' ? 'ws' : flow.transport;
  const transport = name === 'udp' ? '' : `;transport=${name}`;
  return `${isSips ? 'sips' : 'sip'}:${encodeUser(user)}@${host}:${context.transport.port(flow.transport)}${transport}`;
}

/** RFC 3261 8.2.2.3: answers 420 when a needed option is not ours. True: refused. */
export function refusedForOptions(context: UserAgentContext, transaction: ServerTransaction): boolean {
  const unknown = transaction.request.headers
    .list('Require')
    .filter((option) => !KNOWN_OPTIONS.has(option.toLowerCase()));
  if (unknown.length === 0) return false;
  respond(context, transaction, 420, { headers: [['Unsupported', unknown.join(', ')]] });
  return true;
}

export function refuseMethod(context: UserAgentContext, transaction: ServerTransaction): void {
  const status = KNOWN_METHODS.has(transaction.request.method) ? 405 : 501;
  respond(context, transaction, status, { headers: [['Allow', ALLOW]] });
}

export function capabilities(): (readonly [string, string])[] {
  return [
    ['Accept', 'application/sdp, application/dtmf-relay, text/plain'],
    ['Accept-Encoding', 'identity'],
    ['Allow', ALLOW],
    ['Supported', SUPPORTED],
  ];
}
