/** The page by https while its certificate is renewed on the disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeCertificate } from './exchange/embedded/testing/made-certificate.ts';
import { HttpsListener } from './web/https-listener.ts';

const folder = mkdtempSync(join(tmpdir(), 'openline-https-'));
const files = { certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
const agents: Agent[] = [];
let listener: HttpsListener | null = null;

afterEach(async () => {
  for (const agent of agents) agent.destroy();
  await listener?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser that trusts this one certificate, and keeps its connection. */
function browserOf(certificate: string): Agent {
  const agent = new Agent({ ca: [certificate], keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

/** Whether the page came by a connection that was there before. */
function asked(agent: Agent): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port: listener?.port, agent, servername: 'localhost' },
      (response) => {
        response.resume().on('end', () => resolve(request.reusedSocket));
      },
    );
    request.on('error', reject);
  });
}

test('a renewed certificate is shown to who connects, and who is connected stays', async () => {
  const options = { commonName: 'desk', names: ['localhost'], nowMs: Date.now(), lifetimeMs: 3600_000 };
  const [first, second] = await Promise.all([makeCertificate(options), makeCertificate(options)]);
  const put = ({ certificate, key }: { certificate: string; key: string }): void => {
    writeFileSync(files.certificate, certificate);
    writeFileSync(files.key, key);
  };
  put(first);
  const told: string[] = [];
  const tell = (_details: object, msg: string): void => void told.push(msg);
  listener = new HttpsListener({
    host: '127.0.0.1',
    port: 0,
    files,
    handle: (_request, response) => void response.end('page'),
    attach: () => {},
    renewEveryMs: 10,
    log: { info: tell, warn: tell },
  });
  listener.start();
  await vi.waitUntil(() => listener?.port !== null, { timeout: 30_000 });
  const before = browserOf(first.certificate);
  expect(await asked(before)).toBe(false);

  writeFileSync(files.certificate, second.certificate);
  await vi.waitUntil(() => told.includes('the certificate stays as it was'), { timeout: 30_000 });
  expect(await asked(browserOf(first.certificate))).toBe(false);
  put(second);
  await vi.waitUntil(() => told.includes('the renewed certificate is shown from now on'), {
    timeout: 30_000,
  });
  expect(await asked(browserOf(second.certificate))).toBe(false);
  await expect(asked(browserOf(first.certificate))).rejects.toThrow('self-signed');
  expect(await asked(before)).toBe(true);
  expect(told.filter((msg) => msg === 'the certificate stays as it was')).toHaveLength(1);
});
