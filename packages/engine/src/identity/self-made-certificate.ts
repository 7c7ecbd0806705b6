/**
 * A certificate that the station makes for itself (RFC 5280), for SIP over TLS and WebSocket where nobody gave it one:
 * RSA of 2048 bits, which the oldest telephones know, signed with its own key. Used by tls-identity.ts.
 */
import { createHash, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { promisify } from 'node:util';
import {
  bitString,
  boolean,
  implicit,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** digitalSignature, keyEncipherment, and keyCertSign, so that a telephone takes it as its authority too. */
const KEY_USAGE_BITS = Buffer.from([0b1010_0100]);
const KEY_USAGE_UNUSED_BITS = 2;

/** A telephone's clock is wrong until it has asked somebody. */
const BEFORE_MS = 24 * 3600_000;

export interface SelfMadeOptions {
  commonName: string;
  /** Host names and addresses that it is good for. */
  names: readonly string[];
  nowMs: number;
  lifetimeMs: number;
}

/** Both PEM. */
export async function makeCertificate(
  options: SelfMadeOptions,
): Promise<{ certificate: string; key: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const algorithm = sequence(objectIdentifier(SHA256_WITH_RSA), nothing);
  const body = bodyOf(options, publicKey, algorithm);
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, bitString(signature));
  return {
    certificate: pem(certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function bodyOf(options: SelfMadeOptions, publicKey: KeyObject, algorithm: Buffer): Buffer {
  const { commonName, names, nowMs, lifetimeMs } = options;
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName.slice(0, 64)))));
  // RFC 5280 4.1.2.2: positive, at most 20 bytes.
  const serial = randomBytes(16);
  const version3 = tagged(0, integer(Buffer.from([2])));
  const validity = sequence(time(new Date(nowMs - BEFORE_MS)), time(new Date(nowMs + lifetimeMs)));
  const extensions = tagged(
    3,
    sequence(
      extension(BASIC_CONSTRAINTS, sequence(boolean(true)), true),
      extension(KEY_USAGE, bitString(KEY_USAGE_BITS, KEY_USAGE_UNUSED_BITS), true),
      extension(
        EXTENDED_KEY_USAGE,
        sequence(objectIdentifier(SERVER_AUTH), objectIdentifier(CLIENT_AUTH)),
        false,
      ),
      extension(SUBJECT_ALT_NAME, sequence(...names.map(generalName)), false),
      extension(SUBJECT_KEY_IDENTIFIER, octetString(createHash('sha1').update(keyInfo).digest()), false),
    ),
  );
  return sequence(version3, integer(serial), algorithm, name, validity, name, keyInfo, extensions);
}

function extension(id: string, content: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? [boolean(true)] : [];
  return sequence(objectIdentifier(id), ...critical, octetString(content));
}

/** RFC 5280 4.2.1.6: [7] an address, [2] a name. */
function generalName(name: string): Buffer {
  const address = addressBytes(name);
  return address === null ? implicit(2, Buffer.from(name, 'latin1')) : implicit(7, address);
}

function addressBytes(text: string): Buffer | null {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text)) return null;
  // The parser of URLs writes every form of it in one.
  const plain = new URL(`http://[${text.split('%', 1)[0]}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = groups(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(gap).fill('0'), ...after];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
