/**
 * Listens to an output as a stranger does, in tests: with ffmpeg, which decodes whatever it is given to samples that are
 * looked at as they come.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { toneLevelDb } from '../../audio/tone-analysis.ts';

export const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0;

const RATE = 48_000;
const LOOKED_AT = RATE / 2;
const DEADLINE_MS = 60_000;

export class Listener {
  readonly #child: ChildProcess;
  readonly #pieces: Buffer[] = [];
  #complaint = '';

  /** `input`: arguments before and with `-i`; `source`: what it reads where that is `pipe:0`. */
  constructor(input: readonly string[], source?: Readable) {
    const output = ['-f', 's16le', '-ar', String(RATE), '-ac', '1', '-flush_packets', '1', 'pipe:1'];
    this.#child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...input, ...output], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => {});
    if (stdin && source) source.pipe(stdin);
    stdout?.on('data', (bytes: Buffer) => this.#pieces.push(bytes));
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.#complaint += text));
  }

  /** All it has heard so far. */
  get samples(): Float32Array {
    const bytes = Buffer.concat(this.#pieces);
    return Float32Array.from(
      { length: Math.floor(bytes.length / 2) },
      (_, at) => bytes.readInt16LE(at * 2) / 32_768,
    );
  }

  /** What comes from now on is to be judged alone. */
  forget(): void {
    this.#pieces.length = 0;
  }

  /** Waits until half a second at the end is all of this tone, or of silence (null): 'heard', or what went wrong. */
  async hears(hz: number | null): Promise<string> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const latest = this.samples.slice(-LOOKED_AT);
      if (latest.length === LOOKED_AT && isAll(latest, hz)) return 'heard';
      if (performance.now() > deadline) return `not heard: ${hz ?? 'silence'} ${this.#complaint}`;
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.once('close', () => resolve());
    this.#child.kill('SIGKILL');
    await promise;
  }
}

/** The tone stands 40 dB above everything else; silence is below −70 dBFS. */
function isAll(samples: Float32Array, hz: number | null): boolean {
  const energy = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  if (hz === null) return energy < 1e-7;
  const tone = 10 ** (toneLevelDb(samples, RATE, hz) / 10) / 2;
  return energy > 1e-5 && Math.abs(energy - tone) < 0.02 * energy;
}
