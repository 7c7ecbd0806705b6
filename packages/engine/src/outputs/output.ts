/**
 * The port of the outputs: whatever takes the program as it is transmitted. One file a kind, made in start-output.ts;
 * all of them live in the outputs thread but the telephone call (sip-outputs.ts, main thread).
 */
import type { OutputState } from '../control/contract.ts';

export interface Output {
  /** 960 samples at 48 kHz, every 20 ms on average; the frame is the caller's. */
  frame(samples: Float32Array): void;
  close(): void;
}

/** What an output says of itself, when it changes. */
export type ReportState = (state: OutputState['state'], error?: string) => void;
