/**
 * The studio desk's feed and return where it is neither a telephone nor a browser: what is set of them, and how they are.
 * Part of the contract (contract.ts), from where everybody takes it.
 */
import type { SoundProgram } from './sound-program.ts';

export type StudioInputConfig =
  /** `device` null: the platform's default. Two channels are mixed to one. */
  | { type: 'device'; program: SoundProgram; device: string | null; channels: 1 | 2 }
  /** RTP, of any dynamic payload type, to a port of ours or to a multicast group. */
  | {
      type: 'rtp';
      /** The group, or one of our addresses; null: any of ours. */
      address: string | null;
      port: number;
      encoding: 'L16' | 'L24';
      sampleRate: 48_000 | 44_100;
      channels: 1 | 2;
      /** The address of the network interface on which the group is joined; null: the system's choice. */
      interfaceAddress: string | null;
      /** Only this sender is heard; null: whoever comes first, until it is silent. */
      source: string | null;
    };

/** Where the studio desk hears air − itself. */
export type StudioReturnConfig =
  | { type: 'device'; program: SoundProgram; device: string | null }
  | {
      type: 'rtp';
      address: string;
      port: number;
      encoding: 'L16' | 'L24';
      ptimeMs: 1 | 4 | 5 | 10 | 20;
      ttl: number;
      interfaceAddress: string | null;
    };

export interface StudioConfig {
  input: StudioInputConfig;
  /** Null: it hears us some other way. */
  return: StudioReturnConfig | null;
}

export interface StudioCondition {
  state: 'starting' | 'running' | 'failed';
  /** In words, what keeps it from running. */
  error: string | null;
}

/** The feed is silent while it does not run, and is tried again for ever. */
export interface StudioState {
  input: StudioCondition;
  return: StudioCondition | null;
}

/** The feed of `EngineConfig.studio`, one leg at a time: it is answered at once. `ref` is for the origin. */
export interface StudioTarget {
  kind: 'studio';
  ref: string;
}
