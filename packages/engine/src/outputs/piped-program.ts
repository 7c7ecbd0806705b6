/**
 * A sound program of the platform (aplay, pw-cat, ffmpeg…) as a child process with sound on its pipes, kept running: when
 * it ends it is started again after a pause. Never a shell. Used by device-output.ts and the studio's own feed, outputs
 * thread.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ReportState } from './output.ts';
import { Retry } from './retry.ts';

export interface PipedProgramOptions {
  command: string;
  args: readonly string[];
  report: ReportState;
  /** What it writes to its standard output. */
  onData?: (bytes: Buffer) => void;
}

/** It has not ended for so long: it found its device. */
const STARTED_MS = 1_000;
/** Some of what it complains of, for the console. */
const MAX_COMPLAINT = 300;
/** What plays goes when its sound has ended, and is asked to when it does not; in the end nobody is asked. */
const ASK_AFTER_MS = 400;
const KILL_AFTER_MS = 800;

export class PipedProgram {
  readonly #options: PipedProgramOptions;
  readonly #retry = new Retry();
  #child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
  #startedTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: PipedProgramOptions) {
    this.#options = options;
    options.report('starting');
    this.#start();
  }

  /** Bytes that it has not taken yet; 0 while it is not there. */
  get backlogBytes(): number {
    return this.#child?.stdin.writableLength ?? 0;
  }

  /** It is there; whether it has found its device is another question. */
  get isThere(): boolean {
    return this.#child !== null;
  }

  write(bytes: Buffer): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable === true) stdin.write(bytes);
  }

  close(): void {
    this.#isClosed = true;
    this.#retry.stop();
    if (this.#startedTimer !== null) clearTimeout(this.#startedTimer);
    const child = this.#child;
    if (child === null) return;
    child.stdin.end();
    const isCapturing = this.#options.onData !== undefined;
    const timers = [
      setTimeout(() => child.kill('SIGTERM'), isCapturing ? 0 : ASK_AFTER_MS),
      setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS),
    ];
    child.once('exit', () => timers.forEach(clearTimeout));
  }

  #start(): void {
    const { command, args, onData } = this.#options;
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    let complaint = '';
    let hasEnded = false;
    const onEnd = (error: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      this.#onEnded(error);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      onEnd(error.code === 'ENOENT' ? `${command} is not installed` : `${command}: ${error.message}`);
    });
    child.on('close', (code, signal) => {
      const lastLine = complaint.trim().split('\n').at(-1) ?? '';
      onEnd(`${command} ended (${signal ?? code})${lastLine === '' ? '' : `: ${lastLine}`}`);
    });
    // A pipe that breaks is followed by the end of the program.
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MAX_COMPLAINT);
    });
    if (onData === undefined) child.stdout.resume();
    else child.stdout.on('data', (bytes: Buffer) => this.#isClosed || onData(bytes));
    this.#startedTimer = setTimeout(() => this.#onStarted(), STARTED_MS);
  }

  #onStarted(): void {
    this.#retry.noteRunning();
    this.#options.report('running');
  }

  #onEnded(error: string): void {
    if (this.#startedTimer !== null) clearTimeout(this.#startedTimer);
    this.#child = null;
    if (this.#isClosed) return;
    this.#options.report('failed', error);
    this.#retry.plan(() => this.#start());
  }
}
