/**
 * Who may call, register and send messages: by digest (accounts), by address (peers), by where we registered
 * (trunks), or because it is ourselves who call (tokens). Asked by core.ts for every request that opens something. A known account's name must be proved even
 * from a trusted address.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { SipAgentConfig, SipOrigin } from '../agent.ts';
import type { DigestServer } from '../digest/digest-server.ts';
import { contactUri } from '../dialog/dialog.ts';
import type { SipRequest } from '../message/message.ts';
import type { Location } from '../registrar/location.ts';
import type { TrunkRegistration } from '../trunk/trunk-registration.ts';
import type { Flow } from '../transport/transport.ts';
import { userOf } from './parties.ts';

export type Admission =
  | { kind: 'admitted'; origin: SipOrigin; isAssertionTrusted: boolean }
  | { kind: 'challenge'; isStale: boolean }
  /** Wrong secret: answered 403, counted. */
  | { kind: 'wrong' }
  | { kind: 'forbidden' };

export interface Admissions {
  configure(config: SipAgentConfig): void;
  /** For INVITE and MESSAGE. */
  caller(request: SipRequest, flow: Flow): Admission;
  /** For REGISTER: digest always, of the account in To. */
  registration(
    request: SipRequest,
    flow: Flow,
  ): { kind: 'account'; username: string } | Exclude<Admission, { kind: 'admitted' }>;
  isTrusted(address: string): boolean;
  passwordOf(username: string): string | null;
}

interface Peer {
  ref: string;
  networks: BlockList;
}

export function createAdmissions(
  digest: () => DigestServer,
  location: () => Location,
  trunks: () => readonly TrunkRegistration[],
): Admissions {
  const accounts = new Map<string, { password: string; ref: string }>();
  let peers: Peer[] = [];
  let selfCalls: readonly { token: string; ref: string }[] = [];

  const peerAt = (address: string): Peer | null => {
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    return peers.find((each) => each.networks.check(address, family)) ?? null;
  };

  /**
   * The account that a request claims: by From; from outside the trusted networks also by Contact or by coming from
   * where a phone registered.
   */
  const claimed = (request: SipRequest, flow: Flow, isPeer: boolean): string | null => {
    const from = userOf(request.from.uri);
    if (accounts.has(from)) return from;
    if (isPeer) return null;
    const contact = userOf(contactUri(request) ?? '');
    if (accounts.has(contact)) return contact;
    return location().isSource(flow.remoteAddress, flow.remotePort)?.username ?? null;
  };

  const proved = (request: SipRequest, flow: Flow, username: string): Admission => {
    const verdict = digest().verify(request, flow.remoteAddress);
    if (verdict.kind !== 'proved') return verdict;
    const account = accounts.get(verdict.username);
    // One account's secret does not speak for another's name.
    if (account === undefined || verdict.username !== username) return { kind: 'forbidden' };
    return { kind: 'admitted', origin: { kind: 'account', ref: account.ref }, isAssertionTrusted: false };
  };

  const byAccount = (request: SipRequest, flow: Flow): Admission => {
    const username = claimed(request, flow, false);
    return username === null ? { kind: 'forbidden' } : proved(request, flow, username);
  };

  return {
    configure(config) {
      accounts.clear();
      for (const { username, password, ref } of config.accounts) accounts.set(username, { password, ref });
      selfCalls = config.selfCalls ?? [];
      peers = config.peers.map(({ ref, cidrs }) => ({ ref, networks: networksOf(cidrs) }));
    },
    caller(request, flow) {
      const called = selfCalls.length === 0 ? '' : userOf(request.uri);
      const own = selfCalls.find(({ token }) => token === called);
      if (own !== undefined) {
        return { kind: 'admitted', origin: { kind: 'peer', ref: own.ref }, isAssertionTrusted: false };
      }
      // A browser stands at a trusted address whatever page it shows: by WebSocket only a secret counts.
      const isBrowser = flow.transport === 'ws' || flow.transport === 'wss';
      if (isBrowser) return byAccount(request, flow);
      const peer = peerAt(flow.remoteAddress);
      const byToken = trunks().find((each) => each.isCalledBy(request.uri));
      const bySocket = trunks().find((each) => each.isServer(flow.remoteAddress, flow.remotePort));
      const trunk = byToken ?? bySocket;
      if (trunk !== undefined) {
        return { kind: 'admitted', origin: { kind: 'trunk', ref: trunk.ref }, isAssertionTrusted: true };
      }
      const username = claimed(request, flow, peer !== null);
      if (username !== null) return proved(request, flow, username);
      if (peer !== null) {
        return { kind: 'admitted', origin: { kind: 'peer', ref: peer.ref }, isAssertionTrusted: true };
      }
      const byAddress = trunks().find((each) => each.isServer(flow.remoteAddress, null));
      if (byAddress === undefined) return { kind: 'forbidden' };
      return { kind: 'admitted', origin: { kind: 'trunk', ref: byAddress.ref }, isAssertionTrusted: true };
    },
    registration(request, flow) {
      const username = userOf(request.to.uri);
      const verdict = digest().verify(request, flow.remoteAddress);
      if (verdict.kind !== 'proved') return verdict;
      return verdict.username === username ? { kind: 'account', username } : { kind: 'forbidden' };
    },
    isTrusted: (address) =>
      peerAt(address) !== null ||
      trunks().some((each) => each.isServer(address, null)) ||
      location().isSource(address, null) !== null,
    passwordOf: (username) => accounts.get(username)?.password ?? null,
  };
}

/** What is no network is left out: the settings were checked before. */
function networksOf(cidrs: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/');
    const version = isIP(address);
    if (version === 0) continue;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? NaN : Number(prefix);
    const widest = version === 6 ? 128 : 32;
    networks.addSubnet(
      address,
      Number.isInteger(bits) && bits >= 0 && bits <= widest ? bits : widest,
      family,
    );
  }
  return networks;
}
