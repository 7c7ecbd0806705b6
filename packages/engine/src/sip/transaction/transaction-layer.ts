/**
 * RFC 3261 17: matches messages to transactions, makes new ones, and hands up what belongs to none: new requests,
 * ACKs of 2xx. Stray responses are dropped. Bounded: over the limit new INVITEs get 503, the rest silence.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { responseTo } from '../message/response-to.ts';
import { type OutgoingRequest, serialiseRequest, serialiseResponse } from '../message/serialise.ts';
import { formatVia } from '../message/via.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import type { Flow } from '../transport/transport.ts';
import {
  type ClientTransaction,
  type ClientTransactionUser,
  InviteClientTransaction,
  NonInviteClientTransaction,
} from './client-transaction.ts';
import {
  InviteServerTransaction,
  NonInviteServerTransaction,
  type ServerTransaction,
} from './server-transaction.ts';

/** RFC 3261 8.1.1.7. */
const MAGIC_COOKIE = 'z9hG4bK';

export interface TransactionUser {
  onRequest(transaction: ServerTransaction): void;
  /** ACK of a 2xx: outside of transactions (RFC 3261 13.2.2.4). */
  onAck(ack: SipRequest, flow: Flow): void;
}

export interface TransactionLayerOptions {
  clock: Clock;
  transport: TransportLayer;
  /** Address for Via towards there. */
  localAddress(remoteAddress: string): string;
  user: TransactionUser;
  limit?: number;
}

export interface TransactionLayer {
  onRequest(request: SipRequest, flow: Flow): void;
  onResponse(response: SipResponse): void;
  /** Puts its Via on top and sends. `branch`: that of the INVITE, for its CANCEL (RFC 3261 9.1). */
  request(
    request: OutgoingRequest,
    flow: Flow,
    user: ClientTransactionUser,
    branch?: string,
  ): ClientTransaction;
  /** ACK of a 2xx: sent once, of no transaction; send its bytes again at each repeat of the 2xx. */
  ack(request: OutgoingRequest, flow: Flow): Buffer;
  /** The INVITE that this CANCEL is for (RFC 3261 9.2). */
  inviteOf(cancel: SipRequest): ServerTransaction | null;
  /** RFC 3261 8.2.2.2: the same request is being served, come by another way. */
  isMerged(transaction: ServerTransaction): boolean;
  viaFor(flow: Flow, branch: string): string;
  /** Requests of ours that have no final response yet. */
  waiting(): number;
  stop(): void;
  readonly counters: { clientTransactions: number; serverTransactions: number; overloaded: number };
}

export function createTransactionLayer(options: TransactionLayerOptions): TransactionLayer {
  const { clock, transport, user } = options;
  const limit = options.limit ?? 10_000;
  const clients = new Map<string, ClientTransaction>();
  const servers = new Map<string, ServerTransaction>();
  /** Requests being served by what makes them the same one wherever they came by. */
  const served = new Map<string, ServerTransaction>();
  let overloaded = 0;

  const viaFor = (flow: Flow, branch: string): string =>
    formatVia({
      transport: flow.transport.toUpperCase(),
      host: bracketed(options.localAddress(flow.remoteAddress)),
      port: transport.port(flow.transport),
      parameters: new Map([
        ['branch', branch],
        ['rport', null],
      ]),
    });

  const withVia = (request: OutgoingRequest, flow: Flow, branch: string): void => {
    request.headers.names.unshift('Via');
    request.headers.values.unshift(viaFor(flow, branch));
  };

  const serve = (request: SipRequest, flow: Flow, key: string): void => {
    if (servers.size >= limit) {
      overloaded++;
      if (request.method !== 'INVITE') return;
      const busy = responseTo(request, 503, newTag(), { headers: [['Retry-After', '5']] });
      transport.responseFlow(request.via, flow).send(serialiseResponse(busy), () => {});
      return;
    }
    const identity = identityOf(request);
    const parts = {
      request,
      flow,
      clock,
      responseFlow: () => transport.responseFlow(request.via, flow),
      onTerminated: () => {
        servers.delete(key);
        if (served.get(identity) === transaction) served.delete(identity);
      },
      onAck: (ack: SipRequest) => user.onAck(ack, flow),
    };
    const isInvite = request.method === 'INVITE';
    const transaction = isInvite ? new InviteServerTransaction(parts) : new NonInviteServerTransaction(parts);
    servers.set(key, transaction);
    if (!served.has(identity)) served.set(identity, transaction);
    user.onRequest(transaction);
  };

  return {
    viaFor,
    onRequest(request, flow) {
      const key = serverKey(request);
      const existing = servers.get(key);
      if (existing !== undefined) existing.receive(request);
      else if (request.method === 'ACK') user.onAck(request, flow);
      else serve(request, flow, key);
    },
    onResponse(response) {
      const branch = response.via.parameters.get('branch');
      clients.get(`${branch} ${response.cseqMethod}`)?.receive(response);
    },
    request(request, flow, transactionUser, invitesBranch) {
      const branch = invitesBranch ?? newBranch();
      withVia(request, flow, branch);
      const key = `${branch} ${request.method}`;
      const parts = {
        request,
        flow,
        branch,
        clock,
        user: transactionUser,
        onTerminated: () => void clients.delete(key),
      };
      const isInvite = request.method === 'INVITE';
      const transaction = isInvite
        ? new InviteClientTransaction(parts)
        : new NonInviteClientTransaction(parts);
      clients.set(key, transaction);
      transaction.start();
      return transaction;
    },
    ack(request, flow) {
      withVia(request, flow, newBranch());
      const bytes = serialiseRequest(request);
      flow.send(bytes, () => {});
      return bytes;
    },
    inviteOf: (cancel) => servers.get(serverKey(cancel, 'INVITE')) ?? null,
    isMerged: (transaction) => {
      const first = served.get(identityOf(transaction.request));
      return first !== undefined && first !== transaction;
    },
    waiting: () => [...clients.values()].filter((each) => !each.isAnswered).length,
    stop() {
      for (const transaction of [...clients.values(), ...servers.values()]) transaction.terminate();
    },
    get counters() {
      return { clientTransactions: clients.size, serverTransactions: servers.size, overloaded };
    },
  };
}

/** RFC 3261 17.2.3; without the cookie by the rules of RFC 2543. An ACK is looked for under its INVITE. */
function serverKey(request: SipRequest, method = request.method): string {
  const { via } = request;
  const served = method === 'ACK' ? 'INVITE' : method;
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  const branch = via.parameters.get('branch') ?? '';
  if (branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE)) {
    return `${branch} ${sentBy} ${served}`;
  }
  return `${request.callId} ${request.fromTag} ${request.cseq} ${branch} ${sentBy} ${served}`;
}

function identityOf(request: SipRequest): string {
  return `${request.callId} ${request.fromTag} ${request.cseq} ${request.method}`;
}

function newBranch(): string {
  return MAGIC_COOKIE + randomBytes(12).toString('hex');
}

export function newTag(): string {
  return randomBytes(8).toString('hex');
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
