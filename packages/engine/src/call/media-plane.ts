/**
 * What call/ (main thread) sees of the media thread: ports with an RTP socket pair each, placed on the mixer. The
 * implementation keeps the other side in a worker (media-thread.ts) and talks to it through shared memory rings.
 */
import type { PacketIoKind } from '../rtp/socket-io.ts';
import type { SrtpKeys } from '../rtp/srtp.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';
import type { DelayState } from '../audio/broadcast-delay.ts';
import type { ClockReport, Levels, Meter, Program, Quality, RecordingSource } from '../control/contract.ts';

/** Index of a mixer port, 0 … maxPorts−1; reused after close(). */
export type PortId = number;

export type MediaPlace =
  | { kind: 'silence' }
  | { kind: 'air' }
  | { kind: 'host' }
  | { kind: 'hold' }
  | { kind: 'private'; with: PortId }
  | { kind: 'monitor' }
  /** `isDelayed` false: before the broadcast delay. */
  | { kind: 'program'; isDelayed?: boolean }
  | { kind: 'ivr'; step?: 'question' | 'thanks'; prompt?: string | null }
  | { kind: 'tone'; tone: 'ringback' | 'busy' };

/** Who brings the packets of a port: sockets of the media thread, the WebRTC thread, or the studio thread. */
export type Carrier = 'sockets' | 'peer' | 'studio';

/** A codec that was agreed upon, with its numbers. */
export interface StreamCodec {
  /** Name in codecs/registry.ts: 'PCMU', 'PCMA', 'G722', 'OPUS', 'L16'. */
  codec: string;
  /** RTP payload type of the codec, in each direction. */
  payloadTypeOut: number;
  payloadTypeIn: number;
  /** RFC 4733 payload type, null when not negotiated. */
  dtmfPayloadType: number | null;
  /** RFC 3389, besides the static 13, which is understood always. */
  comfortNoisePayloadType?: number | null;
  /** RFC 3389: pauses are described with it. Absent: they are sent as they are. */
  sentNoisePayloadType?: number;
  /** How the far end would like to be sent this codec; only of codecs that can be told. */
  sending?: SendSettings;
}

export interface SendSettings {
  /** Bits a second. */
  bitrate: number;
  /** It can use redundancy for lost packets. */
  hasFec: boolean;
}

/** What an answered offer says of the stream; set again after every re-negotiation, without a gap. */
export interface StreamParameters extends StreamCodec {
  /** All that an answer to our offer left open, this one among them: the far end may change without a word (RFC 3264 7). */
  agreedCodecs?: readonly StreamCodec[];
  ptimeMs: number;
  /** Where the SDP says that RTP goes; replaced by symmetric latching on the first valid packet. */
  remoteAddress: string;
  remotePort: number;
  remoteRtcpPort: number;
  isRtcpMux: boolean;
  /** Absent: plain RTP. With them nothing else is sent or taken. */
  srtp?: SrtpKeys;
  /**
   * Our side of the direction attribute. What comes while we do not receive is not heard. A far end that heard us and
   * does not want to any more holds us: what it sends meanwhile does not go to air, wherever the port is placed.
   */
  isSending: boolean;
  isReceiving: boolean;
}

export type MediaEvent =
  /** First decoded frame since open(), or since the place was last 'silence'. */
  | { type: 'media'; port: PortId }
  | { type: 'dtmf'; port: PortId; digit: string }
  /** No RTP for rtpTimeoutMs while isReceiving. Once; armed again by the next packet. */
  | { type: 'rtp-timeout'; port: PortId }
  /** In 'ivr': the prompt has been heard to the end. */
  | { type: 'prompted'; port: PortId }
  | { type: 'recording-stopped'; recording: string; durationMs: number; loudMs: number; error: string | null }
  /** What was played is over; `error`: the file could not be read to its end. */
  | { type: 'played'; slot: number; playedMs: number; error: string | null }
  | {
      type: 'alarm';
      code: 'clock_late' | 'recording_dropped' | 'recording_failed';
      isRaised: boolean;
      msg: string;
    }
  /** The thread died; every port is gone. The process should end and be started again. */
  | { type: 'crashed'; msg: string };

