/**
 * Who a request says it is from and for, in text that people can read.
 */
import type { SipParty } from '../agent.ts';
import type { Headers, SipRequest } from '../message/message.ts';
import { type NameAddress, parseNameAddress } from '../message/name-address.ts';
import { decodeUser, hostAddress, parseUri } from '../message/uri.ts';
import { textFromWire } from '../message/wire-text.ts';

/** What gateways write in the place of a number that is withheld. */
const WITHHELD = new Set(['anonymous', 'restricted', 'unavailable', 'unknown', 'private']);

/**
 * The far end by From; what a trusted peer asserts of it counts more (RFC 3325, and Remote-Party-ID of the gateways that
 * were there before it), but not against a wish for privacy.
 */
export function remoteParty(request: SipRequest, isAssertionTrusted: boolean): SipParty {
  const asserted = isAssertionTrusted ? assertedParty(request.headers) : null;
  const isPrivate =
    /\b(?:id|user|header)\b/i.test(request.headers.get('Privacy') ?? '') ||
    /^(?:full|uri)$/i.test(asserted?.parameters.get('privacy') ?? '');
  const source = asserted ?? request.from;
  const uri = parseUri(source.uri);
  const user = userOf(source.uri);
  const host = hostAddress(uri?.host ?? '');
  if (isPrivate || WITHHELD.has(user.toLowerCase())) return { user: '', host, displayName: '' };
  return { user, host, displayName: textFromWire(source.displayName) };
}

function assertedParty(headers: Headers): NameAddress | null {
  const [first] = headers.list('P-Asserted-Identity');
  const calling = headers
    .list('Remote-Party-ID')
    .find((each) => !/;\s*party\s*=\s*(?!calling\b)/i.test(each));
  const value = first ?? calling;
  return value === undefined ? null : parseNameAddress(value);
}

/** User part of a SIP URI or number of a tel URI, escapes decoded, parameters cut off. */
export function userOf(uriText: string): string {
  const uri = parseUri(uriText);
  if (uri === null) return '';
  const user = decodeUser((uri.scheme === 'tel' ? uri.opaque : uri.user).split(';', 1)[0] ?? '');
  // RFC 3966 5.1.1: visual separators are no part of the number.
  return uri.scheme === 'tel' ? user.replace(/[-.()]/g, '') : user;
}
