/**
 * The exchange port: what the desk needs of whatever carries the calls. Implemented by exchange/embedded (our own
 * engine), later by exchange/asterisk, and by the fake in testing/; all three pass exchange-conformance.
 *
 * A *call* is one leg: a listener's telephone, a user's phone or headset, or the studio desk (host). Commands are
 * promises of acceptance; what happened comes back as facts, in order. Units: gains dB, times epoch ms.
 */
export type CallId = string;

/** Where a call's sound goes to and comes from. */
export type ExchangePlace =
  | { kind: 'silence' }
  | { kind: 'air' }
  | { kind: 'host' }
  | { kind: 'hold' }
  | { kind: 'private'; with: CallId }
  | { kind: 'monitor' }
  /**
   * Hears a prompt, then silence; is heard nowhere. `question`: the greeting, and a beep behind it; `thanks`: the last
   * words. `prompt`: the id of one of the station's; null: the built-in one.
   */
  | { kind: 'ivr'; step: 'question' | 'thanks'; prompt: string | null }
  | { kind: 'tone'; tone: 'ringback' | 'busy' };

export interface ExchangeLevels {
  inDb: number;
  isInMuted: boolean;
  outDb: number;
  isOutMuted: boolean;
  /** Evens out what the far end says, before `inDb`; null: off. */
  leveller: ExchangeLeveller | null;
}

/** In dBFS, `rangeDb` and `duckDb` in dB. `duckDb`: lower by so much on air while the host speaks. */
interface ExchangeLeveller {
  targetDb: number;
  rangeDb: number;
  gateDb: number;
  duckDb: number;
}

/** Who is at the far end of a call, by what it proved. */
export type CallOwner =
  | { kind: 'line'; lineId: string }
  | { kind: 'user'; userId: string }
  | { kind: 'host' };

/** What the desk hangs on a call so that a restarted server finds its way. Kept by the exchange. */
type CallTag = { readonly [key: string]: string | number | boolean | null };

export interface ExchangeCall {
  call: CallId;
  owner: CallOwner;
  direction: 'in' | 'out';
  state: 'offered' | 'dialling' | 'ringing' | 'answered';
  hasMedia: boolean;
  /** The far end has put us on hold. */
  isHeldByRemote: boolean;
  /** Caller's or called number as the network gave it; '' when withheld. */
  number: string;
  displayName: string;
  place: ExchangePlace;
  /** To whom it whispers. */
  whisper: CallId | null;
  levels: ExchangeLevels;
  offeredAt: number;
  answeredAt: number | null;
  recordings: readonly string[];
  tag: CallTag;
  /** The station calls itself to be tested: it is answered by hand, and leaves nothing behind. */
  isTest?: boolean;
  /** Sound of a browser: it was connected by the desk. */
  isHeadset?: boolean;
  /** Of a headset: nothing comes from there now. */
  isAway?: boolean;
}

/** A file that is played: a recording or question by its name, a prompt by its id. */
export type PlayedFile = { kind: 'recording'; name: string } | { kind: 'prompt'; id: string };

export interface ExchangePlayer {
  player: string;
  startedAt: number;
  durationMs: number;
  tag: CallTag;
}

export interface ProgramState {
  levelDb: number;
  isMuted: boolean;
  isOnAir: boolean;
}

/** The broadcast delay, as the exchange has it. */
export interface DelayReport {
  state: 'bypass' | 'building' | 'full' | 'draining';
  depthMs: number;
  targetMs: number;
  /** One dump fits into it. */
  isSafe: boolean;
}

export interface ExchangeSnapshot {
  calls: readonly ExchangeCall[];
  program: ProgramState;
  delay: DelayReport;
  /** What is played. */
  players: readonly ExchangePlayer[];
  /** Running recordings of the program. */
  programRecordings: readonly string[];
  /** Users and host whose phone is registered or headset connected. */
  reachable: readonly CallOwner[];
  lines: readonly { lineId: string; status: LineStatus; error: string | null }[];
  outputs: readonly ({ outputId: string } & OutputCondition)[];
  studio?: StudioReport | null;
}

/** Of the studio desk's feed and return by a sound device or RTP; null: none is set. */
export interface StudioReport {
  input: StudioCondition;
  return: StudioCondition | null;
}

/** What has failed is tried again for ever, and is silent meanwhile. */
export interface StudioCondition {
  state: 'starting' | 'running' | 'failed';
  /** In words, what keeps it from running. */
  error: string | null;
}

/** One that has failed is tried again for ever. */
export interface OutputCondition {
  state: 'starting' | 'running' | 'failed';
  /** In words, what keeps it from running. */
  error: string | null;
  /** Of the live program: how many listen. */
  listeners: number | null;
}

export type LineStatus = 'up' | 'down' | 'registering';

export type EndedBecause =
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
  | 'exchange_stopped';

