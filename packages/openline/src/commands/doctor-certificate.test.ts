/** What the doctor says of certificates: real ones, read as they lie on the disk, at times that the test chooses. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@openline/engine';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { certificateFindings } from './doctor-certificate.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const DAY_MS = 24 * 3600_000;

let made: { certificate: string; key: string };
let other: { certificate: string; key: string };
let folder: string;

beforeAll(async () => {
  const names = ['desk.example', '192.0.2.7'];
  const common = { commonName: 'desk', nowMs: NOW, lifetimeMs: 90 * DAY_MS };
  made = await makeCertificate({ ...common, names });
  other = await makeCertificate({ ...common, names: [] });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-doctor-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What is said of files that the environment names, `laterDays` from now. */
function ofGiven(certificate: string, key: string, laterDays = 0): string {
  const env = { OPENLINE_TLS_CERTIFICATE: certificate, OPENLINE_TLS_KEY: key };
  return said({ env, laterDays });
}

function said({ env = {}, laterDays = 0, addresses = ['192.0.2.7'] }: Partial<Question> = {}): string {
  const nowMs = NOW + laterDays * DAY_MS;
  const [finding, ...more] = certificateFindings({ env, dataFolder: folder, addresses, nowMs });
  expect(more).toEqual([]);
  return `${finding?.isWell === true ? 'well' : 'look'} ${finding?.what.replaceAll(folder, '')}: ${finding?.advice.replaceAll(folder, '')}`;
}

interface Question {
  env: { [name: string]: string };
  laterDays: number;
  addresses: string[];
}

it('a good one is well, with its end and its names', () => {
  const [certificate, key] = [put('c.pem', made.certificate), put('k.pem', made.key)];
  const well = 'well certificate /c.pem, until 2026-07-30, for desk.example, 192.0.2.7: ';
  expect(ofGiven(certificate, key)).toBe(well);
  expect(ofGiven(certificate, key, 76)).toBe(well);
});

it.each([
  [77, 'ends on 2026-07-30, in 13 days'],
  [89, 'ends on 2026-07-30, in a day'],
  [89.5, 'ends on 2026-07-30, in less than a day'],
  [90, 'has ended on 2026-07-30'],
  [-2, 'is not good before 2026-04-30'],
])('after %d days: %s', (laterDays, words) => {
  const [certificate, key] = [put('c.pem', made.certificate), put('k.pem', made.key)];
  expect(ofGiven(certificate, key, laterDays)).toBe(
    `look certificate /c.pem: ${words}; put a renewed one in its place, it is taken within a minute`,
  );
});

it('says what is wrong with the files', () => {
  const [certificate, key] = [put('c.pem', made.certificate), put('k.pem', made.key)];
  const nowhere = join(folder, 'nowhere.pem');
  expect(ofGiven(nowhere, key)).toContain('nowhere.pem: is not there; OPENLINE_TLS_CERTIFICATE names');
  expect(ofGiven(certificate, nowhere)).toContain(
    'its key /nowhere.pem is not there; OPENLINE_TLS_KEY names',
  );
  expect(ofGiven(folder, key)).toContain('is a folder');
  expect(ofGiven(key, key)).toContain('is no certificate');
  expect(ofGiven(certificate, put('other.pem', other.key))).toContain('/other.pem is not its key; give both');
  expect(ofGiven(put('plain.pem', other.certificate), put('other.pem', other.key))).toContain(
    'is good for no name that browsers read (subjectAltName)',
  );
  expect(said({ env: { OPENLINE_TLS_KEY: key } })).toContain('go together: set both, or neither');
});

it('of the one that the station makes: whether it is there, whole, and for the addresses of today', () => {
  expect(said()).toBe('well certificate, made by the station at its first start: ');
  mkdirSync(join(folder, 'tls'));
  put('tls/certificate.pem', made.certificate);
  const anew = 'the station makes another one at its next start, which telephones have to be told to trust';
  expect(said()).toBe(`look certificate, made by the station: is not whole; ${anew}`);
  put('tls/key.pem', made.key);
  expect(said()).toBe(
    'well certificate, made by the station, until 2026-07-30, for desk.example, 192.0.2.7: ',
  );
  expect(said({ laterDays: 80 })).toContain(`ends on 2026-07-30, in 10 days; ${anew}`);
  expect(said({ addresses: ['192.0.2.7', '192.0.2.8', '2001:db8::8'] })).toContain(
    'is not for 192.0.2.8, 2001:db8::8, where this machine is now; delete /tls and start again',
  );
  put('tls/key.pem', other.key);
  expect(said()).toContain('is not whole');
});
