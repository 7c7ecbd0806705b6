/** The certificate that the station makes: what node:crypto and openssl read in it, and when it is kept. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeCertificate } from './self-made-certificate.ts';
import { ownIdentity, readGivenIdentity } from './tls-identity.ts';

const NOW = Date.UTC(2026, 0, 15);
const YEAR_MS = 365 * 24 * 3600_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openline-identity-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('is one that others can read and check: names, addresses, time, signature, key', async () => {
  const names = ['localhost', 'desk.example', '192.0.2.7', '2001:db8::7'];
  const made = await makeCertificate({ commonName: 'Räume', names, nowMs: NOW, lifetimeMs: 30 * YEAR_MS });
  const read = new X509Certificate(made.certificate);
  expect(read.subject).toBe('CN=Räume');
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
  expect(read.checkHost('desk.example')).toBe('desk.example');
  expect(read.checkHost('other.example')).toBeUndefined();
  expect(read.checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(read.checkIP('2001:db8::7')).toBe('2001:db8::7');
  expect(Date.parse(read.validFrom)).toBeLessThan(NOW);
  // Behind 2049 the year has four digits.
  expect(Date.parse(read.validTo)).toBe(NOW + 30 * YEAR_MS);
  expect(read.ca).toBe(true);
});

it('is made once, kept for its owner alone, and made anew before it ends', async () => {
  const made = await ownIdentity(folder, ['203.0.113.9'], NOW);
  expect(new X509Certificate(made.certificate).checkIP('203.0.113.9')).toBe('203.0.113.9');
  expect((await stat(join(folder, 'tls', 'key.pem'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'tls'))).toEqual(['certificate.pem', 'key.pem']);
  expect(await ownIdentity(folder, [], NOW + YEAR_MS)).toEqual(made);
  const renewed = await ownIdentity(folder, [], NOW + 10 * YEAR_MS - 24 * 3600_000);
  expect(renewed.certificate).not.toBe(made.certificate);
});

it('says what is wrong with files that were given', async () => {
  const made = await ownIdentity(folder, [], NOW);
  const certificate = join(folder, 'tls', 'certificate.pem');
  const key = join(folder, 'tls', 'key.pem');
  expect(await readGivenIdentity({ certificate, key })).toEqual({ ok: true, identity: made });
  const missing = join(folder, 'nowhere.pem');
  expect(await readGivenIdentity({ certificate: missing, key })).toMatchObject({
    problem: 'OPENLINE_TLS_CERTIFICATE cannot be read (ENOENT): allowed is a PEM file that can be read',
  });
  expect(await readGivenIdentity({ certificate: key, key })).toMatchObject({
    problem: 'OPENLINE_TLS_CERTIFICATE is no certificate: allowed is a PEM file that can be read',
  });
  const other = join(folder, 'other.pem');
  await writeFile(
    other,
    (await makeCertificate({ commonName: 'x', names: [], nowMs: NOW, lifetimeMs: 1 })).key,
  );
  expect(await readGivenIdentity({ certificate, key: other })).toMatchObject({
    problem: 'OPENLINE_TLS_KEY is not the key of the certificate: allowed is a PEM file that can be read',
  });
});
