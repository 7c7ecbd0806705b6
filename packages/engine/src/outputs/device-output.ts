/**
 * The program to a local sound device, through a program that the platform keeps (sound-programs.ts). The device has a clock
 * of its own: what it takes too slowly is left out a frame at a time, in a pause if there is one; where it takes too
 * quickly it hears a moment of silence. Made by start-output.ts, outputs thread.
 */
import type { Output, ReportState } from './output.ts';
import { PipedProgram } from './piped-program.ts';
import { PROGRAM_FRAME_SAMPLES } from './program-tap.ts';
import type { SoundCommand } from './sound-programs.ts';

const FRAME_BYTES = PROGRAM_FRAME_SAMPLES * 2;
/** It begins with so much silence, which makes up for the wobble of both sides. */
const LEAD_FRAMES = 3;
/** Behind by so much, a quiet frame is left out; by so much more, any. */
const BEHIND_BYTES = 5 * FRAME_BYTES;
const FAR_BEHIND_BYTES = 25 * FRAME_BYTES;
/** −50 dBFS: nobody hears that it is missing. */
const QUIET = 10 ** (-50 / 20);

export class DeviceOutput implements Output {
  readonly #program: PipedProgram;
  #isLeadDue = true;

  constructor({ command, args }: SoundCommand, report: ReportState) {
    this.#program = new PipedProgram({
      command,
      args,
      report: (state, error) => {
        if (state === 'failed') this.#isLeadDue = true;
        report(state, error);
      },
    });
  }

  frame(samples: Float32Array): void {
    if (this.#isLeadDue) this.#program.write(Buffer.alloc(LEAD_FRAMES * FRAME_BYTES));
    this.#isLeadDue = false;
    const { backlogBytes } = this.#program;
    if (backlogBytes > FAR_BEHIND_BYTES || (backlogBytes > BEHIND_BYTES && isQuiet(samples))) return;
    this.#program.write(toS16(samples));
  }

  close(): void {
    this.#program.close();
  }
}

function isQuiet(samples: Float32Array): boolean {
  for (const sample of samples) if (sample > QUIET || sample < -QUIET) return false;
  return true;
}

function toS16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES);
  for (let index = 0; index < PROGRAM_FRAME_SAMPLES; index++) {
    const value = Math.round(samples[index]! * 0x7fff);
    bytes.writeInt16LE(Math.max(-0x7fff, Math.min(0x7fff, value)), index * 2);
  }
  return bytes;
}
