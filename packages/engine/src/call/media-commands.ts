/**
 * What the main thread and the two workers of the media plane say to each other, as JSON on shared rings
 * (shared-ring.ts). Commands with a `request` get one reply; the media thread applies a command between two ticks.
 */
import type { Levels, Program } from '../control/contract.ts';
import type { Sound } from '../audio/sound.ts';
import type { PacketIoKind } from '../rtp/socket-io.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';
import type { Carrier, MediaEvent, MediaPlace, PortId, StreamParameters } from './media-plane.ts';

export type MediaCommand =
  | { type: 'open'; request: number; port: PortId; carrier: Carrier }
  | { type: 'into-peer'; port: PortId }
  | { type: 'stream'; port: PortId; parameters: StreamParameters }
  | { type: 'place'; request: number; places: readonly { port: PortId; place: MediaPlace }[] }
  | { type: 'levels'; port: PortId; levels: Partial<Levels> }
  | { type: 'program'; program: Partial<Program> }
  /** Whether the outputs are to be fed. */
  | { type: 'outputs'; areWanted: boolean }
  | { type: 'delay'; targetMs: number }
  /** In the tick that follows; what is thrown away is saved in `slot`. */
  | { type: 'dump'; request: number; dumpMs: number; slot: number }
  | { type: 'settings'; hold: 'program' | 'music'; rtpTimeoutMs: number }
  | { type: 'close'; request: number; port: PortId }
  | { type: 'whisper'; request: number; port: PortId; to: PortId | null }
  | {
      type: 'record';
      slot: number;
      source: { kind: 'port'; port: PortId } | { kind: 'program' };
      /** The far end alone, in `ivr` behind its prompt, so many frames at most; null: all of it. */
      ivrFrames: number | null;
    }
  | { type: 'record-stop'; slot: number }
  /** The ring of the slot is filled: into the port's ear, or to air. */
  | { type: 'play'; slot: number; to: PortId | null; levelDb: number }
  | { type: 'play-level'; slot: number; levelDb: number }
  | { type: 'play-stop'; slot: number }
  | { type: 'stop'; request: number };

export type MediaReport =
  /** `threadId`: the kernel's, for its priority. */
  | { type: 'ready'; threadId: number | null; packetIo: PacketIoKind }
  | { type: 'opened'; request: number; rtpPort: number; rtcpPort: number }
  | { type: 'done'; request: number }
  | { type: 'dumped'; request: number; dumpedMs: number }
  | { type: 'refused'; request: number; code: string; msg: string }
  | { type: 'event'; event: MediaEvent };

export type RecordingCommand =
  | { type: 'start'; request: number; slot: number; recording: string; channels: 1 | 2; title: string }
  /** Makes or reads a sound; the thread has time for it. A `SoundMessage` to the parent brings it. */
  | { type: 'music'; file: string | null }
  /** What is said to those on hold; null: nothing. */
  | { type: 'notice'; file: string | null; everyMs: number }
  | { type: 'prompt'; key: string; step: 'question' | 'thanks'; file: string | null }
  | { type: 'stop'; request: number };

export type RecordingReport =
  | { type: 'ready' }
  | { type: 'done'; request: number }
  | { type: 'refused'; request: number; code: string; msg: string }
  /** The file is complete (`error` null) or as far as it could be written. */
  | {
      type: 'stopped';
      slot: number;
      recording: string;
      durationMs: number;
      loudMs: number;
      error: string | null;
    }
  /** The last frame of this slot has been taken from the ring: it may be used again. */
  | { type: 'freed'; slot: number }
  | {
      type: 'alarm';
      code: 'recording_dropped' | 'recording_failed';
      isRaised: boolean;
      msg: string;
    };

/** A sound in shared memory, from the recording thread to the media thread by way of the main thread. */
/** The line of the broadcast delay, made by the main thread when a delay is first wanted. */
export interface DelayMessage {
  kind: 'delay';
  memory: SharedArrayBuffer;
}

export type SoundMessage =
  | { kind: 'music'; sound: Sound }
  | { kind: 'notice'; sound: Sound | null; everyMs: number }
  /** `isBuiltIn` although a file was asked for: the file cannot be played. `sound` null: forget it. */
  | { kind: 'prompt'; key: string; sound: Sound | null; isStandIn: boolean };

/** What both workers are started with: memory that is shared, made once. */
export interface MediaMemory {
  commands: SharedArrayBuffer;
  reports: SharedArrayBuffer;
  recordingCommands: SharedArrayBuffer;
  recordingReports: SharedArrayBuffer;
  recordedAudio: SharedArrayBuffer;
  /** For the outputs thread, which is none of the media plane's. */
  programAudio: SharedArrayBuffer;
  meters: SharedArrayBuffer;
  clock: SharedArrayBuffer;
  quality: SharedArrayBuffer;
  /** Of what is played, a ring each. */
  players: readonly SharedArrayBuffer[];
  delay: SharedArrayBuffer;
}

export interface MediaThreadData {
  memory: MediaMemory;
  peerPackets: PeerPacketMemory;
  studioPackets: PeerPacketMemory;
  host: string;
  rtpPorts: { from: number; to: number };
  packetIo: PacketIoKind;
  maxPorts: number;
}

export interface RecordingThreadData {
  memory: MediaMemory;
  audioFolder: string;
  promptsFolder: string;
}

/** What the playback thread is asked, by messages: it has no clock to keep. */
export type PlaybackCommand =
  | { type: 'open'; request: number; slot: number; path: string; fromMs: number }
  | { type: 'close'; slot: number };

export type PlaybackReport =
  /** The ring of the slot has its first second. */
  | { type: 'opened'; request: number; durationMs: number }
  | { type: 'refused'; request: number; msg: string }
  /** In the middle: what is in the ring is the last that is heard. */
  | { type: 'failed'; slot: number; msg: string };

export interface PlaybackThreadData {
  rings: readonly SharedArrayBuffer[];
}
