/**
 * The engine's control channel: what the server may ask, what the engine reports. Legs, places and gains; no
 * word of shows, operators or channels (the server hangs those on a leg as an opaque `tag`).
 *
 * Transport: a local socket (see socket-path.ts), one JSON object a line. The server sends `ControlRequest`s and gets
 * exactly one `ControlReply` for each; the engine sends `ControlEvent`s. The first line on a new
 * connection is the event `hello` with a complete snapshot; every later event is a delta to it.
 *
 * Units: times epoch ms, durations ms, gains dB.
 */
import type { DialTarget, EngineConfig } from './engine-config.ts';
import type {
  EndCause,
  IceState,
  LegId,
  LegSnapshot,
  Levels,
  Origin,
  Party,
  Place,
  Quality,
  Tag,
} from './leg-state.ts';
import type { StudioState, StudioTarget } from './studio-config.ts';

export type * from './engine-config.ts';
export type * from './leg-state.ts';
export type * from './sound-program.ts';
export type * from './studio-config.ts';

export const CONTROL_VERSION = 1;

export interface Program {
  levelDb: number;
  isMuted: boolean;
  isOnAir: boolean;
}

/** The broadcast delay. `building` and `draining` change its depth by at most 8 % of the time that passes. */
export interface ProgramDelay {
  state: 'bypass' | 'building' | 'full' | 'draining';
  /** How long what is said now takes to the outputs behind the delay. */
  depthMs: number;
  targetMs: number;
  /** One dump (`EngineConfig.delayDumpMs`) fits into the depth. */
  isSafe: boolean;
}

export interface AccountState {
  username: string;
  ref: string;
  isRegistered: boolean;
  userAgent: string | null;
}

export interface TrunkState {
  ref: string;
  status: 'registering' | 'registered' | 'failed';
  error: string | null;
}

export type RecordingSource = { kind: 'leg'; leg: LegId } | { kind: 'program' };

export interface RecordingState {
  recording: string;
  source: RecordingSource;
  startedAt: number;
}

/** Never a path: a name in the data folder's `audio` or `prompts`, without its ending. */
export interface PlayedFile {
  kind: 'recording' | 'prompt';
  name: string;
}

/** A sound that is played from a file. */
export interface PlayerState {
  player: string;
  file: PlayedFile;
  /** To air, as one more voice; or into one leg's ear, over what it hears. */
  to: { kind: 'air' } | { kind: 'leg'; leg: LegId };
  levelDb: number;
  /** Where in the file it began, and when. */
  fromMs: number;
  startedAt: number;
  durationMs: number;
  tag: Tag;
}

export interface ClockReport {
  /** Lateness of the 20 ms tick since the last report, ms. */
  lateP50Ms: number;
  lateP99Ms: number;
  lateMaxMs: number;
  /** How many ticks were late by up to so much (steps of 0.05 ms, empty ones left out): reports can be added up. */
  lateCounts: [upToMs: number, ticks: number][];
  ticks: number;
  overruns: number;
  /** Mean time spent in a tick, ms. */
  busyMs: number;
}

/** One that has failed is tried again for ever, with growing pauses. */
export interface OutputState {
  ref: string;
  state: 'starting' | 'running' | 'failed';
  /** In words, what keeps it from running. */
  error: string | null;
  /** Of the program stream: how many listen. */
  listeners: number | null;
}

export interface Snapshot {
  controlVersion: number;
  engineVersion: string;
  /** Changes at every start of the engine. */
  instance: string;
  startedAt: number;
  /** `tls`, `ws` (WebSocket, with TLS and without): null when it is not spoken; absent in an older engine. */
  sipPort: { udp: number; tcp: number; tls?: number | null; ws?: number | null };
  legs: LegSnapshot[];
  accounts: AccountState[];
  trunks: TrunkState[];
  recordings: RecordingState[];
  players: PlayerState[];
  program: Program;
  /** Absent: none. */
  outputs?: OutputState[];
  /** Absent: an engine without a delay. */
  delay?: ProgramDelay;
  /** Absent or null: no studio feed is set. */
  studio?: StudioState | null;
  isConfigured: boolean;
}

export interface OutgoingMessage {
  target: DialTarget;
  text: string;
  /** The server's name for it, and which try it is: asked again, it is not sent again while this engine runs. */
  message?: string;
  attempt?: number;
  /** 'text/plain;charset=UTF-8' when it is absent. */
  contentType?: string;
  from?: { number: string | null; displayName: string | null };
}

