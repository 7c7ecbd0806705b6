/**
 * From a target of call/ to the INVITEs and MESSAGEs that go out: contacts of an account with their flows, a number
 * through a gateway's account or a trunk, a plain URI. Called by create-agent.ts.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type {
  OutgoingInvite,
  Session,
  SessionDelegate,
  SipAgentConfig,
  SipMessageOptions,
  SipTarget,
} from '../agent.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import { formatNameAddress } from '../message/name-address.ts';
import { decodeUser, encodeUser, formatUri, hostAddress, parseUri, uriHost } from '../message/uri.ts';
import { wireFromText } from '../message/wire-text.ts';
import type { Binding, Location } from '../registrar/location.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { deadFlow, type Flow } from '../transport/transport.ts';
import type { TrunkRegistration } from '../trunk/trunk-registration.ts';
import { reportFault, type UserAgentContext } from './context.ts';
import { OutgoingCall } from './outgoing-call.ts';
import type { ForkParts, ForkTarget } from './outgoing-fork.ts';
import { sendMessage } from './outgoing-message.ts';
import { userOf } from './parties.ts';

export interface DiallingParts {
  context: UserAgentContext;
  location: Location;
  config(): SipAgentConfig;
  trunks(): readonly TrunkRegistration[];
  onMessage(transaction: ServerTransaction): void;
}

interface Route {
  targets: ForkTarget[];
  /** To without tag. */
  to: string;
  /** `host[:port]` of our From; null: our address towards there. */
  fromHost: string | null;
  fromUser: string | null;
  digest(): DigestClient | null;
}

export interface Dialling {
  invite(request: OutgoingInvite, delegate: SessionDelegate): Session;
  message(target: SipTarget, text: string, options?: SipMessageOptions): Promise<number>;
}

