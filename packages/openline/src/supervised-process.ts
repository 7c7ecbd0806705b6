/**
 * One child of the launcher, kept running: started again at once when it dies, with growing pauses only when it
 * dies young again and again. Exit code 78 (sysexits.h EX_CONFIG) before it was ever ready means that the settings
 * are wrong: then it stays down and says so.
 */
import { fork, type ChildProcess } from 'node:child_process';

const EXIT_CONFIG = 78;

/** What a child says over the IPC channel once it serves. The ports that it took are given to it again later. */
export interface ReadyMessage {
  type: 'ready';
  /** Environment to start it with from now on, so that it comes back where it was. */
  keep?: Record<string, string>;
  address?: string;
  setUpLink?: string | null;
}

export interface SupervisedOptions {
  name: string;
  entry: string;
  env: Record<string, string>;
  /** Further options of Node. */
  execArgv?: readonly string[];
  onReady: (message: ReadyMessage) => void;
  /** It cannot run: its exit code said that the configuration is wrong. */
  onRefused: (exitCode: number) => void;
  log: (line: string) => void;
  setTimer?: (run: () => void, delayMs: number) => unknown;
  now?: () => number;
  forkProcess?: typeof fork;
}

/** A child that lived this long is not in a crash loop. */
const GOOD_LIFE_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const STOP_DEADLINE_MS = 6_000;

/** Pause before the next start after `shortLives` deaths in a row, each soon after its start. */
export function restartPauseMs(shortLives: number): number {
  if (shortLives <= 1) return 0;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (shortLives - 2));
}

export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  readonly #setTimer: (run: () => void, delayMs: number) => unknown;
  readonly #now: () => number;
  #child: ChildProcess | null = null;
  #kept: Record<string, string> = {};
  #hasBeenReady = false;
  #isStopping = false;
  #shortLives = 0;
  #startedAt = 0;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#setTimer = options.setTimer ?? ((run, delayMs) => setTimeout(run, delayMs));
    this.#now = options.now ?? Date.now;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    if (this.#isStopping) return;
    const { entry, env, execArgv = [], forkProcess = fork } = this.#options;
    this.#startedAt = this.#now();
    const child = forkProcess(entry, [], {
      env: { ...process.env, ...env, ...this.#kept },
      execArgv: ['--disable-warning=ExperimentalWarning', ...execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => this.#onMessage(message));
    child.on('error', (error) => this.#options.log(`${this.#options.name}: ${error.message}`));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
  }

  /** However it ends from now on, it is not started again. */
  retire(): void {
    this.#isStopping = true;
  }

  /** Asks it to end and waits; after a while it is killed. */
  async stop(): Promise<void> {
    this.retire();
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await gone;
    clearTimeout(deadline);
  }

  #onMessage(message: unknown): void {
    if (!isReady(message)) return;
    this.#hasBeenReady = true;
    this.#kept = { ...this.#kept, ...message.keep };
    this.#options.onReady(message);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = null;
    if (this.#isStopping) return;
    if (code === EXIT_CONFIG && !this.#hasBeenReady) {
      this.#isStopping = true;
      this.#options.onRefused(code);
      return;
    }
    const livedMs = this.#now() - this.#startedAt;
    this.#shortLives = livedMs < GOOD_LIFE_MS ? this.#shortLives + 1 : 1;
    const pauseMs = restartPauseMs(this.#shortLives);
    const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
    const when = pauseMs === 0 ? 'at once' : `in ${pauseMs / 1000} s`;
    this.#options.log(`The ${this.#options.name} ${how}; it is started again ${when}.`);
    if (pauseMs === 0) this.start();
    else this.#setTimer(() => this.start(), pauseMs);
  }
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
