/**
 * RFC 3261 18: takes what the transports bring, parses it, stamps the Via of requests (received, rport of RFC 3581),
 * hands messages up; finds the way back for responses. Malformed requests are answered here without state.
 */
import type { Clock } from '../clock.ts';
import { Headers, type SipMessage, type SipRequest, type SipResponse } from '../message/message.ts';
import { splitList } from '../message/parameters.ts';
import { parseMessage, type RefusedRequest } from '../message/parser.ts';
import { serialiseResponse } from '../message/serialise.ts';
import { hostAddress } from '../message/uri.ts';
import { formatVia, type Via } from '../message/via.ts';
import { isScanner } from './source-guard.ts';
import {
  deadFlow,
  type Flow,
  type Transport,
  type TransportName,
  type Transports,
  type TransportSink,
} from './transport.ts';

interface TransportUser {
  onRequest(request: SipRequest, flow: Flow): void;
  onResponse(response: SipResponse, flow: Flow): void;
}

/** Where the transports that stand beside UDP and TCP listen. */
interface MorePorts {
  tls?: MorePort;
  ws?: MorePort;
}

interface MorePort {
  port: number;
  /** Somebody else's use of the port is no reason not to start. */
  isOptional: boolean;
}

/** null: not spoken, or its port was not to be had. */
interface TransportPorts {
  udp: number;
  tcp: number;
  tls: number | null;
  ws: number | null;
}

export interface TransportLayer {
  start(host: string, port: number, more?: MorePorts): Promise<TransportPorts>;
  stop(): Promise<void>;
  flowTo(transport: TransportName, address: string, port: number, serverName?: string): Flow;
  knownFlow(transport: TransportName, address: string, port: number): Flow | null;
  /** Where the response to a request with this (stamped) Via goes. */
  responseFlow(via: Via, flow: Flow): Flow;
  port(transport: TransportName): number;
  readonly counters: { received: number; malformed: number };
}

export interface TransportLayerOptions {
  clock: Clock;
  makeTransports(sink: TransportSink): Transports;
  /** A connection is gone. */
  onClosed?(flow: Flow): void;
  admits(address: string): boolean;
  isTrusted(address: string): boolean;
  user: TransportUser;
}

/** Tries to have the same number for both when port 0 leaves the choice. */
const PORT_ATTEMPTS = 20;