export function createDialling(parts: DiallingParts): Dialling {
  const { context } = parts;

  /**
   * The connection that a phone registered by, or where its datagrams came from; that is gone: its Contact. A phone cannot
   * show who it is, and a browser cannot be connected to: they have to come back by themselves.
   */
  const flowOf = (binding: Binding): Flow => {
    const { transport, address, port } = binding;
    const known = context.transport.knownFlow(transport, address, port);
    if (known !== null) return known;
    if (transport !== 'udp' && transport !== 'tcp') return deadFlow(transport, address, port);
    const contact = parseUri(binding.contact);
    return context.transport.flowTo(transport, address, contact?.port ?? 5060);
  };

  const routeToAccount = (username: string): Route => ({
    targets: parts.location.of(username).map((binding) => ({
      uri: binding.contact,
      flow: flowOf(binding),
      isTransportOpen: false,
    })),
    to: `<sip:${encodeUser(username)}@${parts.context.stationHost()}>`,
    fromHost: null,
    fromUser: null,
    digest: () => null,
  });

  /** Its latest contact alone: a number is dialled once, also when the gateway has left an older contact behind. */
  const routeThroughAccount = (username: string, number: string): Route => {
    const way = routeToAccount(username);
    const latest = parts.location.of(username).toSorted((a, b) => b.expiresAtMs - a.expiresAtMs)[0];
    const contact = latest === undefined ? null : parseUri(latest.contact);
    if (latest === undefined || contact === null) return { ...way, targets: [] };
    const uri = formatUri({ ...contact, user: encodeUser(number), headers: '' });
    return {
      ...way,
      targets: [{ uri, flow: flowOf(latest), isTransportOpen: false }],
      to: `<sip:${encodeUser(number)}@${context.stationHost()}>`,
    };
  };

  const found = (
    uri: string,
    digest: () => DigestClient | null,
    from: Pick<Route, 'fromHost' | 'fromUser'>,
  ) =>
    new Promise<Route | null>((resolve) => {
      context.destinations.find(uri, (destination) => {
        if (destination === null) {
          resolve(null);
          return;
        }
        const { transport, address, port, serverName, isTransportOpen } = destination;
        const flow = context.transport.flowTo(transport, address, port, serverName);
        resolve({ targets: [{ uri, flow, isTransportOpen }], to: `<${uri}>`, ...from, digest });
      });
    });

  const route = async (target: SipTarget, fromUser: string | null): Promise<Route | null> => {
    if (target.kind === 'account') return routeToAccount(target.username);
    if (target.kind === 'account-number') return routeThroughAccount(target.username, target.number);
    if (target.kind === 'uri') {
      const uri = /^sips?:/i.test(target.uri) ? target.uri : `sip:${target.uri}`;
      return await found(wireFromText(uri), () => credentialsFor(uri, fromUser), {
        fromHost: null,
        fromUser: null,
      });
    }
    const trunk = parts.trunks().find((each) => each.ref === target.ref);
    const server = trunk === undefined ? null : parseUri(trunk.serverUri);
    if (trunk === undefined || server === null) return null;
    const uri = formatUri({ ...server, user: encodeUser(target.number) });
    const from = { fromHost: trunk.domain, fromUser: trunk.config.username };
    const reached = await found(uri, () => trunk.newDigest(), from);
    // The trunk's transport was chosen: no change to TCP behind its back.
    return reached === null
      ? null
      : { ...reached, targets: reached.targets.map((each) => ({ ...each, isTransportOpen: false })) };
  };

  /** A URI at a server that trunks of ours register on may ask for a secret: that of the caller's name before others'. */
  const credentialsFor = (uri: string, fromUser: string | null): DigestClient | null => {
    const host = hostAddress(parseUri(uri)?.host ?? '');
    const there = parts.trunks().filter((each) => hostAddress(parseUri(each.serverUri)?.host ?? '') === host);
    return (there.find((each) => each.config.username === fromUser) ?? there[0])?.newDigest() ?? null;
  };

  const fromHeader = (from: OutgoingInvite['from'], way: Route, flow: Flow): string => {
    const host = way.fromHost ?? uriHost(context.localAddress(flow.remoteAddress));
    const user = from.number ?? way.fromUser ?? 'anonymous';
    const name = from.displayName ?? (from.number === null ? context.stationName() : '');
    return formatNameAddress(wireFromText(name), `sip:${encodeUser(user)}@${host}`, null);
  };

  const originOf = (target: SipTarget): Session['origin'] => {
    if (target.kind === 'trunk') return { kind: 'trunk', ref: target.ref };
    if (target.kind === 'uri') return { kind: 'peer', ref: target.ref };
    const account = parts.config().accounts.find((each) => each.username === target.username);
    return { kind: 'account', ref: account?.ref ?? target.username };
  };

  return {
    invite(request, delegate) {
      const { target } = request;
      const callId = `${randomBytes(12).toString('hex')}@${context.stationHost()}`;
      const called = calledOf(target);
      const call = new OutgoingCall(context, {
        id: randomUUID(),
        callId,
        origin: originOf(target),
        remote: { user: called, host: target.kind === 'uri' ? hostOf(target.uri) : '', displayName: '' },
        called,
        delegate,
      });
      const dial = (way: Route | null): void => {
        if (way === null) {
          call.fail({ by: 'transport', how: 'unreachable', status: null, reason: 'no such host' });
          return;
        }
        if (way.targets.length === 0) {
          call.fail({ by: 'transport', how: 'unreachable', status: 480, reason: 'not registered' });
          return;
        }
        const headers = target.kind === 'account' && target.isAutoAnswer ? autoAnswer(context) : [];
        call.dial(
          way.targets.map(
            (each): ForkParts => ({
              callId,
              from: fromHeader(request.from, way, each.flow),
              to: way.to,
              contactUser: request.from.number ?? way.fromUser ?? 'openline',
              target: each,
              headers,
              digest: way.digest(),
              offer: offerFor(request, each.flow),
              onMessage: (transaction) => parts.onMessage(transaction),
            }),
          ),
        );
      };
      // A fault of ours costs this call, not the process with all others.
      route(target, request.from.number)
        .then(dial)
        .catch((error: unknown) => {
          reportFault(context, error);
          call.fail({ by: 'transport', how: 'error', status: null, reason: null });
        });
      return call;
    },
    async message(target, text, options = {}) {
      const way = await route(target, null);
      if (way === null) return target.kind === 'trunk' ? 404 : 503;
      if (way.targets.length === 0) return 404;
      const party = options.from ?? { number: null, displayName: null };
      const from = ({ flow }: ForkTarget): string => fromHeader(party, way, flow);
      return await sendMessage(context, { ...way, from }, text, options);
    },
  };
}

/** RFC 7118: who connects by WebSocket is a browser, and takes sound by WebRTC alone. */
function offerFor(request: OutgoingInvite, flow: Flow): ForkParts['offer'] {
  const isBrowser = flow.transport === 'ws' || flow.transport === 'wss';
  if (isBrowser && request.offerToBrowser !== undefined) return () => request.offerToBrowser?.() ?? null;
  return (address, isSecured) => request.offer(address, isSecured);
}

function calledOf(target: SipTarget): string {
  if (target.kind === 'account') return target.username;
  return target.kind === 'uri' ? userOf(target.uri) || decodeUser(target.uri) : target.number;
}

function hostOf(uri: string): string {
  return hostAddress(parseUri(uri)?.host ?? '');
}

/** The ways by which phones are asked to pick up by themselves: RFC 5373, and what Snom, Yealink and baresip read. */
function autoAnswer(context: UserAgentContext): (readonly [string, string])[] {
  return [
    ['Call-Info', `<sip:${context.stationHost()}>;answer-after=0`],
    ['Alert-Info', '<http://localhost>;info=alert-autoanswer;delay=0'],
    ['Answer-Mode', 'Auto'],
  ];
}