/** Every command, with its data and the data of a successful reply. */
export interface ControlCommands {
  'engine.configure': { data: { config: EngineConfig }; reply: null };
  /** 200 OK, then placed. The reply says that the answer is on its way; `leg.media` says that sound flows. */
  'leg.answer': { data: { leg: LegId; place: Place; levels?: Partial<Levels> }; reply: null };
  'leg.reject': { data: { leg: LegId; status: number; reason: string }; reply: null };
  'leg.dial': {
    data: {
      leg: LegId;
      target: DialTarget | StudioTarget;
      /** Caller id that we present; null: the line's own. */
      from: { number: string | null; displayName: string | null };
      /** Where it goes once answered. */
      place: Place;
      levels: Partial<Levels>;
      tag: Tag;
    };
    reply: null;
  };
  /**
   * A browser's offer (WebRTC: ICE and DTLS-SRTP). The leg is answered with the reply, in the state `away` until
   * `leg.ice`; its candidates and ours may follow as `leg.candidate`. What is no such offer is refused with `bad_offer`;
   * an engine that has no WebRTC here refuses with `no_webrtc`.
   */
  'leg.connect': {
    data: {
      leg: LegId;
      /** SDP. */
      offer: string;
      place: Place;
      levels: Partial<Levels>;
      tag: Tag;
      /** For the origin. */
      ref: string;
    };
    reply: { answer: string };
  };
  /** A further offer of the same browser: ICE restart, another device, hold. The leg goes on meanwhile. */
  'leg.reoffer': { data: { leg: LegId; offer: string }; reply: { answer: string } };
  /** A candidate of the browser, as `RTCIceCandidate` has it. An empty one says that there are no more. */
  'leg.candidate': { data: { leg: LegId; candidate: string; mid: string }; reply: null };
  /** CANCEL, BYE or a final refusal, whatever the state asks for. `leg.ended` follows. */
  'leg.hangup': { data: { leg: LegId }; reply: null };
  /** All or nothing, in one tick; the reply comes when the new places are heard. */
  'legs.place': { data: { places: { leg: LegId; place: Place }[] }; reply: null };
  /**
   * The leg's voice leaves the air bus and is added to what `to` hears, alone; null ends it. Only while both are on
   * `air`; it ends by itself, in the same tick, when either is placed elsewhere. The reply comes when it is heard.
   */
  'leg.whisper': { data: { leg: LegId; to: LegId | null }; reply: null };
  /**
   * A browser that only hears the program as it is transmitted, by the output of type `stream`: no leg of the snapshot, and
   * nobody's call. Its offer has all its candidates, as the answer has ours. It ends when its browser is away for long.
   */
  'listener.connect': { data: { offer: string }; reply: { listener: string; answer: string } };
  'listener.close': { data: { listener: string }; reply: null };
  'leg.levels': { data: { leg: LegId; levels: Partial<Levels> }; reply: null };
  'leg.tag': { data: { leg: LegId; tag: Tag }; reply: null };
  'program.set': { data: Partial<Program>; reply: null };
  /** 0 to 60,000; 0 drains it. A new engine has 0. The event `program.delay` tells how it comes about. */
  'program.delay': { data: { targetMs: number }; reply: null };
  /**
   * Throws away the newest `dumpMs` of what has not reached the outputs behind the delay, at most the depth, in the next
   * tick. It is written to `audio/{recording}.wav`; `record.stopped` follows. `wrong_state`: nothing is delayed.
   */
  'program.dump': { data: { dumpMs: number; recording: string }; reply: { dumpedMs: number } };
  /**
   * Writes `audio/{recording}.wav` in the data folder. `recording` is [A-Za-z0-9_-]{1,64}. With `ivr` (of a leg): what
   * the far end says in `ivr` and nothing else, one track, from behind the prompt until the leg is placed otherwise
   * or `maxMs` are full.
   */
  'record.start': {
    data: { recording: string; source: RecordingSource; ivr?: { maxMs: number } };
    reply: null;
  };
  'record.stop': { data: { recording: string }; reply: null };
  /**
   * Plays a file from `fromMs` (its beginning when absent) to its end; `player.started` comes before the reply,
   * `player.ended` follows. `player` is
   * [A-Za-z0-9_-]{1,64}, chosen by the server. Refused with `no_player` when as many play as can, `unplayable` when the
   * file is not there or not for it. Into a leg's ear it ends with the leg.
   */
  'player.start': {
    data: {
      player: string;
      file: PlayedFile;
      to: PlayerState['to'];
      levelDb: number;
      fromMs?: number;
      tag: Tag;
    };
    reply: null;
  };
  'player.level': { data: { player: string; levelDb: number }; reply: null };
  'player.stop': { data: { player: string }; reply: null };
  /** Meters and clock reports to this connection. */
  subscribe: { data: { meters: boolean }; reply: null };
  /** SIP MESSAGE out (RFC 3428); the reply is the far end's final status. */
  'message.send': { data: OutgoingMessage; reply: { status: number } };
  /** Final status for a `message.received`; until then the far end waits (and repeats it). */
  'message.answer': { data: { message: string; status: number }; reply: null };
}
export type ControlCommand = keyof ControlCommands;

