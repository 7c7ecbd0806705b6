/**
 * A whole server process on a data folder of its own, without telephones (without-telephones.ts): started, killed and
 * started again by the tests under load and by the benchmark. Its users are signed in already.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { SignIn } from '../accounts/sign-in.ts';
import { audioFolder, databasePath } from '../config.ts';
import { openStationFiles } from '../station-files.ts';
import { createSessionStore } from '../storage/session-store.ts';
import type { FarEndAnswer, FarEndMove } from './far-ends.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const WITHOUT_TELEPHONES = new URL('without-telephones.ts', import.meta.url).href;
const COMPILE_CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/openline', import.meta.url));
/** As the launcher starts a server. */
const AS_LAUNCHED = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
const DEADLINE_MS = 30_000;

export interface StationProcessOptions {
  users: readonly { id: string; name: string; role: string }[];
  /** Channels of the line `studio`. */
  capacity: number;
}

export class StationProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'openline-station-'));
  readonly #tokens = new Map<string, string>();
  readonly #waiting = new Map<number, (answer: FarEndAnswer) => void>();
  #child: ChildProcess | null = null;
  #address = '';
  #output = '';
  #requests = 0;

  private constructor() {}

  /** Its files are there; it does not run yet. */
  static async create({ users, capacity }: StationProcessOptions): Promise<StationProcess> {
    const station = new StationProcess();
    const opened = await openStationFiles(station.#env());
    if (!opened.ok) throw new Error(opened.problems.join('\n'));
    const { files } = opened;
    const { settings, config } = files;
    const line = { id: 'studio', label: 'Studio', number: '+2201', capacity, sms: true };
    const changed = await settings.change((document) => ({
      ...document,
      users,
      lines: [line],
      dial: { allow: ['^\\+?[0-9]+$', '^sip:'], max_minutes_per_day: 100_000 },
    }));
    if (!changed.ok) throw new Error(changed.problems.join('\n'));
    const database = new DatabaseSync(databasePath(config.dataFolder));
    const signIn = new SignIn({ settings, sessions: createSessionStore(database), now: Date.now });
    for (const { id } of users) station.#tokens.set(id, signIn.open(id));
    database.close();
    files.close();
    return station;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }
  get isRunning(): boolean {
    return this.#child !== null;
  }
  /** What it has logged of warnings and errors, and what it printed while dying. */
  get output(): string {
    return this.#output;
  }
  get databasePath(): string {
    return databasePath(this.#env()['OPENLINE_DATA'] ?? '');
  }
  get audioFolder(): string {
    return audioFolder(this.#env()['OPENLINE_DATA'] ?? '');
  }

  async start(): Promise<void> {
    const child = fork(MAIN, [], {
      env: this.#env(),
      execArgv: [...AS_LAUNCHED, '--expose-gc', '--import', WITHOUT_TELEPHONES],
      silent: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (this.#output = `${this.#output}${String(chunk)}`.slice(-20_000)));
    }
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
    });
    const { address } = await new Promise<{ address: string }>((resolve, reject) => {
      child.once('message', (message) => resolve(message as { address: string }));
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.#output}`)));
    });
    child.on('message', (answer: FarEndAnswer) => {
      this.#waiting.get(answer.request)?.(answer);
      this.#waiting.delete(answer.request);
    });
    this.#address = address;
  }

  /** Power gone: nothing is tidied up. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#waiting.clear();
  }

  /** Ends it, and its files with it. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Where a client of that user connects. */
  url(userId: string): string {
    return `${this.#address.replace('http', 'ws')}/ws?token=${this.#tokens.get(userId) ?? ''}`;
  }

  /** Resolves when everything that follows from it has been told. */
  play(move: FarEndMove): Promise<FarEndAnswer> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`no end of ${move.do}`)), DEADLINE_MS);
      deadline.unref();
      this.#waiting.set(request, (answer) => {
        clearTimeout(deadline);
        resolve(answer);
      });
      this.#child?.send({ ...move, request }, () => undefined);
    });
  }

  #env(): NodeJS.ProcessEnv {
    return {
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...process.env,
      OPENLINE_DATA: join(this.#folder, 'data'),
      OPENLINE_SETTINGS: '',
      OPENLINE_HOST: '127.0.0.1',
      OPENLINE_SIP_HOST: '127.0.0.1',
      OPENLINE_HTTP_PORT: '0',
      OPENLINE_SIP_PORT: '0',
      OPENLINE_RTP_PORTS: '0-0',
      OPENLINE_LOG: 'warn',
    };
  }
}
