/**
 * What the engine is told with `engine.configure`: who may call, where to register, what those on hold hear, where the
 * program goes. Part of the contract (contract.ts), from where everybody takes it.
 */
import type { SoundProgram } from './sound-program.ts';
import type { StudioConfig } from './studio-config.ts';

/** Where the program goes besides the desk. All get it as it is transmitted, behind the on-air gate. */
export type OutputConfig = {
  ref: string;
  /** After the broadcast delay, or before it. */
  isDelayed: boolean;
} & (
  | /** Ogg-Opus over HTTP on the socket of programSocketPath(); one at most. */ {
      type: 'stream';
      name: string;
      bitrateKbps: number;
      maxListeners: number;
      /** Browsers by WebRTC (`listener.connect`), besides those; none when absent. */
      maxBrowsers?: number;
    }
  /** `url` as icecast://user:password@host:port/mount; http and https are the same with other ports. */
  | {
      type: 'icecast';
      url: string;
      bitrateKbps: number;
      name: string;
      description: string;
      genre: string;
      isPublic: boolean;
    }
  /** RTP to one address or a multicast group. */
  | {
      type: 'rtp';
      address: string;
      port: number;
      encoding: 'L16' | 'L24';
      ptimeMs: 1 | 4 | 5 | 10 | 20;
      /** Of multicast. */
      ttl: number;
      /** The address of the network interface that multicast leaves by; null: the system's choice. */
      interfaceAddress: string | null;
      name: string;
    }
  /** `device` null: the platform's default. */
  | { type: 'device'; program: SoundProgram; device: string | null }
  /** A call to a transmitter site. */
  | { type: 'sip'; target: DialTarget }
);

/**
 * Whether the sound of a line or phone is encrypted (SRTP, RFC 3711). `optional`, also when absent: where the far end can,
 * and offered by us where nobody on the way reads the keys. `required`: a call without it does not come about.
 */
export type SrtpPolicy = 'optional' | 'required';

/** Replaces the former one as a whole; calls that are up stay up. Kept by the engine while the server is away. */
export interface EngineConfig {
  /** Who may register (digest). Secrets in clear: digest needs them; the socket is private. */
  accounts: { username: string; password: string; ref: string; srtp?: SrtpPolicy }[];
  /** Who may call without registering, by source address. */
  peers: { ref: string; cidrs: string[] }[];
  /** Where we register as a client. `server` is a SIP URI, also used to dial out. */
  trunks: {
    ref: string;
    server: string;
    username: string;
    password: string;
    transport: 'udp' | 'tcp' | 'tls';
    expiresS: number;
    srtp?: SrtpPolicy;
  }[];
  /**
   * A call to this user part is let in as one of `ref`, from wherever it comes: how the station calls itself to be tested.
   * The token is as good as a secret: nobody else knows it.
   */
  selfCalls?: { token: string; ref: string }[];
  hold: { kind: 'program' } | { kind: 'music'; file: string | null };
  /** What those on hold are told every so often: a file in the data folder's `prompts`, without its ending. */
  holdNotice?: { prompt: string; everyMs: number } | null;
  /** The refs whose calls are told of pauses instead of sent them (RFC 3389), where the far end agrees. Absent: none. */
  comfortNoise?: string[];
  /** No RTP for so long, while it is due: the leg is ended with `rtp_timeout`. */
  rtpTimeoutMs: number;
  /** Outgoing: given up with `no_answer` after so long. */
  dialTimeoutMs: number;
  /** Name in From and in the SDP. */
  stationName: string;
  /** Absent: none. One that was there before and is the same runs on. */
  outputs?: OutputConfig[];
  /** How much one dump takes out of the broadcast delay, for `isSafe`; 3000 when absent. */
  delayDumpMs?: number;
  /** For the peers of browsers; without it they find each other by the addresses that they have. */
  ice?: IceConfig;
  /** The studio's feed by a sound device or RTP, for a leg that is dialled to `studio`. Absent or null: none. */
  studio?: StudioConfig | null;
}

export interface IceConfig {
  /** As browsers have them: `stun:host:port`, `turn:user:password@host:port?transport=udp|tcp`, `turns:…`. */
  servers: string[];
}

/** Where an outgoing leg goes. */
export type DialTarget =
  /** A registered account: its contacts are rung. `isAutoAnswer` asks the phone to pick up by itself. */
  | { kind: 'account'; username: string; isAutoAnswer: boolean }
  /** A number through a gateway that registered with this account: its latest contact, the number as user part. */
  | { kind: 'account-number'; username: string; number: string }
  /** A number through a trunk we registered on. */
  | { kind: 'trunk'; ref: string; number: string }
  /** A SIP URI, from a line (`ref`, for the origin) without registration. */
  | { kind: 'uri'; uri: string; ref: string };
