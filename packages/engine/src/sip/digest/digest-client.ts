/**
 * The answer to a challenge of a trunk or of an account's phone (RFC 3261 22.2, 22.3; RFC 7616 3.4): the strongest
 * algorithm that both know, the nonce kept and counted for the next requests. One a trunk or dialog.
 */
import { randomBytes } from 'node:crypto';
import type { Headers, SipResponse } from '../message/message.ts';
import { wireFromText } from '../message/wire-text.ts';
import {
  algorithmOf,
  type DigestAlgorithm,
  digestResponse,
  formatDigest,
  parseDigest,
} from './credentials.ts';

export interface DigestClient {
  /**
   * Takes the challenge of a 401 or 407. False: nothing we could answer, or the same nonce once more (wrong secret).
   * Callers answer at most two challenges a request: the first may be for a nonce that has aged.
   */
  accept(response: SipResponse): boolean;
  /** Puts the credentials in, when there is a challenge to answer. */
  authorise(headers: Headers, method: string, uri: string): void;
}

interface Challenge {
  header: 'Authorization' | 'Proxy-Authorization';
  realm: string;
  nonce: string;
  opaque: string | null;
  algorithm: DigestAlgorithm;
  hasAlgorithm: boolean;
  hasQop: boolean;
  used: number;
}

export function createDigestClient(username: string, password: string): DigestClient {
  let challenge: Challenge | null = null;

  return {
    accept(response) {
      const next = strongest(response);
      if (next === null) return false;
      // RFC 7616 3.3: stale means that the secret was right.
      const isRefusal = challenge !== null && challenge.used > 0 && challenge.nonce === next.nonce;
      if (isRefusal && !next.isStale) {
        challenge = null;
        return false;
      }
      challenge = next;
      return true;
    },
    authorise(headers, method, uri) {
      if (challenge === null) return;
      challenge.used++;
      const { algorithm, realm, nonce, opaque } = challenge;
      const nc = challenge.used.toString(16).padStart(8, '0');
      const qop = challenge.hasQop ? { nc, cnonce: randomBytes(8).toString('hex') } : null;
      const response = digestResponse({
        algorithm,
        username: wireFromText(username),
        realm,
        password: wireFromText(password),
        method,
        uri,
        nonce,
        qop,
      });
      const value = formatDigest([
        ['username', wireFromText(username), true],
        ['realm', realm, true],
        ['nonce', nonce, true],
        ['uri', uri, true],
        ['response', response, true],
        ...(challenge.hasAlgorithm ? [['algorithm', algorithm, false] as const] : []),
        ...(opaque === null ? [] : [['opaque', opaque, true] as const]),
        ...(qop === null
          ? []
          : [
              ['qop', 'auth', false] as const,
              ['nc', qop.nc, false] as const,
              ['cnonce', qop.cnonce, true] as const,
            ]),
      ]);
      headers.add(challenge.header, value);
    },
  };
}

function strongest(response: SipResponse): (Challenge & { isStale: boolean }) | null {
  const isProxy = response.status === 407;
  let found: (Challenge & { isStale: boolean }) | null = null;
  for (const value of response.headers.all(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) {
    const fields = parseDigest(value);
    const algorithm = fields === null ? null : algorithmOf(fields);
    const nonce = fields?.get('nonce');
    const qop = fields?.get('qop');
    const hasQop = qop?.split(',').some((each) => each.trim().toLowerCase() === 'auth') ?? false;
    if (fields === null || algorithm === null || nonce === undefined || (qop !== undefined && !hasQop))
      continue;
    if (found !== null && (found.algorithm === 'SHA-256' || algorithm === 'MD5')) continue;
    found = {
      header: isProxy ? 'Proxy-Authorization' : 'Authorization',
      realm: fields.get('realm') ?? '',
      nonce,
      opaque: fields.get('opaque') ?? null,
      algorithm,
      hasAlgorithm: fields.has('algorithm'),
      hasQop,
      used: 0,
      isStale: (fields.get('stale') ?? '').toLowerCase() === 'true',
    };
  }
  return found;
}