export interface CallQuality {
  codec: string;
  jitterMs: number;
  packetsReceived: number;
  packetsLost: number;
  framesConcealed: number;
  bufferMs: number;
  bufferMaxMs: number;
  mos: number;
}

export type ExchangeCommand =
  | { type: 'answer'; call: CallId; place: ExchangePlace; levels: ExchangeLevels }
  | { type: 'reject'; call: CallId; why: 'busy' | 'declined' }
  /** Rings a number over a line. */
  | {
      type: 'dial';
      call: CallId;
      lineId: string;
      number: string;
      place: ExchangePlace;
      levels: ExchangeLevels;
      tag: CallTag;
    }
  /** Rings a user's or the host's phone. */
  | {
      type: 'reach';
      call: CallId;
      owner: Exclude<CallOwner, { kind: 'line' }>;
      /** Shown on the phone. */
      displayName: string;
      place: ExchangePlace;
      levels: ExchangeLevels;
      tag: CallTag;
    }
  /** The offer of a user's or the host's browser (WebRTC). The result brings the answer; it is `answered` with that. */
  | {
      type: 'connect';
      call: CallId;
      owner: Exclude<CallOwner, { kind: 'line' }>;
      offer: string;
      place: ExchangePlace;
      levels: ExchangeLevels;
      tag: CallTag;
    }
  /** A further offer of the same browser: another network, another device. The result brings the answer. */
  | { type: 'reoffer'; call: CallId; offer: string }
  | { type: 'candidate'; call: CallId; candidate: string; mid: string }
  | { type: 'hangUp'; call: CallId }
  /** All in one step: nobody hears a state in between. Accepted = heard. */
  | { type: 'move'; moves: readonly { call: CallId; place: ExchangePlace }[] }
  /** The call's voice to `to` alone, off the air; null ends it. By itself it ends when either leaves `air`. */
  | { type: 'whisper'; call: CallId; to: CallId | null }
  | { type: 'levels'; call: CallId; levels: Partial<ExchangeLevels> }
  | { type: 'tag'; call: CallId; tag: CallTag }
  | { type: 'program'; program: Partial<ProgramState> }
  /** The facts `delay` tell how it comes about. */
  | { type: 'delay'; targetMs: number }
  /** Throws the newest of the delay away, into a recording. `wrong_state`: nothing is delayed. */
  | { type: 'dump'; recording: string; dumpMs: number }
  | { type: 'record'; recording: string; source: { kind: 'call'; call: CallId } | { kind: 'program' } }
  /** What the caller says in `ivr`, from behind the prompt until the call is placed otherwise or `maxMs` are full. */
  | { type: 'recordQuestion'; recording: string; call: CallId; maxMs: number }
  | { type: 'stopRecording'; recording: string }
  /** To air, or over what the call hears (`to`). Accepted: `playing` has been told. */
  | {
      type: 'play';
      player: string;
      file: PlayedFile;
      to: CallId | null;
      levelDb: number;
      fromMs: number;
      tag: CallTag;
    }
  | { type: 'playLevel'; player: string; levelDb: number }
  /** `played` follows. */
  | { type: 'stopPlaying'; player: string };

export type ExchangeResult =
  /** `answer`: SDP, of an offer. */
  | { ok: true; answer?: string }
  /** `gone`: no such call any more. `wrong_state`: the call is not in a state for it. `down`: no exchange. */
  | { ok: false; code: 'gone' | 'wrong_state' | 'unreachable' | 'down' | 'failed'; msg: string };

export type ExchangeFact =
  /** First of all, and after every reconnect: the whole truth. */
  | { type: 'up'; snapshot: ExchangeSnapshot }
  /** The exchange is gone; every call's fate is unknown until the next 'up'. */
  | { type: 'down'; msg: string }
  | { type: 'offered'; call: ExchangeCall }
  | { type: 'ringing'; call: CallId }
  | { type: 'answered'; call: CallId; at: number }
  /** Sound flows where the call is placed. */
  | { type: 'media'; call: CallId }
  | { type: 'held'; call: CallId; isHeldByRemote: boolean }
  /** One of the exchange's own, for the browser of a headset. */
  | { type: 'candidate'; call: CallId; candidate: string; mid: string }
  /** Whether anything comes from a headset; one that stays away is ended after a while. */
  | { type: 'ice'; call: CallId; isAway: boolean }
  /** In `ivr`: the prompt has been heard to the end. */
  | { type: 'prompted'; call: CallId }
  | { type: 'quality'; call: CallId; quality: CallQuality }
  | { type: 'dtmf'; call: CallId; digit: string }
  | {
      type: 'ended';
      call: CallId;
      because: EndedBecause;
      by: 'remote' | 'server' | 'engine';
      at: number;
      quality: CallQuality | null;
    }
  | { type: 'reachable'; owner: CallOwner; isReachable: boolean }
  | { type: 'line'; lineId: string; status: LineStatus; error: string | null }
  /** `loudMs`: for how long somebody was heard on it. */
  | { type: 'recordingStopped'; recording: string; durationMs: number; loudMs: number; error: string | null }
  /** It is heard from now on. */
  | ({ type: 'playing' } & ExchangePlayer)
  /** Over: at its end, stopped, or with the call that heard it. */
  | { type: 'played'; player: string; error: string | null }
  | ({ type: 'output'; outputId: string } & OutputCondition)
  | { type: 'studio'; studio: StudioReport | null }
  | { type: 'delay'; delay: DelayReport }
  | { type: 'alarm'; code: string; isRaised: boolean; msg: string };

