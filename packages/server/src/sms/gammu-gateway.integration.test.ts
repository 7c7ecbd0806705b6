import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { smsGatewayConformance } from '../desk/testing/sms-gateway-conformance.ts';
import { outboxContent } from './gammu-files.ts';
import { GammuGateway } from './gammu-gateway.ts';

const PATIENCE_MS = 30_000;
/** A text is taken in a fraction of this. */
const UNTAKEN_MS = 2_000;
const names = ['inbox', 'outbox', 'sent', 'error'] as const;

/** The folders, and what gammu-smsd does with the outbox. */
function openFolders() {
  const root = mkdtempSync(join(tmpdir(), 'openline-gammu-'));
  const at = (name: string, file = ''): string => join(root, name, file);
  for (const name of names) mkdirSync(at(name));
  const problems: unknown[] = [];
  const options = { inbox: at('inbox'), outbox: at('outbox'), sent: at('sent'), error: at('error') };
  const gateway = new GammuGateway({
    id: 'modem',
    line: 'gsm',
    ...options,
    onProblem: (problem) => void problems.push(problem),
    lookEveryMs: 5,
  });
  const received: string[] = [];
  let next: 'sent' | 'error' = 'sent';
  const daemon = setInterval(() => {
    if (!existsSync(at('outbox'))) return;
    for (const file of readdirSync(at('outbox')).filter((name) => name.startsWith('OUT'))) {
      if (next === 'sent') received.push(readFileSync(at('outbox', file), 'utf16le').replace('\u{feff}', ''));
      renameSync(at('outbox', file), at(next, file));
      next = 'sent';
    }
  }, 5);
  return {
    gateway,
    at,
    problems,
    received,
    refuseNext: () => (next = 'error'),
    close: () => {
      clearInterval(daemon);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

smsGatewayConformance('the folders of gammu-smsd', () => {
  const { gateway, at, problems, received, refuseNext, close } = openFolders();
  let count = 0;
  return Promise.resolve({
    gateway,
    route: { lineId: 'gsm', endpoint: '+2207000001' },
    async bring(sender, content) {
      count += 1;
      const file = at('inbox', `IN20260101_12000${count}_00_${sender}_00.txt`);
      writeFileSync(file, outboxContent(content));
      // Taken, refused with a complaint, or nobody looks.
      const [deadline, complaints] = [performance.now() + UNTAKEN_MS, problems.length];
      while (existsSync(file) && problems.length === complaints && performance.now() < deadline)
        await pause(5);
      return { isAcknowledged: !existsSync(file) };
    },
    received: () => Promise.resolve(received),
    refuseNext: (isForNow) => (isForNow ? () => void refuseNext() : null),
    goAway: () => renameSync(at('outbox'), at('unmounted')),
    comeBack: () => renameSync(at('unmounted'), at('outbox')),
    close,
  });
});

const receiver = { onText: () => undefined, onReport: () => undefined, onHealth: () => undefined };

test('a file that cannot be read stays where it is, is told once, and stops no other', async () => {
  const { gateway, at, problems, close } = openFolders();
  const texts: string[] = [];
  writeFileSync(at('inbox', 'IN1.txt'), 'what is this?');
  writeFileSync(at('inbox', 'IN20260101_120001_00_+2207_00.txt'), 'hello');
  gateway.start({ ...receiver, onText: ({ content }) => void texts.push(content) });
  await vi.waitFor(() => expect(readdirSync(at('inbox'))).toEqual(['IN1.txt']), PATIENCE_MS);
  expect(texts).toEqual(['hello']);
  expect(problems).toHaveLength(1);
  gateway.stop();
  close();
});

test('texts that nobody takes out of the outbox are trouble', async () => {
  const { gateway, at, close } = openFolders();
  // Not by the daemon of this test either: it looks for OUT.
  const file = at('outbox', 'outC20260101_120000_00_+2207_m-1-1.txt');
  writeFileSync(file, 'x');
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(file, hourAgo, hourAgo);
  const said: (string | null)[] = [];
  gateway.start({ ...receiver, onHealth: ({ msg }) => void said.push(msg) });
  await vi.waitFor(() => expect(said).toEqual(['gammu-smsd does not send: 1 in its outbox']), PATIENCE_MS);
  rmSync(file);
  await vi.waitFor(() => expect(said.at(-1)).toBeNull(), PATIENCE_MS);
  gateway.stop();
  close();
});