export interface MediaPlaneOptions {
  /** RTP binds here. */
  host: string;
  /** Inclusive; even ports carry RTP, the next odd one RTCP. 0-0: any free pair. */
  rtpPorts: { from: number; to: number };
  /** What is wanted where the machine has it; 'batched' when absent. */
  packetIo?: PacketIoKind;
  /** Once: what it has. */
  onPacketIo?(kind: PacketIoKind): void;
  maxPorts: number;
  /** Recordings are written to `${audioFolder}/${recording}.wav`. */
  audioFolder: string;
  /** Prompts are read from `${promptsFolder}/${prompt}.wav`. */
  promptsFolder: string;
  /** To and from the WebRTC thread. */
  peerPackets: PeerPacketMemory;
  /** To and from the studio thread. */
  studioPackets: PeerPacketMemory;
  onEvent(event: MediaEvent): void;
}

export interface MediaSettings {
  hold: { kind: 'program' } | { kind: 'music'; file: string | null };
  holdNotice: { prompt: string; everyMs: number } | null;
  rtpTimeoutMs: number;
}

export interface MediaPlane {
  /** The ring of outputs/program-tap.ts, with one reader. */
  readonly programAudio: SharedArrayBuffer;
  /** Whether anything is to be written there. */
  wantProgram(isWanted: boolean): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  settings(settings: MediaSettings): void;
  /**
   * Binds a socket pair, or none for a browser and the studio's feed, whose packets come from the thread of theirs.
   * Rejects with code 'no_ports' when none is left.
   */
  open(carrier?: Carrier): Promise<{ port: PortId; rtpPort: number; rtcpPort: number }>;
  /** What was opened with sockets goes on without them: it is a browser that has answered. Before its stream(). */
  turnIntoPeer(port: PortId): void;
  stream(port: PortId, parameters: StreamParameters): void;
  /** All in one tick; resolves when that tick has been mixed. */
  place(places: readonly { port: PortId; place: MediaPlace }[]): Promise<void>;
  /** The port's voice to `to` alone, or back to where it is placed. Resolves when it has been mixed so. */
  whisper(port: PortId, to: PortId | null): Promise<void>;
  levels(port: PortId, levels: Partial<Levels>): void;
  program(program: Partial<Program>): void;
  /** Wanted from now on; what it is read from shared memory. */
  setDelay(targetMs: number): void;
  delay(): { state: DelayState; depthMs: number; targetMs: number };
  /**
   * Throws the newest of the delay away, into a recording of this name; 0: nothing was delayed, and nothing is recorded.
   * Of the recording 'recording-stopped' tells.
   */
  dump(recording: string, dumpMs: number): Promise<number>;
  /** Resolves when the file exists with its header. `ivr` as in the control contract. */
  record(
    recording: string,
    source: Exclude<RecordingSource, { kind: 'leg' }> | { kind: 'port'; port: PortId },
    ivr?: { maxMs: number },
  ): Promise<void>;
  stopRecording(recording: string): void;
  /**
   * Plays a WAV file of the station's into the port's ear, or to air (null). Rejects with code 'no_player' when as many
   * play as can, 'unplayable' when the file is not for it. The event `played` follows when it is over.
   */
  play(
    path: string,
    to: PortId | null,
    levelDb: number,
    fromMs: number,
  ): Promise<{ slot: number; durationMs: number }>;
  playLevel(slot: number, levelDb: number): void;
  stopPlaying(slot: number): void;
  quality(port: PortId): Quality;
  /** Reads the shared block; `out` is reused by the caller. */
  meters(
    ports: readonly PortId[],
    slots?: readonly number[],
  ): { ports: { in: Meter; out: Meter }[]; program: Meter; air: Meter; players: Meter[] };
  clock(): ClockReport;
  /** Fades out, closes the sockets, ends its recordings; resolves to the last figures. */
  close(port: PortId): Promise<Quality>;
}
