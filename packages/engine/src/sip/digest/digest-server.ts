/**
 * Our side of a digest challenge (RFC 7616 3.3, RFC 3261 22.2): nonces that carry their own age and belong to the
 * asking address, with a replay check by nonce count. Used by the registrar and for calls of accounts.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SipRequest } from '../message/message.ts';
import { wireFromText } from '../message/wire-text.ts';
import { algorithmOf, type DigestFields, digestResponse, formatDigest, parseDigest } from './credentials.ts';

const NONCE_LIFE_MS = 5 * 60_000;
const MAX_NONCES = 20_000;
const MAX_ADDRESSES = 10_000;
const ASKED_IN_VAIN = 2;
const MD5_ONLY = /\bbaresip\b/i;
const REALM = 'openline';

type Verdict =
  | { kind: 'proved'; username: string }
  /** No credentials, or of a nonce that is gone: ask (again). */
  | { kind: 'challenge'; isStale: boolean }
  /** Wrong secret or unknown user: counts towards a ban. */
  | { kind: 'wrong' };

export interface DigestServer {
  /**
   * Values of WWW-Authenticate, strongest first (RFC 8760 2.4). Only MD5 for phones that give up when they meet an
   * algorithm that they do not know, instead of passing over it: known ones, and any that asked twice in vain.
   */
  challenges(address: string, userAgent: string | null, isStale: boolean): string[];
  verify(request: SipRequest, address: string): Verdict;
}

export function createDigestServer(
  clock: Clock,
  passwordOf: (username: string) => string | null,
): DigestServer {
  const secret = randomBytes(32);
  /** Highest nonce count seen of a nonce that was used. */
  const counts = new Map<string, number>();

  /** Challenges to an address since it last proved an account. */
  const asked = new Map<string, number>();

  const sign = (stamp: string, address: string): string =>
    createHmac('sha256', secret).update(`${stamp} ${address}`).digest('hex').slice(0, 32);

  const makeNonce = (address: string): string => {
    const stamp = `${Math.floor(clock.nowMs()).toString(36)}.${randomBytes(6).toString('hex')}`;
    return `${stamp}.${sign(stamp, address)}`;
  };

  const isOurs = (nonce: string, address: string): boolean => {
    const cut = nonce.lastIndexOf('.');
    return cut > 0 && nonce.slice(cut + 1) === sign(nonce.slice(0, cut), address);
  };

  const isFresh = (nonce: string): boolean => {
    const madeAtMs = parseInt(nonce, 36);
    return clock.nowMs() - madeAtMs <= NONCE_LIFE_MS;
  };

  /** RFC 7616 3.4: a count that does not grow is a replay. Without qop a nonce serves once. */
  const isReplay = (nonce: string, nc: number): boolean => nc <= (counts.get(nonce) ?? 0);

  const remember = (nonce: string, nc: number): void => {
    if (counts.size >= MAX_NONCES) {
      const oldest = counts.keys().next();
      if (oldest.done !== true) counts.delete(oldest.value);
    }
    counts.set(nonce, nc);
  };

  const check = (fields: DigestFields, request: SipRequest, address: string): Verdict => {
    const algorithm = algorithmOf(fields);
    const nonce = fields.get('nonce') ?? '';
    if (fields.get('realm') !== REALM || algorithm === null) return { kind: 'challenge', isStale: false };
    if (!isOurs(nonce, address)) return { kind: 'challenge', isStale: true };
    const username = fields.get('username') ?? '';
    const qop = fields.get('qop');
    const nc = fields.get('nc') ?? '';
    if (qop !== undefined && (qop !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc))) return { kind: 'wrong' };
    const password = passwordOf(username);
    const expected = digestResponse({
      algorithm,
      username,
      realm: REALM,
      // An unknown user costs as much time as a known one.
      password: wireFromText(password ?? randomBytes(8).toString('hex')),
      method: request.method,
      uri: fields.get('uri') ?? '',
      nonce,
      qop: qop === undefined ? null : { nc, cnonce: fields.get('cnonce') ?? '' },
    });
    if (!equals(expected, (fields.get('response') ?? '').toLowerCase()) || password === null) {
      return { kind: 'wrong' };
    }
    const count = qop === undefined ? 1 : parseInt(nc, 16);
    if (!isFresh(nonce) || isReplay(nonce, count)) return { kind: 'challenge', isStale: true };
    remember(nonce, count);
    asked.delete(address);
    return { kind: 'proved', username };
  };

  return {
    challenges(address, userAgent, isStale) {
      const nonce = makeNonce(address);
      const count = (asked.get(address) ?? 0) + 1;
      if (asked.size >= MAX_ADDRESSES) asked.clear();
      asked.set(address, count);
      const isPlain = count > ASKED_IN_VAIN || MD5_ONLY.test(userAgent ?? '');
      const algorithms = isPlain ? (['MD5'] as const) : (['SHA-256', 'MD5'] as const);
      return algorithms.map((algorithm) =>
        formatDigest([
          ['realm', REALM, true],
          ['nonce', nonce, true],
          ['algorithm', algorithm, false],
          ['qop', 'auth', true],
          ...(isStale ? [['stale', 'true', false] as const] : []),
        ]),
      );
    },
    verify(request, address) {
      for (const value of request.headers.all('Authorization')) {
        const fields = parseDigest(value);
        if (fields !== null && fields.get('realm') === REALM) return check(fields, request, address);
      }
      return { kind: 'challenge', isStale: false };
    },
  };
}

function equals(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
