// What the desk needs of the settings. The composition root makes it of the station's settings, at the start and
// at every change of them.
import type { IceServer } from '@openline/protocol';

import type { ExchangeOutput } from './ports/exchange.ts';

export interface DeskConfig {
  /** The first that can dial is the default line for outgoing calls. */
  lines: readonly DeskLine[];
  /** Where the program goes, as the console shows it. */
  outputs: readonly { id: string; type: ExchangeOutput['type']; label: string; isDelayed: boolean }[];
  users: readonly { id: string; name: string }[];
  /** What callers' levellers do where nobody has set them otherwise. */
  leveller: { isOn: boolean; isDucked: boolean };
  /** Regular expressions; a number that none of them matches is not dialled. */
  dialAllow: readonly string[];
  /** How long a caller may speak in ivr. */
  questionMaxMs: number;
  /** How much one dump takes out of the delay. */
  dumpMs: number;
  /** The prompt of the last words in ivr; null: the built-in one. */
  thanks: string | null;
  /** Time of outgoing calls in a day after which nobody dials any more. */
  dialMaxMsADay: number;
  /** Outgoing calls at a time, all lines together. */
  dialCallsAtOnce: number;
  /** Where the studio desk's feed comes from; null: there is none. */
  hostFeed: 'phone' | 'webrtc' | 'device' | 'rtp' | null;
  /** STUN and TURN, as headsets are told. */
  iceServers: readonly IceServer[];
}

export interface DeskLine {
  id: string;
  label: string;
  number: string | null;
  /** So many channels: `{id}-1` … `{id}-{capacity}`. */
  capacity: number;
  /** Regular expressions of the numbers that are dialled over this line. */
  patterns: readonly string[];
  /** Whether it has a way out for plain numbers; a SIP address can be dialled over every line. */
  canDialNumbers: boolean;
  sms: boolean;
  /** The prompt that callers hear in ivr; null: the built-in one. */
  greeting: string | null;
}
