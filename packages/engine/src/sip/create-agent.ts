/**
 * Puts the SIP agent together: transports, transactions, user agent, registrar, trunks. The one file that knows all
 * layers. Called by the engine's main.ts and by programs that simulate telephones.
 */
import type { SipAgent, SipAgentConfig, SipAgentOptions } from './agent.ts';
import { type Clock, createSystemClock } from './clock.ts';
import { createDigestServer } from './digest/digest-server.ts';
import { uriHost } from './message/uri.ts';
import { type Binding, createLocation } from './registrar/location.ts';
import { createTransactionLayer, type TransactionUser } from './transaction/transaction-layer.ts';
import { createSourceGuard } from './transport/source-guard.ts';
import { createTcpTransport } from './transport/tcp-transport.ts';
import { createTransportLayer } from './transport/transport-layer.ts';
import { createTlsTransport } from './transport/tls-transport.ts';
import type { Flow, Transports, TransportSink } from './transport/transport.ts';
import { createUdpTransport } from './transport/udp-transport.ts';
import { createWebSocketTransport } from './transport/web-socket-transport.ts';
import { TrunkRegistration } from './trunk/trunk-registration.ts';
import { createAdmissions } from './user-agent/admission.ts';
import { guarded, type UserAgentContext } from './user-agent/context.ts';
import { createCore } from './user-agent/core.ts';
import { createDestinationFinder } from './user-agent/destination.ts';
import { createDialling } from './user-agent/dialling.ts';
import { createLocalAddresses, FOREIGN_ADDRESS } from './user-agent/local-address.ts';

/** What tests put in the place of the machine's. */
export interface SipAgentParts {
  clock: Clock & { cancelAll?(): void };
  epochMs(): number;
  random(): number;
  makeTransports(sink: TransportSink): Transports;
}

const NO_CONFIG: SipAgentConfig = { accounts: [], peers: [], trunks: [], stationName: 'Openline' };

/** Goodbyes get so long at stop. */
const STOP_MS = 1500;

