/**
 * Sends requests within a dialog (RFC 3261 12.2.1): picks the way, answers a challenge once or twice, tells the
 * outcome as one status. Used by the invite usage for BYE, re-INVITE, UPDATE, PRACK and for ACKs.
 */
import type { Dialog } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import type { SipResponse } from '../message/message.ts';
import type { OutgoingRequest } from '../message/serialise.ts';
import { hostAddress, parseUri } from '../message/uri.ts';
import type { Flow } from '../transport/transport.ts';
import type { UserAgentContext } from './context.ts';

export interface RequestContent {
  headers?: readonly (readonly [string, string])[];
  body?: Uint8Array;
}

export interface RequestOutcome {
  onProvisional?(response: SipResponse): void;
  /** The final response, or the status that its absence counts as: 408 or 503 (RFC 3261 8.1.3.1). */
  onFinal(status: number, response: SipResponse | null): void;
}

/**
 * The way to the far end of a dialog. An open connection by which it was heard is used again; a private address in a
 * Contact behind NAT gives way to the address that packets come from (as every session border controller does).
 */
function withFlow(context: UserAgentContext, dialog: Dialog, done: (flow: Flow | null) => void): void {
  const last = dialog.flow;
  const uri = parseUri(dialog.nextHop);
  const isDirect = dialog.routeSet.length === 0;
  const named = uri?.parameters.get('transport')?.toLowerCase();
  const wantsTcp = named === 'tcp' || named === 'tls' || uri?.scheme === 'sips';
  const host = hostAddress(uri?.host ?? '');
  if (last.isReliable && last.isOpen() && (isDirect || host === last.remoteAddress)) {
    done(last);
    return;
  }
  if (
    isDirect &&
    !wantsTcp &&
    last.transport === 'udp' &&
    host !== last.remoteAddress &&
    (isUnreachable(host) || (isLoopback(host) && !isLoopback(last.remoteAddress)))
  ) {
    done(last);
    return;
  }
  context.destinations.find(dialog.nextHop, (found) => {
    if (found === null) done(last.isOpen() ? last : null);
    else done(context.transport.flowTo(found.transport, found.address, found.port, found.serverName));
  });
}

/** RFC 1918, RFC 6598, link-local, unspecified: where no packet of ours arrives from outside. */
function isUnreachable(host: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|0\.)/.test(
    host,
  );
}

/** What a far end calls its own loopback would be ours. */
function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host.toLowerCase() === 'localhost';
}

export function sendInDialog(
  context: UserAgentContext,
  dialog: Dialog,
  method: string,
  content: RequestContent,
  digest: DigestClient | null,
  outcome: RequestOutcome,
): void {
  let challenges = 0;
  const attempt = (): void => {
    const request = dialog.request(method);
    fill(request, content, context);
    digest?.authorise(request.headers, method, request.uri);
    withFlow(context, dialog, (flow) => {
      if (flow === null) {
        outcome.onFinal(503, null);
        return;
      }
      context.transactions.request(request, flow, {
        onTimeout: () => outcome.onFinal(408, null),
        onTransportError: () => outcome.onFinal(503, null),
        onResponse(response) {
          const { status } = response;
          if (status < 200) {
            outcome.onProvisional?.(response);
            return;
          }
          const isChallenge = status === 401 || status === 407;
          if (isChallenge && ++challenges <= 2 && digest !== null && digest.accept(response)) attempt();
          else outcome.onFinal(status, response);
        },
      });
    });
  };
  attempt();
}

function fill(request: OutgoingRequest, content: RequestContent, context: UserAgentContext): void {
  for (const [name, value] of content.headers ?? []) request.headers.add(name, value);
  request.headers.add('User-Agent', context.userAgent);
  if (content.body !== undefined) request.body = content.body;
}

/** ACK of a 2xx (RFC 3261 13.2.2.4): the INVITE's CSeq and credentials, a path of its own. */
export function acknowledge(
  context: UserAgentContext,
  dialog: Dialog,
  cseq: number,
  credentials: readonly (readonly [string, string])[],
  content: RequestContent,
): { again(): void } {
  const request = dialog.request('ACK', cseq);
  for (const [name, value] of credentials) request.headers.add(name, value);
  fill(request, content, context);
  let again = (): void => {};
  withFlow(context, dialog, (flow) => {
    if (flow === null) return;
    const bytes = context.transactions.ack(request, flow);
    again = () => flow.send(bytes, () => {});
  });
  return { again: () => again() };
}
