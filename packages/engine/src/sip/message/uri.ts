/**
 * SIP, SIPS and other URIs (RFC 3261 19.1). Parsed where a decision hangs on a part; carried as text elsewhere.
 * A URI that is not understood is null, never an exception.
 */
import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { textFromWire, wireFromText } from './wire-text.ts';

export interface SipUri {
  /** Lower case. For schemes other than sip and sips only `scheme` and `opaque` mean something. */
  scheme: string;
  /** As written, escapes kept. '' when there is none. */
  user: string;
  host: string;
  port: number | null;
  parameters: Parameters;
  /** The part behind `?`, '' when there is none. */
  headers: string;
  opaque: string;
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/;
const NO_PARAMETERS: Parameters = new Map();

export function parseUri(text: string): SipUri | null {
  const colon = text.indexOf(':');
  if (colon <= 0) return null;
  const scheme = text.slice(0, colon).toLowerCase();
  const opaque = text.slice(colon + 1);
  if (!SCHEME.test(scheme) || opaque === '' || /[\s<>]/.test(text)) return null;
  if (scheme !== 'sip' && scheme !== 'sips') {
    return { scheme, user: '', host: '', port: null, parameters: NO_PARAMETERS, headers: '', opaque };
  }
  // The user part may hold `;`, `?` and `:`, so the `@` is looked for first (RFC 3261 25.1, user-unreserved).
  const at = opaque.lastIndexOf('@', headersStart(opaque));
  let user = at < 0 ? '' : opaque.slice(0, at);
  const password = passwordStart(user);
  if (password >= 0) user = user.slice(0, password);
  const rest = opaque.slice(at + 1);
  const question = rest.indexOf('?');
  const beforeHeaders = question < 0 ? rest : rest.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const hostPort = semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon);
  const parameters = semicolon < 0 ? NO_PARAMETERS : parseParameters(beforeHeaders.slice(semicolon));
  const location = parseHostPort(hostPort);
  if (parameters === null || location === null) return null;
  const headers = question < 0 ? '' : rest.slice(question + 1);
  return { scheme, user, host: location.host, port: location.port, parameters, headers, opaque };
}

/** Behind an `@` of the URI's headers (`?to=x@y`) no user part can end; without `?` the whole text is searched. */
function headersStart(opaque: string): number {
  const firstAt = opaque.indexOf('@');
  const question = opaque.indexOf('?', firstAt < 0 ? 0 : firstAt);
  return question < 0 ? opaque.length : question;
}

function passwordStart(user: string): number {
  return user.indexOf(':');
}

/** `host`, `host:port`, `[v6]:port`. Spaces around the colon are what RFC 4475 3.1.1.1 allows in Via. */
export function parseHostPort(text: string): { host: string; port: number | null } | null {
  const trimmed = text.trim();
  const bracket = trimmed.charCodeAt(0) === 0x5b ? trimmed.indexOf(']') : 0;
  if (bracket < 0) return null;
  const colon = trimmed.indexOf(':', bracket);
  const host = (colon < 0 ? trimmed : trimmed.slice(0, colon)).trim();
  if (!HOST.test(host)) return null;
  if (colon < 0) return { host, port: null };
  const digits = trimmed.slice(colon + 1).trim();
  if (!/^\d{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  return port > 65535 ? null : { host, port };
}

export function formatUri(uri: SipUri): string {
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips') return `${uri.scheme}:${uri.opaque}`;
  const user = uri.user === '' ? '' : `${uri.user}@`;
  const port = uri.port === null ? '' : `:${uri.port}`;
  const headers = uri.headers === '' ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${formatParameters(uri.parameters)}${headers}`;
}

/** The user part as text, escapes decoded; a broken escape is left as it stands. */
export function decodeUser(user: string): string {
  const bytes = user.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return textFromWire(bytes);
}

/** Any text as a user part (RFC 3261 25.1, user): what is not allowed is escaped. */
export function encodeUser(text: string): string {
  return wireFromText(text)
    .replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/#]/g, escapeByte)
    .replace(/#/g, '%23');
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** An address as it stands in a URI or a Via: IPv6 in brackets. */
export function uriHost(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** The address of a URI's or Via's host: brackets taken off. */
export function hostAddress(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