export interface ExchangeMeters {
  calls: { readonly [call: CallId]: { in: readonly [number, number]; out: readonly [number, number] } };
  players: { readonly [player: string]: readonly [number, number] };
  program: readonly [number, number];
  air: readonly [number, number];
}

/** Encrypted sound: where the far end can, or always. */
type Srtp = 'optional' | 'required';

/** The part of the settings that an exchange needs. */
export interface ExchangeConfig {
  stationName: string;
  lines: readonly {
    id: string;
    number: string | null;
    trust: readonly string[];
    accounts: readonly { username: string; password: string; srtp?: Srtp }[];
    register: {
      server: string;
      username: string;
      password: string;
      transport: 'udp' | 'tcp' | 'tls';
      srtp?: Srtp;
    } | null;
    /**
     * Where a line without registration dials out to: "sip:host:port"; null: through one of its accounts, and without
     * those the number must be a SIP URI.
     */
    gateway: string | null;
    /** Callers are told of pauses instead of sent them, where they can be. */
    hasComfortNoise?: boolean;
  }[];
  phones: readonly { userId: string; username: string; password: string; srtp?: Srtp }[];
  host: { username: string; password: string } | null;
  /** The studio desk's feed by a sound device or RTP. */
  studio?: ExchangeStudio | null;
  /** STUN and TURN, for headsets. */
  iceServers?: readonly { url: string; username: string | null; password: string | null }[];
  hold: { kind: 'program' } | { kind: 'music'; file: string | null };
  /** A prompt, by its id, that is said to those on hold every so often. */
  holdNotice?: { prompt: string; everyMs: number } | null;
  outputs: readonly ExchangeOutput[];
  rtpTimeoutMs: number;
  dialTimeoutMs: number;
  /** What one dump takes out of the delay. */
  dumpMs: number;
}

export interface ExchangeStudio {
  input:
    | { type: 'device'; program: SoundProgram; device: string | null; channels: 1 | 2 }
    | {
        type: 'rtp';
        /** A multicast group, or one of our addresses; null: any of ours. */
        address: string | null;
        port: number;
        encoding: 'L16' | 'L24';
        sampleRate: 48_000 | 44_100;
        channels: 1 | 2;
        interfaceAddress: string | null;
        /** Only this sender is heard; null: whoever comes first. */
        source: string | null;
      };
  /** Where it hears us; null: some other way. */
  return:
    | { type: 'device'; program: SoundProgram; device: string | null }
    | {
        type: 'rtp';
        address: string;
        port: number;
        encoding: 'L16' | 'L24';
        ptimeMs: 1 | 4 | 5 | 10 | 20;
        ttl: number;
        interfaceAddress: string | null;
      }
    | null;
}

type SoundProgram = 'aplay' | 'pw-cat' | 'pacat' | 'ffmpeg';

/**
 * Where the program goes, as it is transmitted, behind the broadcast delay or before it. `maxBrowsers`: by WebRTC, besides
 * the listeners.
 */
export type ExchangeOutput = {
  id: string;
  isDelayed: boolean;
} & (
  | { type: 'stream'; name: string; bitrateKbps: number; maxListeners: number; maxBrowsers: number }
  | {
      type: 'icecast';
      url: string;
      bitrateKbps: number;
      name: string;
      description: string;
      genre: string;
      isPublic: boolean;
    }
  | {
      type: 'rtp';
      address: string;
      port: number;
      encoding: 'L16' | 'L24';
      ptimeMs: 1 | 4 | 5 | 10 | 20;
      ttl: number;
      interfaceAddress: string | null;
      name: string;
    }
  | { type: 'device'; program: SoundProgram; device: string | null }
  /** A call that is kept up: to a SIP address, or to a number over a line. */
  | { type: 'sip'; address: string; lineId: string | null }
);

export interface Exchange {
  /** Facts flow from here on until stop(); 'up' or 'down' first. */
  start(config: ExchangeConfig, onFact: (fact: ExchangeFact) => void): Promise<void>;
  configure(config: ExchangeConfig): Promise<ExchangeResult>;
  perform(command: ExchangeCommand): Promise<ExchangeResult>;
  /** Meters at about 15 Hz while a handler is set. */
  watchMeters(handler: ((meters: ExchangeMeters) => void) | null): void;
  /** Leaves the calls as they are. */
  stop(): Promise<void>;
}
