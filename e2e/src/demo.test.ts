// `openline demo` for somebody who has never seen it: the printed link opens the desk, signed in; listeners call by
// themselves; Ctrl+C ends it without a word of failure.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from './harness/browser.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { temporaryFolder } from './harness/temporary-folder.ts';
import { waitFor } from './harness/wait-for.ts';

const main = resolve(import.meta.dirname, '../../packages/openline/src/main.ts');

describe.skipIf(!hasProgram('chromium'))('the demo', () => {
  let browser: Browser;
  let demo: ChildProcess;
  let output = '';
  let exitCode: number | null | undefined;

  beforeAll(async () => {
    browser = await startBrowser();
    // A group of its own, as a terminal makes it: Ctrl+C is for all of it.
    demo = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'demo'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        OPENLINE_DATA: temporaryFolder('demo'),
        OPENLINE_HTTP_PORT: '0',
        OPENLINE_SIP_PORT: '0',
        OPENLINE_RTP_PORTS: '0-0',
      },
    });
    demo.stdout?.on('data', (chunk) => (output += String(chunk)));
    demo.stderr?.on('data', (chunk) => (output += String(chunk)));
    demo.on('close', (code) => (exitCode = code));
  });

  afterAll(async () => {
    await browser?.close();
    if (exitCode === undefined && demo.pid !== undefined) process.kill(-demo.pid, 'SIGKILL');
  });

  it('signs its producer in by a link, and somebody calls', async () => {
    const link = await waitFor('the link', () => /http:\S+#sign-in=\S+/.exec(output)?.[0]);
    const { page, complaints } = await openPage(browser, link);
    await page.locator('[data-channel="studio-1"]').getByText('+2203011001').first().waitFor();
    expect(new URL(page.url()).hash).toBe('');
    // Asking who is signed in is answered by 401 while nobody is.
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });

  it('ends by Ctrl+C, all of it, and calls that no failure', async () => {
    process.kill(-(demo.pid ?? 0), 'SIGINT');
    await waitFor('the end', () => exitCode !== undefined);
    expect(exitCode, output).toBe(0);
    expect(output).not.toContain('started again');
  });
});
