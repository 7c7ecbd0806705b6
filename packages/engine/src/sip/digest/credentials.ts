/**
 * Digest of RFC 7616 (and RFC 2617, RFC 2069 where an old peer speaks those), as RFC 3261 22 and RFC 8760 use it:
 * header parsing and the response computation that server and client share. MD5 and SHA-256, qop=auth.
 */
import { createHash } from 'node:crypto';
import { quote, splitList, unquote } from '../message/parameters.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

export type DigestFields = ReadonlyMap<string, string>;

/** `Digest name=value, …`; null when it is another scheme or malformed. */
export function parseDigest(header: string): DigestFields | null {
  const match = /^\s*digest\s+/i.exec(header);
  if (match === null) return null;
  const fields = new Map<string, string>();
  const parts = splitList(header.slice(match[0].length));
  for (const part of parts ?? []) {
    const equals = part.indexOf('=');
    if (equals <= 0) return null;
    fields.set(part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim()));
  }
  return parts === null ? null : fields;
}

/** Absent: MD5 (RFC 7616 3.3). Null: one we do not know. */
export function algorithmOf(fields: DigestFields): DigestAlgorithm | null {
  const name = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : null;
}

export interface DigestInput {
  algorithm: DigestAlgorithm;
  username: string;
  realm: string;
  password: string;
  method: string;
  uri: string;
  nonce: string;
  /** Null: without qop, as RFC 2069 had it. */
  qop: { nc: string; cnonce: string } | null;
}

/** `request-digest` of RFC 7616 3.4.1. */
export function digestResponse(input: DigestInput): string {
  const hash = (text: string): string =>
    createHash(input.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text, 'latin1')
      .digest('hex');
  const secret = hash(`${input.username}:${input.realm}:${input.password}`);
  const request = hash(`${input.method}:${input.uri}`);
  const middle = input.qop === null ? input.nonce : `${input.nonce}:${input.qop.nc}:${input.qop.cnonce}:auth`;
  return hash(`${secret}:${middle}:${request}`);
}

export function formatDigest(
  fields: readonly (readonly [name: string, value: string, isQuoted: boolean])[],
): string {
  return `Digest ${fields.map(([name, value, isQuoted]) => `${name}=${isQuoted ? quote(value) : value}`).join(', ')}`;
}