/** dBFS, peak (1.7 s fall) and RMS. −100 is silence. */
export type Meter = [peakDb: number, rmsDb: number];

export interface ControlEvents {
  hello: Snapshot;
  'leg.offered': LegSnapshot;
  /** Outgoing: the far end rings. */
  'leg.ringing': { leg: LegId };
  'leg.answered': { leg: LegId; answeredAt: number; codec: string };
  /**
   * The first frame from the far end was decoded and is being mixed where the leg is placed; or the far end has been
   * silent for a second since it was answered, and hears what it is to hear.
   */
  'leg.media': { leg: LegId };
  'leg.held': { leg: LegId; isHeldByRemote: boolean };
  /** One of ours, for the browser. */
  'leg.candidate': { leg: LegId; candidate: string; mid: string };
  'leg.ice': { leg: LegId; state: IceState };
  /** In `ivr`: the prompt, and its beep, have been heard to the end. */
  'leg.prompted': { leg: LegId };
  'leg.dtmf': { leg: LegId; digit: string };
  'leg.quality': { leg: LegId; quality: Quality };
  'leg.ended': {
    leg: LegId;
    cause: EndCause;
    /** Final SIP status or the one in a Reason header; null where there is none. */
    sipStatus: number | null;
    by: 'remote' | 'server' | 'engine';
    endedAt: number;
    quality: Quality | null;
    tag: Tag;
  };
  /** When it changes; while it builds or drains about four times a second. */
  'program.delay': ProgramDelay;
  'account.state': AccountState;
  'trunk.state': TrunkState;
  /** `loudMs`: for how long its first track was louder than a silent line. */
  'record.stopped': { recording: string; durationMs: number; loudMs: number; error: string | null };
  'message.received': {
    message: string;
    origin: Origin;
    from: Party;
    called: string;
    text: string;
    at: number;
    contentType: string;
    /** Name the request, together with `from`; one that is sent again has the same Call-ID. */
    callId: string;
    cseq: number;
    /** Its Date header, epoch ms; null: none. */
    sentAt: number | null;
  };
  /** It is heard from now on. */
  'player.started': PlayerState;
  /** It was heard to its end, or stopped; `error`: the file could not be read to its end. */
  'player.ended': { player: string; playedMs: number; error: string | null };
  meters: {
    legs: { [leg: LegId]: { in: Meter; out: Meter } };
    players: { [player: string]: Meter };
    program: Meter;
    air: Meter;
  };
  clock: ClockReport;
  'output.state': OutputState;
  /** Null: none is set any more. */
  'studio.state': { studio: StudioState | null };
  /** `isRaised` false: over. */
  alarm: {
    code: 'clock_late' | 'recording_dropped' | 'recording_failed' | 'media_thread';
    isRaised: boolean;
    msg: string;
  };
}
export type ControlEvent = keyof ControlEvents;

export type ControlErrorCode =
  | 'bad_request'
  | 'unknown_command'
  | 'unknown_leg'
  | 'leg_exists'
  | 'wrong_state'
  | 'unreachable'
  | 'no_ports'
  | 'bad_offer'
  | 'no_webrtc'
  | 'no_listeners'
  | 'too_many_listeners'
  | 'unknown_listener'
  | 'unknown_recording'
  | 'recording_failed'
  | 'unknown_player'
  | 'player_exists'
  | 'no_player'
  | 'unplayable'
  | 'failed';

export interface ControlRequest<C extends ControlCommand = ControlCommand> {
  id: number;
  command: C;
  data: ControlCommands[C]['data'];
}

export type ControlReply =
  | { id: number; ok: true; data: unknown }
  | { id: number; ok: false; code: ControlErrorCode; msg: string };

export interface ControlEventLine<E extends ControlEvent = ControlEvent> {
  event: E;
  data: ControlEvents[E];
}
