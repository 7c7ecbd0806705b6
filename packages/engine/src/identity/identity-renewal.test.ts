/** A certificate that is renewed on the disk, on a clock of the test's own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type IdentityRenewal, startIdentityRenewal } from './identity-renewal.ts';
import { makeCertificate } from './self-made-certificate.ts';
import type { TlsIdentity } from './tls-identity.ts';

let first: TlsIdentity;
let second: TlsIdentity;
let folder: string;
let renewal: IdentityRenewal;
let renewed: TlsIdentity[];
let problems: string[];

beforeAll(async () => {
  const options = { commonName: 'desk', names: ['localhost'], nowMs: Date.now(), lifetimeMs: 3600_000 };
  [first, second] = await Promise.all([makeCertificate(options), makeCertificate(options)]);
});

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = await mkdtemp(join(tmpdir(), 'openline-renewal-'));
  renewed = [];
  problems = [];
  await put(first);
  renewal = startIdentityRenewal({
    files: { certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') },
    identity: first,
    onRenewed: (identity) => void renewed.push(identity),
    onProblem: (problem) => void problems.push(problem),
  });
});

afterEach(async () => {
  renewal.stop();
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

async function put({ certificate, key }: Partial<TlsIdentity>): Promise<void> {
  if (certificate !== undefined) await writeFile(join(folder, 'c.pem'), certificate);
  if (key !== undefined) await writeFile(join(folder, 'k.pem'), key);
}

it('is taken once, and only when both files are there', async () => {
  await renewal.look();
  await put({ certificate: second.certificate });
  await renewal.look();
  await renewal.look();
  expect(problems).toEqual([expect.stringContaining('OPENLINE_TLS_KEY is not the key of the certificate')]);
  expect(renewed).toEqual([]);
  await put({ key: second.key });
  await renewal.look();
  await renewal.look();
  expect(renewed).toEqual([second]);
  await put(first);
  await renewal.look();
  expect(renewed).toEqual([second, first]);
  expect(problems).toHaveLength(1);
});

it('is looked for every minute', async () => {
  await put(second);
  vi.advanceTimersByTime(59_999);
  await Promise.resolve();
  expect(renewed).toEqual([]);
  vi.advanceTimersByTime(1);
  await vi.waitUntil(() => renewed.length > 0, { timeout: 30_000 });
  expect(renewed).toEqual([second]);
});
