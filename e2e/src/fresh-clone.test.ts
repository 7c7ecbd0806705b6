// The first command of the README, as a stranger runs it: a clean copy of the tree, another HOME, the machine's own Node.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { waitFor } from './harness/wait-for.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'openline-fresh-'));
/** The PATH of a user: without the Node that npm puts before it. */
const path = (process.env.PATH ?? '')
  .split(':')
  .filter((entry) => !entry.includes('node_modules'))
  .join(':');

describe('in a fresh clone', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('npm start installs, then answers /health within ten seconds; SIGTERM ends everything', {
    timeout: 240_000,
  }, async () => {
    const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const name of listed.stdout.split('\n').filter(Boolean)) {
      mkdirSync(dirname(join(folder, 'clone', name)), { recursive: true });
      cpSync(join(root, name), join(folder, 'clone', name));
    }
    const home = join(folder, 'home');
    mkdirSync(home);
    const child = spawn('npm', ['start'], {
      cwd: join(folder, 'clone'),
      env: {
        PATH: path,
        HOME: home,
        // The registry's address and the download cache are the machine's business, not HOME's.
        ...Object.fromEntries(
          Object.entries(process.env).filter(([key]) =>
            /^npm_config_(registry|cache|userconfig)$/i.test(key),
          ),
        ),
        OPENLINE_HOST: '127.0.0.1',
        OPENLINE_HTTP_PORT: '0',
        OPENLINE_SIP_HOST: '127.0.0.1',
        OPENLINE_SIP_PORT: '0',
        OPENLINE_RTP_PORTS: '0-0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let hasEnded = false;
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('exit', () => (hasEnded = true));
    const check = () => {
      if (hasEnded) throw new Error(`npm start ended:\n${output}`);
    };
    try {
      await waitFor('the installation', () => (check(), /Installed\./.test(output)), 200_000);
      const installedAt = performance.now();
      const url = await waitFor(
        'the address',
        () => (check(), /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]),
        30_000,
      );
      const health = await waitFor(
        '/health',
        async () => {
          const answer = await fetch(`${url}/health`).catch(() => null);
          const now =
            answer === null ? null : ((await answer.json()) as { status: string; sip_port: number });
          return now?.status === 'ok' && now;
        },
        30_000,
      );
      expect(performance.now() - installedAt, output).toBeLessThan(10_000);
      expect(health.sip_port).toBeGreaterThan(0);
      expect(output).toMatch(/\/setup\?token=/);
      const page = await fetch(url);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Openline');
      // Only npm is told: what it started has to notice.
      child.kill('SIGTERM');
      await waitFor(
        'the station to be gone',
        async () => (await fetch(`${url}/health`).catch(() => null)) === null,
      );
    } finally {
      if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, 'SIGTERM');
      await waitFor('everything to end', () => hasEnded).catch(
        () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'),
      );
    }
  });
});
