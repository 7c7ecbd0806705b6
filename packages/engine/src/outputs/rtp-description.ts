/**
 * The description (SDP, RFC 8866) of an RTP output, for receivers that are to find it: AES67 section 8, with the clock of
 * this machine as reference (RFC 7273). Served by program-socket.ts.
 */
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { OutputConfig } from '../control/contract.ts';

export const RTP_PAYLOAD_TYPE = 97;

type RtpConfig = Extract<OutputConfig, { type: 'rtp' }>;

export function describeRtp(config: RtpConfig, origin: string, sessionId: number): string {
  const { address, port, encoding, ptimeMs, ttl, name } = config;
  const family = isIPv6(address) ? 'IP6' : 'IP4';
  const scope = isMulticast(address) && family === 'IP4' ? `/${ttl}` : '';
  const mac = macOf(origin);
  return [
    'v=0',
    `o=- ${sessionId} 1 IN ${isIPv6(origin) ? 'IP6' : 'IP4'} ${origin}`,
    `s=${name.replace(/[\r\n]+/g, ' ') || ' '}`,
    `c=IN ${family} ${address}${scope}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${RTP_PAYLOAD_TYPE}`,
    `a=rtpmap:${RTP_PAYLOAD_TYPE} ${encoding}/48000/1`,
    `a=ptime:${ptimeMs}`,
    ...(mac === null ? [] : [`a=ts-refclk:localmac=${mac}`]),
    'a=mediaclk:sender',
    '',
  ].join('\r\n');
}

/** 224.0.0.0/4, ff00::/8 */
export function isMulticast(address: string): boolean {
  if (isIP(address) === 6) return /^ff/i.test(address);
  const first = Number(address.split('.')[0]);
  return first >= 224 && first <= 239;
}

/** The address that receivers see us send from: the one that is set, else the first that is not this machine's own. */
export function originOf({ interfaceAddress }: RtpConfig): string {
  if (interfaceAddress !== null) return interfaceAddress;
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return own.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}

function macOf(address: string): string | null {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const mac = own.find((each) => each.address === address)?.mac;
  return mac === undefined || mac === '00:00:00:00:00:00' ? null : mac.toUpperCase().replaceAll(':', '-');
}
