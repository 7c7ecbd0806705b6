/**
 * Who the station is to those who connect by TLS: the certificate that it was given, or one that it makes for itself at
 * the first start and keeps in the data folder (`tls/`), so that telephones that were told to trust it still do. Used by
 * main.ts.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './self-made-certificate.ts';

export interface TlsIdentity {
  /** PEM: the certificate with those above it. */
  certificate: string;
  key: string;
}

export type IdentityResult = { ok: true; identity: TlsIdentity } | { ok: false; problem: string };

const YEAR_MS = 365 * 24 * 3600_000;
const LIFETIME_MS = 10 * YEAR_MS;
/** Made anew when less than this is left. */
const RENEW_BEFORE_MS = 30 * 24 * 3600_000;

/** `OPENLINE_TLS_CERTIFICATE` and `OPENLINE_TLS_KEY`: also asked again later, for they are renewed. */
export async function readGivenIdentity(files: {
  certificate: string;
  key: string;
}): Promise<IdentityResult> {
  const refused = (name: string, what: string): IdentityResult => ({
    ok: false,
    problem: `${name} ${what}: allowed is a PEM file that can be read`,
  });
  let certificate: string;
  let key: string;
  try {
    certificate = await readFile(files.certificate, 'utf8');
    if (!isCertificate(certificate)) return refused('OPENLINE_TLS_CERTIFICATE', 'is no certificate');
  } catch (error) {
    return refused('OPENLINE_TLS_CERTIFICATE', `cannot be read (${codeOf(error)})`);
  }
  try {
    key = await readFile(files.key, 'utf8');
  } catch (error) {
    return refused('OPENLINE_TLS_KEY', `cannot be read (${codeOf(error)})`);
  }
  return isKeyOf(key, certificate)
    ? { ok: true, identity: { certificate, key } }
    : refused('OPENLINE_TLS_KEY', 'is not the key of the certificate');
}

/** Rejects when the folder cannot be written. `moreNames`: hosts and addresses that we go by, beside this machine's. */
export async function ownIdentity(
  dataFolder: string,
  moreNames: readonly string[],
  nowMs = Date.now(),
): Promise<TlsIdentity> {
  const folder = join(dataFolder, 'tls');
  const kept = await readKept(folder, nowMs);
  if (kept !== null) return kept;
  const made = await makeCertificate({
    commonName: hostname(),
    names: [...new Set([...machineNames(), ...moreNames])],
    nowMs,
    lifetimeMs: LIFETIME_MS,
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The key first: a certificate without its key is made anew.
  await replace(join(folder, 'key.pem'), made.key, 0o600);
  await replace(join(folder, 'certificate.pem'), made.certificate, 0o644);
  return made;
}

async function readKept(folder: string, nowMs: number): Promise<TlsIdentity | null> {
  try {
    const certificate = await readFile(join(folder, 'certificate.pem'), 'utf8');
    const key = await readFile(join(folder, 'key.pem'), 'utf8');
    const endsAtMs = Date.parse(new X509Certificate(certificate).validTo);
    const isGood = isKeyOf(key, certificate) && endsAtMs - nowMs > RENEW_BEFORE_MS;
    return isGood ? { certificate, key } : null;
  } catch {
    return null;
  }
}

async function replace(path: string, content: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}

function machineNames(): string[] {
  const name = hostname();
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const isPlain = /^[A-Za-z0-9.-]{1,253}$/.test(name);
  return [
    'localhost',
    ...(isPlain ? [name, ...(name.includes('.') ? [] : [`${name}.local`])] : []),
    ...addresses.filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  ];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function isKeyOf(key: string, certificate: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
