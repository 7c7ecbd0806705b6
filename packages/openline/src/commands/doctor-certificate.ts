/**
 * What `openline doctor` says of the certificate of https and of SIP over TLS and WebSocket: the one that the environment
 * names, or the one that the station has made for itself. Reads files, changes nothing.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

const DAY_MS = 24 * 3600_000;
const WARN_BEFORE_DAYS = 14;

export interface CertificateQuestion {
  env: { readonly [name: string]: string | undefined };
  dataFolder: string;
  /** This machine's, at which phones and browsers reach it. */
  addresses: readonly string[];
  nowMs: number;
}

export function certificateFindings(question: CertificateQuestion): Finding[] {
  const { env, dataFolder } = question;
  const certificate = env['OPENLINE_TLS_CERTIFICATE'];
  const key = env['OPENLINE_TLS_KEY'];
  if (certificate && key) return [given(certificate, key, question)];
  if (!certificate && !key) return [ownOne(join(dataFolder, 'tls'), question)];
  const advice = 'OPENLINE_TLS_CERTIFICATE and OPENLINE_TLS_KEY go together: set both, or neither';
  return [{ what: 'certificate', isWell: false, advice }];
}

function given(certificate: string, key: string, { nowMs }: CertificateQuestion): Finding {
  const what = `certificate ${certificate}`;
  const look = (advice: string): Finding => ({ what, isWell: false, advice });
  const read = readPem(certificate);
  if (!read.ok) return look(`${read.problem}; OPENLINE_TLS_CERTIFICATE names a PEM file`);
  const shown = parse(read.text);
  if (shown === null) return look('is no certificate; OPENLINE_TLS_CERTIFICATE names a PEM file');
  const secret = readPem(key);
  if (!secret.ok) return look(`its key ${key} ${secret.problem}; OPENLINE_TLS_KEY names a PEM file`);
  if (!isKeyOf(secret.text, shown))
    return look(`${key} is not its key; give both files of the same certificate`);
  const ill = illWithTime(shown, nowMs);
  if (ill !== null) return look(`${ill}; put a renewed one in its place, it is taken within a minute`);
  if (namesOf(shown).length === 0)
    return look(
      'is good for no name that browsers read (subjectAltName); have it made for the name of the station',
    );
  return { what: `${what}, ${inWords(shown)}`, isWell: true, advice: '' };
}

function ownOne(folder: string, { addresses, nowMs }: CertificateQuestion): Finding {
  const what = 'certificate, made by the station';
  const look = (advice: string): Finding => ({ what, isWell: false, advice });
  const read = readPem(join(folder, 'certificate.pem'));
  if (!read.ok && read.code === 'ENOENT')
    return { what: `${what} at its first start`, isWell: true, advice: '' };
  const anew = 'the station makes another one at its next start, which telephones have to be told to trust';
  if (!read.ok) return look(`${read.problem}; give ${folder} to the user that runs Openline`);
  const shown = parse(read.text);
  const secret = readPem(join(folder, 'key.pem'));
  if (!secret.ok && secret.code !== 'ENOENT')
    return look(`its key ${secret.problem}; give ${folder} to the user that runs Openline`);
  if (shown === null || !secret.ok || !isKeyOf(secret.text, shown)) return look(`is not whole; ${anew}`);
  const ill = illWithTime(shown, nowMs);
  if (ill !== null) return look(`${ill}; ${anew}`);
  const missing = addresses.filter((address) => isIP(address) !== 0 && shown.checkIP(address) === undefined);
  if (missing.length > 0)
    return look(
      `is not for ${missing.join(', ')}, where this machine is now; delete ${folder} and start again`,
    );
  return { what: `${what}, ${inWords(shown)}`, isWell: true, advice: '' };
}

type Read = { ok: true; text: string } | { ok: false; code: string; problem: string };

function readPem(path: string): Read {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const known: { readonly [code: string]: string } = {
      ENOENT: 'is not there',
      EACCES: 'may not be read by this user',
      EISDIR: 'is a folder',
    };
    return { ok: false, code, problem: known[code] ?? `cannot be read (${code})` };
  }
}

/** The first of the file: those above it follow. */
function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function isKeyOf(key: string, certificate: X509Certificate): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** null: good, and for longer than somebody needs to renew it. */
function illWithTime({ validFrom, validTo }: X509Certificate, nowMs: number): string | null {
  if (Date.parse(validFrom) > nowMs) return `is not good before ${dayOf(validFrom)}`;
  const leftMs = Date.parse(validTo) - nowMs;
  if (leftMs <= 0) return `has ended on ${dayOf(validTo)}`;
  const days = Math.floor(leftMs / DAY_MS);
  if (days >= WARN_BEFORE_DAYS) return null;
  return `ends on ${dayOf(validTo)}, in ${days === 1 ? 'a day' : days === 0 ? 'less than a day' : `${days} days`}`;
}

function inWords(certificate: X509Certificate): string {
  return `until ${dayOf(certificate.validTo)}, for ${namesOf(certificate).join(', ')}`;
}

/** `DNS:desk.example, IP Address:192.0.2.1` */
function namesOf({ subjectAltName }: X509Certificate): string[] {
  const names = (subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,"]+)/g);
  return [...names].map((found) => found[1] ?? '');
}

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}
