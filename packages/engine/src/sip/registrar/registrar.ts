/**
 * RFC 3261 10.3: REGISTER of phones. The account was proved by digest before (user-agent/admission.ts); here its
 * contacts are added, refreshed and removed. Called by user-agent/core.ts.
 */
import { integerHeader, type SipRequest } from '../message/message.ts';
import { type NameAddress, parseNameAddresses } from '../message/name-address.ts';
import { parseUri } from '../message/uri.ts';
import { textFromWire } from '../message/wire-text.ts';
import type { Flow } from '../transport/transport.ts';
import { type Binding, type Location, MAX_CONTACTS } from './location.ts';

const DEFAULT_EXPIRES_S = 3600;
const MAX_EXPIRES_S = 3600;
const MIN_EXPIRES_S = 30;

export interface RegisterReply {
  status: number;
  reason?: string;
  headers: (readonly [string, string])[];
}

export function register(
  location: Location,
  username: string,
  request: SipRequest,
  flow: Flow,
  epochMs: number,
): RegisterReply {
  const values = request.headers.all('Contact');
  if (values.some((value) => value.trim() === '*')) return removeAll(location, username, request, values);
  const contacts = parseNameAddresses(values);
  if (contacts === null) return { status: 400, reason: 'Malformed Contact', headers: [] };
  const lifetimes = contacts.map((contact) => lifetimeS(contact, request));
  // RFC 3261 10.3 step 7.
  if (lifetimes.some((each) => each > 0 && each < MIN_EXPIRES_S)) {
    return { status: 423, headers: [['Min-Expires', String(MIN_EXPIRES_S)]] };
  }
  for (const contact of contacts) {
    const scheme = parseUri(contact.uri)?.scheme;
    if (scheme !== 'sip' && scheme !== 'sips') {
      return { status: 400, reason: 'Contact of another scheme', headers: [] };
    }
  }
  const known = location.of(username);
  if (contacts.some((contact) => isOutOfOrder(known, contact, request))) {
    return { status: 500, reason: 'Out of order', headers: [['Retry-After', '1']] };
  }
  if (known.length + contacts.length > MAX_CONTACTS * 2) return { status: 403, headers: [] };

  contacts.forEach((contact, index) => {
    const expiresS = lifetimes[index] ?? 0;
    const binding = bindingOf(username, contact, request, flow, epochMs + expiresS * 1000);
    const others = location.of(username).filter((each) => !isNamedBeside(each, binding, contacts));
    for (const old of replacedBy(others, binding, expiresS === 0)) location.remove(old);
    if (expiresS > 0) location.put(binding);
  });
  return { status: 200, headers: present(location.of(username), epochMs) };
}

function removeAll(
  location: Location,
  username: string,
  request: SipRequest,
  values: readonly string[],
): RegisterReply {
  // RFC 3261 10.2.2: alone, and with Expires: 0.
  if (values.length !== 1 || integerHeader(request.headers, 'Expires') !== 0) {
    return { status: 400, reason: 'Contact * without Expires 0', headers: [] };
  }
  for (const each of location.of(username)) location.remove(each);
  return { status: 200, headers: [] };
}

/** The contact's own `expires`, else the header's, else ours; a malformed one counts as an hour (RFC 3261 10.2.1.1). */
function lifetimeS(contact: NameAddress, request: SipRequest): number {
  const own = contact.parameters.get('expires');
  const text = own ?? request.headers.get('Expires');
  if (text === null) return DEFAULT_EXPIRES_S;
  if (!/^\d{1,12}$/.test(text.trim())) return DEFAULT_EXPIRES_S;
  return Math.min(Number(text), MAX_EXPIRES_S);
}

function isOutOfOrder(known: readonly Binding[], contact: NameAddress, request: SipRequest): boolean {
  const old = known.find((each) => each.contact === contact.uri);
  return old !== undefined && old.callId === request.callId && request.cseq <= old.cseq;
}

function bindingOf(
  username: string,
  contact: NameAddress,
  request: SipRequest,
  flow: Flow,
  expiresAtMs: number,
): Binding {
  const userAgent = request.headers.get('User-Agent');
  return {
    username,
    contact: contact.uri,
    callId: request.callId,
    cseq: request.cseq,
    instance: contact.parameters.get('+sip.instance') ?? null,
    userAgent: userAgent === null ? null : textFromWire(userAgent).slice(0, 200),
    address: flow.remoteAddress,
    port: flow.remotePort,
    transport: flow.transport,
    expiresAtMs,
  };
}

/** Another contact of the same REGISTER (RFC 3261 10.3): it is no former place of this one. */
function isNamedBeside(known: Binding, binding: Binding, contacts: readonly NameAddress[]): boolean {
  return known.contact !== binding.contact && contacts.some((each) => each.uri === known.contact);
}

/** What gives way to a binding: the same contact, the same phone restarted; over the limit the one that ends first. */
function replacedBy(known: readonly Binding[], binding: Binding, isRemoval: boolean): Binding[] {
  const replaced = known.filter(
    (each) =>
      (isRemoval && each.contact === binding.contact) ||
      (each.contact !== binding.contact &&
        ((binding.instance !== null && each.instance === binding.instance) ||
          each.callId === binding.callId)),
  );
  const kept = known.filter((each) => !replaced.includes(each) && each.contact !== binding.contact);
  if (kept.length >= MAX_CONTACTS) {
    const first = kept.toSorted((left, right) => left.expiresAtMs - right.expiresAtMs)[0];
    if (first !== undefined) replaced.push(first);
  }
  return replaced;
}

function present(bindings: readonly Binding[], epochMs: number): (readonly [string, string])[] {
  return bindings.map((each) => {
    const expiresS = Math.max(0, Math.round((each.expiresAtMs - epochMs) / 1000));
    return ['Contact', `<${each.contact}>;expires=${expiresS}`] as const;
  });
}
