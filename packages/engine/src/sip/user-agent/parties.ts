/**
 * Who a request says it is from and for, in text that people can read.
 */
import type { SipParty } from '../agent.ts';
import type { SipRequest } from '../message/message.ts';
import { parseNameAddress } from '../message/name-address.ts';
import { decodeUser, hostAddress, parseUri } from '../message/uri.ts';
import { textFromWire } from '../message/wire-text.ts';

/** The far end by From; a trunk's P-Asserted-Identity counts more (RFC 3325), but not against a wish for privacy. */
export function remoteParty(request: SipRequest, isAssertionTrusted: boolean): SipParty {
  const asserted = request.headers.get('P-Asserted-Identity');
  const isPrivate = /\b(?:id|user|header)\b/i.test(request.headers.get('Privacy') ?? '');
  const identity =
    asserted === null || !isAssertionTrusted ? null : parseNameAddress(asserted.split(',', 1)[0] ?? '');
  const source = identity ?? request.from;
  const uri = parseUri(source.uri);
  const user = userOf(source.uri);
  const host = hostAddress(uri?.host ?? '');
  if (isPrivate || user.toLowerCase() === 'anonymous') return { user: '', host, displayName: '' };
  return { user, host, displayName: textFromWire(source.displayName) };
}

/** User part of a SIP URI or number of a tel URI, escapes decoded, parameters cut off. */
export function userOf(uriText: string): string {
  const uri = parseUri(uriText);
  if (uri === null) return '';
  const user = uri.scheme === 'tel' ? uri.opaque : uri.user;
  return decodeUser(user.split(';', 1)[0] ?? '');
}
