/**
 * What the control channel says of a leg: where it is placed, its gains, who it is, how it sounds and how it ended.
 * Part of the contract (contract.ts), from where everybody takes it.
 */

/** Unique over engine restarts. Incoming legs are named by the engine, outgoing ones by the server. */
export type LegId = string;

/** Where a leg's sound goes to and comes from. A change is ramped over one frame. */
export type Place =
  /** Hears nothing, is heard nowhere. */
  | { kind: 'silence' }
  /** Feeds the air bus, hears air − own. */
  | { kind: 'air' }
  /** As `air`, for the studio desk: hears air − own at program level and mute. */
  | { kind: 'host' }
  /** Hears the program before the delay, or hold music (`EngineConfig.hold`). */
  | { kind: 'hold' }
  /** The two hear each other only. Both legs are placed in the same `legs.place`. */
  | { kind: 'private'; with: LegId }
  /** Hears the program before the delay. */
  | { kind: 'monitor' }
  /** Hears what the transmitter gets: program behind the on-air gate and limiter. */
  | { kind: 'program' }
  /**
   * Hears a prompt, then silence; is heard nowhere. `leg.prompted` follows, once. The step `question` (when absent) is
   * the greeting with a beep behind it, `thanks` the last words alone. `prompt` names a WAV file in the data folder's
   * `prompts`, without its ending; null or absent: the built-in sound.
   */
  | { kind: 'ivr'; step?: 'question' | 'thanks'; prompt?: string | null }
  /** Hears a call-progress tone. */
  | { kind: 'tone'; tone: 'ringback' | 'busy' };

export interface Levels {
  /** Gain of what the leg says, dB. */
  inDb: number;
  isInMuted: boolean;
  /** Gain of what the leg hears, dB. */
  outDb: number;
  isOutMuted: boolean;
  /** Evens out what the leg says, before `inDb`; null: off, which it is at the start. */
  leveller: LevellerSettings | null;
}

export interface LevellerSettings {
  /** Level that speech is brought to, dBFS (RMS). */
  targetDb: number;
  /** By how much at most, up and down. */
  rangeDb: number;
  /** Below it (dBFS) it is a pause: turned down, and the gain stays. */
  gateDb: number;
  /** On air, while a leg at the place `host` speaks, it is lower by so much; 0: never. */
  duckDb: number;
}

/**
 * Who the far end is, by what it proved: an address that is trusted, an account, a trunk we registered on; or a browser
 * for which the server itself stands.
 */
export interface Origin {
  kind: 'peer' | 'account' | 'trunk' | 'browser' | 'studio';
  /** The `ref` that the server gave the peer, account or trunk in `EngineConfig`, or the leg when it was made. */
  ref: string;
}

export interface Party {
  /** User part of the SIP URI, escapes decoded: usually a number. '' when withheld. */
  user: string;
  host: string;
  displayName: string;
}

export type EndCause =
  | 'normal'
  | 'cancelled'
  | 'busy'
  | 'rejected'
  | 'no_answer'
  | 'not_found'
  | 'unreachable'
  | 'rtp_timeout'
  | 'session_expired'
  | 'media_error'
  | 'protocol_error'
  | 'engine_stopped';

/** RTP figures of one leg. */
export interface Quality {
  codec: string;
  packetsReceived: number;
  packetsLost: number;
  packetsLate: number;
  packetsDuplicate: number;
  /** Packets dropped as not ours: wrong source, version, payload type, length. */
  packetsRejected: number;
  framesConcealed: number;
  jitterMs: number;
  /** Present depth of the jitter buffer. */
  bufferMs: number;
  bufferMaxMs: number;
  /** From RTCP, when the far end sends it. */
  roundTripMs: number | null;
  remoteLossPercent: number | null;
  /** Mean opinion score estimate, 1-4.5 (ITU-T G.107, simplified). */
  mos: number;
}

/**
 * Whether the path to a browser is open. `away` until it is for the first time, and while nothing comes from there: after
 * 15 s of it the leg is ended with `rtp_timeout`, unless a `leg.reoffer` or the network itself brings it back.
 */
export type IceState = 'connected' | 'away';

export interface LegSnapshot {
  leg: LegId;
  direction: 'in' | 'out';
  origin: Origin;
  remote: Party;
  /** Whom the far end called (in) or we called (out). */
  called: string;
  state: 'offered' | 'dialling' | 'ringing' | 'answered';
  hasMedia: boolean;
  /** Of a browser only. */
  ice?: IceState;
  isHeldByRemote: boolean;
  place: Place;
  /** Whom it whispers to. */
  whisper: LegId | null;
  levels: Levels;
  codec: string | null;
  offeredAt: number;
  answeredAt: number | null;
  recordings: string[];
  tag: Tag;
}

/** Anything the server wants to find again after its restart. At most 4 kB as JSON. */
export type Tag = { readonly [key: string]: string | number | boolean | null };
