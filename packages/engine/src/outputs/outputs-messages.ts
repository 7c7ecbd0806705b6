/** What the main thread and the outputs thread say to each other. */
import type { OutputState } from '../control/contract.ts';
import type { ThreadOutputConfig } from './start-output.ts';

export interface OutputsThreadData {
  /** The ring of program-tap.ts. */
  programAudio: SharedArrayBuffer;
  /** Where listeners are served. */
  socketPath: string;
}

export type OutputsCommand =
  /** All of them; what is there already and stays as it is runs on. */
  { type: 'configure'; outputs: readonly ThreadOutputConfig[] } | { type: 'stop' };

export type OutputsReport =
  | { type: 'ready' }
  | { type: 'state'; ref: string; state: OutputState['state']; error: string | null }
  /** Of the program stream. */
  | { type: 'listeners'; count: number }
  | { type: 'problem'; msg: string };
