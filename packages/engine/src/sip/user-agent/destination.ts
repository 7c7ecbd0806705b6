/**
 * From a URI to an address, port and transport (RFC 3263, without NAPTR and SRV: a trunk's server and phones are
 * named by address or host). Answers at once for addresses and names that were looked up lately.
 */
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { hostAddress, parseUri } from '../message/uri.ts';
import type { LocalAddresses } from './local-address.ts';

interface Destination {
  address: string;
  port: number;
  transport: 'udp' | 'tcp' | 'tls';
  /** Whom a certificate has to name. */
  serverName: string;
  /** The URI left the transport open, so a large request may change to TCP (RFC 3261 18.1.1). */
  isTransportOpen: boolean;
}

const NAME_LIFE_MS = 60_000;
const MAX_NAMES = 500;

export interface DestinationFinder {
  /** `done` once; null: no such host, or a scheme or transport that we do not speak. */
  find(uri: string, done: (destination: Destination | null) => void): void;
}

export function createDestinationFinder(
  nowMs: () => number,
  localAddresses: LocalAddresses,
  resolve: typeof lookup = lookup,
): DestinationFinder {
  const names = new Map<string, { address: string; untilMs: number }>();

  const withAddress = (host: string, done: (address: string | null) => void): void => {
    const literal = hostAddress(host);
    if (isIP(literal) !== 0) {
      done(literal);
      return;
    }
    const known = names.get(host);
    if (known !== undefined && known.untilMs > nowMs()) {
      done(known.address);
      return;
    }
    resolve(host, { family: 4 }, (error, address) => {
      if (error !== null) {
        done(null);
        return;
      }
      if (names.size >= MAX_NAMES) names.clear();
      names.set(host, { address, untilMs: nowMs() + NAME_LIFE_MS });
      void localAddresses.learn(address).then(() => done(address));
    });
  };

  return {
    find(text, done) {
      const uri = parseUri(text);
      const named = uri?.parameters.get('transport')?.toLowerCase() ?? null;
      const transport = uri === null ? null : transportOf(uri.scheme, named);
      if (uri === null || transport === null) {
        done(null);
        return;
      }
      withAddress(uri.host, (address) => {
        const port = uri.port ?? (transport === 'tls' ? 5061 : 5060);
        const isTransportOpen = named === null && transport !== 'tls';
        const serverName = uri.host;
        done(address === null ? null : { address, port, transport, serverName, isTransportOpen });
      });
    },
  };
}

/** sips needs TLS on every hop (RFC 3261 19.1, 26.2.2): not silently downgraded. Nobody can be called by WebSocket. */
function transportOf(scheme: string, named: string | null): 'udp' | 'tcp' | 'tls' | null {
  if (scheme === 'sips') return named === null || named === 'tcp' || named === 'tls' ? 'tls' : null;
  if (scheme !== 'sip') return null;
  if (named === null) return 'udp';
  return named === 'udp' || named === 'tcp' || named === 'tls' ? named : null;
}
