/**
 * RFC 3261 18.1.1: a request too large for a datagram goes by TCP where the far end's transport was left open, and
 * back to UDP when nobody listens there.
 */
import { type OutgoingRequest, serialiseRequest } from '../message/serialise.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { Flow } from '../transport/transport.ts';
import type { UserAgentContext } from './context.ts';

const MAX_DATAGRAM_BYTES = 1300;
/** Via is put on later: its length, generously. */
const VIA_BYTES = 100;

export interface SizedRequestUser extends ClientTransactionUser {
  onStarted?(transaction: ClientTransaction): void;
}

export function sendSized(
  context: UserAgentContext,
  request: OutgoingRequest,
  flow: Flow,
  isTransportOpen: boolean,
  user: SizedRequestUser,
): void {
  const start = (by: Flow, onTransportError: () => void): void => {
    const transaction = context.transactions.request(request, by, {
      onResponse: (response) => user.onResponse(response),
      onTimeout: () => user.onTimeout(),
      onTransportError,
    });
    user.onStarted?.(transaction);
  };
  const isLarge = serialiseRequest(request).length + VIA_BYTES > MAX_DATAGRAM_BYTES;
  if (!isTransportOpen || !isLarge || flow.transport !== 'udp') {
    start(flow, () => user.onTransportError());
    return;
  }
  const tcp = context.transport.flowTo('tcp', flow.remoteAddress, flow.remotePort);
  start(tcp, () => {
    request.headers.names.shift();
    request.headers.values.shift();
    start(flow, () => user.onTransportError());
  });
}
