/**
 * By what way a line dials numbers: its registration, its gateway, a gateway that registers with us, or the one address
 * that it trusts. Used to make both the desk's and the exchange's part of the settings, so that they agree.
 */
import { isIP } from 'node:net';
import type { Settings } from './schema.ts';

type Line = Settings['lines'][number];

/** Where it dials out to without a registration on either side; null when it has another way, or none. */
export function gatewayOf(line: Line): string | null {
  if (line.gateway !== null) return line.gateway;
  if (line.register !== null || line.accounts.length > 0) return null;
  const [only, ...others] = line.trust;
  if (only === undefined || others.length > 0) return null;
  const [address = '', length] = only.split('/');
  const family = isIP(address);
  const isOneAddress = length === undefined || Number(length) === (family === 4 ? 32 : 128);
  if (!isOneAddress) return null;
  return `sip:${family === 6 ? `[${address}]` : address}:5060`;
}

export function canDialNumbers(line: Line): boolean {
  return line.register !== null || line.accounts.length > 0 || gatewayOf(line) !== null;
}
