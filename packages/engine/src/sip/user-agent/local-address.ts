/**
 * Which of our addresses a far end sees us by: for Via, Contact and SDP. Answers at once from what is known
 * (interfaces, earlier probes) and learns the rest by connecting a UDP socket, which sends nothing.
 */
import { createSocket } from 'node:dgram';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

const MAX_KNOWN = 1000;
const NEAR_LIFE_MS = 10_000;

export interface LocalAddresses {
  towards(remoteAddress: string): string;
  /** Asks the routing table, so that `towards` answers rightly from then on. Never rejects. */
  learn(remoteAddress: string): Promise<void>;
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** TEST-NET-1 (RFC 5737): routed as any foreign address, belongs to nobody. */
const FOREIGN_ADDRESS = '192.0.2.1';

export function createLocalAddresses(
  host: string,
  publicAddress: string | null,
  interfaces: typeof networkInterfaces = networkInterfaces,
): LocalAddresses {
  const known = new Map<string, string>();
  const isWildcard = host === '0.0.0.0' || host === '::';

  /** Own address in the same network; interfaces are looked at again after a while (they change with Wi-Fi, VPN). */
  const near = new Map<string, { address: string | null; untilMs: number }>();
  const nearTo = (remoteAddress: string): string | null => {
    if (isLoopback(remoteAddress)) return isIPv6(remoteAddress) ? '::1' : '127.0.0.1';
    const found = near.get(remoteAddress);
    if (found !== undefined && found.untilMs > performance.now()) return found.address;
    if (near.size >= MAX_KNOWN) near.clear();
    const address = nearAddress(remoteAddress, interfaces());
    near.set(remoteAddress, { address, untilMs: performance.now() + NEAR_LIFE_MS });
    return address;
  };

  const towards = (remoteAddress: string): string => {
    // A phone on the station's own network does not see us by the address outside of the NAT.
    const own = nearTo(remoteAddress);
    if (own !== null) return isWildcard ? own : host;
    if (publicAddress !== null) return publicAddress;
    if (!isWildcard) return host;
    return (
      known.get(remoteAddress) ?? known.get(FOREIGN_ADDRESS) ?? firstAddress(remoteAddress, interfaces())
    );
  };

  return {
    towards,
    async learn(remoteAddress) {
      if (!isWildcard || known.has(remoteAddress) || nearTo(remoteAddress) !== null) return;
      const address = await probe(remoteAddress);
      if (known.size >= MAX_KNOWN) known.clear();
      if (address !== null) known.set(remoteAddress, address);
    },
  };
}

export { FOREIGN_ADDRESS };

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Our address in the network of that one. */
function nearAddress(remoteAddress: string, interfaces: Interfaces): string | null {
  const family = isIPv6(remoteAddress) ? 'ipv6' : 'ipv4';
  for (const each of Object.values(interfaces).flat()) {
    if (each === undefined || each.family.toLowerCase() !== family || each.cidr === null) continue;
    const network = new BlockList();
    network.addSubnet(each.address, Number(each.cidr.split('/')[1]), family);
    if (network.check(remoteAddress, family)) return each.address;
  }
  return null;
}

function firstAddress(remoteAddress: string, interfaces: Interfaces): string {
  const family = isIPv6(remoteAddress) ? 'IPv6' : 'IPv4';
  const all = Object.values(interfaces).flat();
  const found = all.find((each) => each !== undefined && each.family === family && !each.internal);
  return found?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}

function probe(remoteAddress: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(remoteAddress) ? 'udp6' : 'udp4');
    const finish = (address: string | null): void => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(null));
    socket.connect(5060, remoteAddress, () => finish(socket.address().address));
  });
}
