/**
 * Where a request comes from: a browser says in `Origin` which page sent it, and only pages of this very server may
 * change anything here or open its WebSocket with a cookie. Programs send no Origin.
 */
import type { IncomingMessage } from 'node:http';

export const SESSION_COOKIE = 'openline_session';
/** Over https: browsers keep a plain one of the same name from being set beside a secure one, whatever the port. */
export const SECURE_SESSION_COOKIE = 'openline_session_https';

export function isOwnOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (host === undefined) return false;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** The session token of the cookie header. */
export function cookieToken(header: string | undefined): string | undefined {
  const pairs = header?.split(';').map((part) => part.trim()) ?? [];
  const tokenOf = (name: string) => pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return tokenOf(SECURE_SESSION_COOKIE) ?? tokenOf(SESSION_COOKIE);
}

export function isLoopback(address: string | undefined): boolean {
  return /^(?:::ffff:)?127\./.test(address ?? '') || address === '::1';
}
