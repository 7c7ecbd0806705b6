/**
 * The studio's feed from a local sound device, through a program that the platform keeps (sound-programs.ts): what it
 * writes to its pipe is cut to blocks. One that says nothing any more is ended and started again. Made by
 * studio-thread.ts.
 */
import { captureCommand } from '../outputs/sound-programs.ts';
import { PipedProgram } from '../outputs/piped-program.ts';
import type { ReportState } from '../outputs/output.ts';
import type { StudioInputConfig } from '../control/contract.ts';
import { BlockCutter } from './block-cutter.ts';
import { RATE } from './feed-packets.ts';
import type { FeedPackets } from './feed-packets.ts';
import type { StudioInput } from './studio-input.ts';
import { readSamples, type SampleFormat } from './linear-samples.ts';

type DeviceConfig = Extract<StudioInputConfig, { type: 'device' }>;

/** A device that is there sends something all the time. */
const SILENT_MS = 5_000;
const LOOK_MS = 1_000;
const PIECE_SAMPLES = 4_096;

export class DeviceInput implements StudioInput {
  readonly #config: DeviceConfig;
  readonly #report: ReportState;
  readonly #packets: FeedPackets;
  readonly #format: SampleFormat;
  readonly #samples = new Float32Array(PIECE_SAMPLES);
  readonly #timer: NodeJS.Timeout;
  readonly #cutter: BlockCutter;
  #program: PipedProgram;
  #heardMs = performance.now();
  /** Of a sample of which the rest has not come yet. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(config: DeviceConfig, packets: FeedPackets, report: ReportState) {
    this.#config = config;
    this.#packets = packets;
    this.#report = report;
    this.#format = { bytes: 2, channels: config.channels, isBigEndian: false };
    this.#cutter = new BlockCutter(RATE, (block, number, arrivalMs) =>
      packets.send(block, number, arrivalMs),
    );
    this.#program = this.#start();
    this.#timer = setInterval(() => this.#watch(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#program.close();
  }

  #start(): PipedProgram {
    const { program, device, channels } = this.#config;
    return new PipedProgram({
      ...captureCommand(program, device, channels),
      report: (state, error) => {
        if (state !== 'running') this.#forget();
        this.#report(state, error);
      },
      onData: (bytes) => this.#take(bytes),
    });
  }

  #take(bytes: Buffer): void {
    const arrivalMs = performance.now();
    this.#heardMs = arrivalMs;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const step = this.#format.bytes * this.#format.channels;
    const whole = all.length - (all.length % step);
    for (let at = 0; at < whole; at += PIECE_SAMPLES * step) {
      const count = readSamples(all, at, whole - at, this.#format, this.#samples);
      this.#cutter.add(this.#samples, count, this.#cutter.end, arrivalMs);
    }
    this.#rest = Buffer.from(all.subarray(whole));
  }

  /** The next one begins anew: its first byte is the first of a sample, and its time is its own. */
  #forget(): void {
    this.#rest = Buffer.alloc(0);
    this.#cutter.restart();
    this.#packets.restart();
    this.#heardMs = performance.now();
  }

  #watch(): void {
    if (performance.now() - this.#heardMs < SILENT_MS || !this.#program.isThere) return;
    this.#program.close();
    this.#report('failed', `${this.#config.program} brings no sound`);
    this.#program = this.#start();
  }
}
