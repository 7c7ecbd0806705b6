/**
 * gammu-smsd with its dummy driver: a modem that is folders. Texts are put into its phone with `gammu savesms`, what it
 * sends is told by its log.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { dyingWithUs } from './with-us.ts';

export interface Gammu {
  /** For the settings. */
  readonly folders: { inbox: string; outbox: string; sent: string; error: string };
  start(): void;
  stop(): Promise<void>;
  /** A text is in the phone's memory, in as many parts as it takes. */
  receive(sender: string, text: string): void;
  /** `Transmitted … (total: 10)`: how many parts each text went in. */
  transmitted(): { number: string; parts: number }[];
}

export function createGammu(): Gammu {
  const folder = temporaryFolder('gammu');
  const at = (name: string): string => join(folder, name);
  const folders = { inbox: at('inbox'), outbox: at('outbox'), sent: at('sent'), error: at('error') };
  for (const path of [...Object.values(folders), at('phone')]) mkdirSync(path);
  const config = at('smsdrc');
  writeFileSync(
    config,
    [
      '[gammu]',
      'model = dummy',
      'connection = none',
      `port = ${at('phone')}`,
      'gammuloc = /dev/null',
      '[smsd]',
      'service = files',
      `logfile = ${at('log')}`,
      'debuglevel = 1',
      'inboxformat = detail',
      'transmitformat = auto',
      `inboxpath = ${folders.inbox}/`,
      `outboxpath = ${folders.outbox}/`,
      `sentsmspath = ${folders.sent}/`,
      `errorsmspath = ${folders.error}/`,
      'commtimeout = 1',
      'receivefrequency = 1',
      'checksecurity = 0',
      'checkbattery = 0',
      'checksignal = 0',
      '',
    ].join('\n'),
  );
  let child: ChildProcess | null = null;
  return {
    folders,
    start() {
      child = spawn(...dyingWithUs('gammu-smsd', ['-c', config]), { stdio: 'ignore' });
    },
    async stop() {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      await ended;
    },
    receive(sender, text) {
      const length = String(text.length);
      const args = ['-c', config, 'savesms', 'TEXT', '-folder', '1', '-unread', '-unicode'];
      const result = spawnSync('gammu', [...args, '-sender', sender, '-len', length, '-autolen', length], {
        input: text,
        encoding: 'utf8',
        env: { ...process.env, LANG: 'C.UTF-8' },
      });
      if (result.status !== 0) throw new Error(`gammu savesms: ${result.stdout}${result.stderr}`);
    },
    transmitted: () =>
      Array.from(
        readFileSync(at('log'), 'utf8').matchAll(/Transmitted \S+ \(total: (\d+)\) to (\S+),/g),
        ([, parts, number]) => ({ number: number ?? '', parts: Number(parts) }),
      ),
  };
}