export function createTransportLayer(options: TransportLayerOptions): TransportLayer {
  const { user } = options;
  const counters = { received: 0, malformed: 0 };
  const ports: TransportPorts = { udp: 0, tcp: 0, tls: null, ws: null };

  const answerMalformed = (request: RefusedRequest, status: number, detail: string, flow: Flow): void => {
    if (isScanner(request.headers.get('User-Agent'))) return;
    const via = stampVia(request.via, flow);
    const headers = new Headers();
    replaceTopVia(request.headers, via);
    for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const) {
      for (const value of request.headers.all(name)) {
        const needsTag = name === 'To' && request.toTag === null;
        headers.add(name, needsTag ? `${value};tag=refused` : value);
      }
    }
    if (status === 503) headers.add('Retry-After', '10');
    const reason = status === 400 ? `Bad Request: ${detail}` : undefined;
    const response = {
      status,
      headers,
      body: new Uint8Array(0),
      ...(reason === undefined ? {} : { reason }),
    };
    layer.responseFlow(via, flow).send(serialiseResponse(response), () => {});
  };

  const take = (message: SipMessage, flow: Flow): void => {
    if (message.kind === 'response') {
      user.onResponse(message, flow);
      return;
    }
    message.via = stampVia(message.via, flow);
    replaceTopVia(message.headers, message.via);
    user.onRequest(message, flow);
  };

  const sink: TransportSink = {
    admits: (address) => options.admits(address),
    isTrusted: (address) => options.isTrusted(address),
    receive(bytes, flow) {
      counters.received++;
      // A frame of WebSocket is a whole message, as a datagram is (RFC 7118 5).
      const isStream = flow.transport === 'tcp' || flow.transport === 'tls';
      const result = parseMessage(bytes, isStream);
      if (result.ok) {
        take(result.message, flow);
        return;
      }
      counters.malformed++;
      if (result.status !== null && result.request !== null) {
        answerMalformed(result.request, result.status, result.detail, flow);
      }
    },
    closed: (flow) => options.onClosed?.(flow),
    refuse(head, flow, status) {
      counters.received++;
      counters.malformed++;
      // Parsed as a datagram: what is wrong with it is its framing.
      const result = parseMessage(head, false);
      if (status === null) return;
      if (result.ok && result.message.kind === 'request' && result.message.method !== 'ACK') {
        answerMalformed(result.message, status, 'message length', flow);
      } else if (!result.ok && result.request !== null) {
        answerMalformed(result.request, status, 'message length', flow);
      }
    },
  };
  const transports = options.makeTransports(sink);
  const transportOf = (name: TransportName): Transport | undefined =>
    transports[name === 'wss' ? 'ws' : name];

  const startMore = async (name: 'tls' | 'ws', host: string, more: MorePort | undefined): Promise<void> => {
    const transport = transports[name];
    if (transport === undefined || more === undefined) return;
    try {
      ports[name] = await transport.start(host, more.port);
    } catch (error) {
      if (!more.isOptional) throw new PortTaken(name, more.port, error);
    }
  };

  const startPair = async (host: string, port: number): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      ports.tcp = await transports.tcp.start(host, port);
      try {
        ports.udp = await transports.udp.start(host, ports.tcp);
        return;
      } catch (error) {
        await transports.tcp.stop();
        if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  };

  const layer: TransportLayer = {
    counters,
    async start(host, port, more = {}) {
      await startPair(host, port);
      await startMore('tls', host, more.tls);
      await startMore('ws', host, more.ws);
      return { ...ports };
    },
    async stop() {
      const { udp, tcp, tls, ws } = transports;
      await Promise.all([udp, tcp, tls, ws].map(async (each) => await each?.stop()));
    },
    flowTo: (transport, address, port, serverName) =>
      transportOf(transport)?.flowTo(address, port, serverName) ?? deadFlow(transport, address, port),
    knownFlow: (transport, address, port) => transportOf(transport)?.knownFlow(address, port) ?? null,
    responseFlow(via, flow) {
      // RFC 3261 18.2.2: on the connection it came by, while that is open.
      if (flow.isReliable && flow.isOpen()) return flow;
      const address = via.parameters.get('received') ?? hostAddress(via.host);
      const rport = Number(via.parameters.get('rport') ?? NaN);
      const sentBy = via.port ?? 5060;
      const port = flow.isReliable || !(rport > 0) ? sentBy : rport;
      return layer.flowTo(flow.transport, address, port);
    },
    port: (transport) => ports[transport === 'wss' ? 'ws' : transport] ?? 0,
  };
  return layer;
}

/** Thrown by start(): which of the transports found its port taken. */
export class PortTaken extends Error {
  readonly transport: 'tls' | 'ws';
  readonly port: number;
  readonly code: string;

  constructor(transport: 'tls' | 'ws', port: number, cause: unknown) {
    super(`port ${port} for ${transport}`, { cause });
    this.transport = transport;
    this.port = port;
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  }
}

/** RFC 3261 18.2.1, RFC 3581 4: where it really came from. Never trusted as the sender wrote it. */
function stampVia(via: Via, flow: Flow): Via {
  const parameters = new Map(via.parameters);
  const hasRport = parameters.has('rport');
  parameters.delete('received');
  if (hasRport || hostAddress(via.host) !== flow.remoteAddress)
    parameters.set('received', flow.remoteAddress);
  if (hasRport) parameters.set('rport', String(flow.remotePort));
  return { ...via, parameters };
}

function replaceTopVia(headers: Headers, via: Via): void {
  const index = headers.names.indexOf('Via');
  const below = splitList(headers.values[index] ?? '')?.slice(1) ?? [];
  headers.values[index] = [formatVia(via), ...below].join(', ');
}