export function createSipAgent(options: SipAgentOptions, replaced: Partial<SipAgentParts> = {}): SipAgent {
  const clock = replaced.clock ?? createSystemClock();
  const epochMs = replaced.epochMs ?? Date.now;
  const { delegate } = options;
  let config = NO_CONFIG;
  let trunks: TrunkRegistration[] = [];
  let isRunning = false;

  const addresses = createLocalAddresses(options.host, options.publicAddress);
  const admissions = createAdmissions(
    () => digest,
    () => location,
    () => trunks,
  );
  const digest = createDigestServer(clock, (username) => admissions.passwordOf(username));
  const guard = createSourceGuard(clock, (address) => admissions.isTrusted(address));

  let renewIdentity: SipAgent['renewIdentity'] = () => {};
  const moreTransports = (sink: TransportSink): Pick<Transports, 'tls' | 'ws'> => {
    if (options.more === undefined) return {};
    const { identity, authorities, ws } = options.more;
    const tls = createTlsTransport(sink, clock, { identity, ...(authorities && { authorities }) });
    const webSocket = createWebSocketTransport(sink, clock, { identity, origins: ws?.origins ?? [] });
    renewIdentity = (renewed) => {
      tls.renew(renewed);
      webSocket.renew(renewed);
    };
    return { tls, ws: webSocket };
  };
  const makeTransports =
    replaced.makeTransports ??
    ((sink: TransportSink): Transports => ({
      udp: createUdpTransport(sink),
      tcp: createTcpTransport(sink, clock),
      ...moreTransports(sink),
    }));
  const transport = createTransportLayer({
    clock,
    makeTransports,
    admits: (address) => guard.admits(address),
    isTrusted: (address) => admissions.isTrusted(address),
    onClosed: (flow) => forget(flow),
    user: {
      onRequest: (request, flow) => guarded(context, undefined, () => transactions.onRequest(request, flow)),
      onResponse: (response) => guarded(context, undefined, () => transactions.onResponse(response)),
    },
  });
  const user: TransactionUser = {
    onRequest: (transaction) => core.onRequest(transaction),
    onAck: (ack, flow) => core.onAck(ack, flow),
  };
  const transactions = createTransactionLayer({
    clock,
    transport,
    localAddress: (remote) => addresses.towards(remote),
    user,
  });
  const context: UserAgentContext = {
    clock,
    transactions,
    transport,
    destinations: createDestinationFinder(() => clock.nowMs(), addresses),
    userAgent: options.userAgent,
    localAddress: (remote) => addresses.towards(remote),
    stationName: () => config.stationName,
    stationHost: () => uriHost(options.publicAddress ?? addresses.towards(FOREIGN_ADDRESS)),
    dialogs: new Map(),
    sessions: new Set(),
    counters: { delegateErrors: 0 },
    random: replaced.random ?? Math.random,
  };

  const accountState = ({ username, ref }: { username: string; ref: string }) => {
    const bindings = location.of(username);
    const latest = bindings.toSorted((left, right) => right.expiresAtMs - left.expiresAtMs)[0];
    return { username, ref, isRegistered: bindings.length > 0, userAgent: latest?.userAgent ?? null };
  };
  /** Last state told of each account, so that a refresh is no news. */
  const told = new Map<string, string>();
  const tellAccount = (username: string): void => {
    const account = config.accounts.find((each) => each.username === username);
    if (account === undefined) return;
    const state = accountState(account);
    const summary = JSON.stringify(state);
    if (told.get(username) === summary) return;
    told.set(username, summary);
    guarded(context, undefined, () => delegate.onAccount(state));
  };
  const location = createLocation(options.bindingsFile, clock, epochMs, tellAccount);

  /** A browser cannot be reached but by the socket that it registered over (RFC 5626 5.3); it registers again with another. */
  const forget = ({ transport: name, remoteAddress, remotePort }: Flow): void => {
    if (name !== 'ws' && name !== 'wss') return;
    const isMeant = (each: Binding): boolean =>
      each.transport === name && each.address === remoteAddress && each.port === remotePort;
    if (!isRunning) return;
    for (const each of location.all().filter(isMeant)) location.remove(each);
  };

  const core = createCore({
    context,
    delegate,
    admissions,
    digest,
    location,
    guard,
    trunks: () => trunks,
    epochMs,
  });
  const dialling = createDialling({
    context,
    location,
    config: () => config,
    trunks: () => trunks,
    onMessage: (transaction) => core.onMessage(transaction),
  });

  const configureTrunks = (): void => {
    const wanted = new Map(config.trunks.map((each) => [JSON.stringify(each), each]));
    const kept = trunks.filter((each) => wanted.delete(JSON.stringify(each.config)));
    for (const each of trunks) if (!kept.includes(each)) void each.stop();
    const added = [...wanted.values()].map(
      (each) =>
        new TrunkRegistration(context, each, (state) =>
          guarded(context, undefined, () => delegate.onTrunk(state)),
        ),
    );
    trunks = [...kept, ...added];
    for (const each of added) each.start();
  };

  return {
    async start() {
      await location.load();
      await addresses.learn(FOREIGN_ADDRESS);
      const ports = await transport.start(options.host, options.port, options.more);
      isRunning = true;
      configureTrunks();
      for (const { username } of config.accounts) tellAccount(username);
      return ports;
    },
    async stop() {
      isRunning = false;
      for (const session of Array.from(context.sessions)) session.end();
      const goodbye = Promise.all(trunks.map((each) => each.stop()));
      const patience = new Promise<void>((resolve) => clock.after(STOP_MS, resolve));
      // BYEs and CANCELs are on their way; their answers are waited for with the trunks'.
      await Promise.race([Promise.all([goodbye, settled(clock, transactions)]), patience]);
      transactions.stop();
      await transport.stop();
      location.stop();
      await location.flush();
      clock.cancelAll?.();
    },
    renewIdentity: (identity) => renewIdentity(identity),
    configure(next) {
      config = next;
      admissions.configure(next);
      location.keepOnly(new Set(next.accounts.map((each) => each.username)));
      if (!isRunning) return;
      configureTrunks();
      for (const { username } of config.accounts) tellAccount(username);
    },
    invite: (request, sessionDelegate) => dialling.invite(request, sessionDelegate),
    message: (target, text, options) => dialling.message(target, text, options),
    isRegistered: (username) => location.of(username).length > 0,
    accountStates: () => config.accounts.map(accountState),
    trunkStates: () => trunks.map((each) => each.state),
    localAddressTowards: (remote) => addresses.towards(remote),
    stats: () => ({
      ...transport.counters,
      ...guard.counters,
      ...transactions.counters,
      ...context.counters,
      dialogs: context.dialogs.size,
      sessions: context.sessions.size,
      bindings: location.all().length,
    }),
  };
}

/** Until no request of ours waits for its answer. */
function settled(clock: Clock, transactions: { waiting(): number }): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (transactions.waiting() === 0) resolve();
      else clock.after(20, look);
    };
    look();
  });
}
