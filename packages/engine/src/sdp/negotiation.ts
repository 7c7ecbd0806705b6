/**
 * Offer and answer (RFC 3264) of one leg over its life: answers the far end's offers, makes ours, reads the answers,
 * and says what the stream is to be after each. Used by call/leg.ts, one object a leg, and by the simulated
 * telephones. Main thread.
 *
 * Audio only, one codec at a time: an answer of ours names exactly one. Where the far end's answer names several, it may
 * change among them at any time, and the media thread follows.
 */
import { write } from 'sdp-transform';
import type { MediaDescription } from 'sdp-transform';
import type { StreamCodec, StreamParameters } from '../call/media-plane.ts';
import type { SrtpKeys } from '../rtp/srtp.ts';
import {
  AUDIO_FORMATS,
  COMFORT_NOISE_CODEC,
  COMFORT_NOISE_FORMAT,
  DTMF_CODEC,
  DTMF_FORMATS,
} from './audio-formats.ts';
import type { AudioFormat } from './audio-formats.ts';
import { ownParameters, sendSettingsOf } from './format-parameters.ts';
import { type CryptoLine, OwnKeys, type RemoteKey, type SrtpUse } from './media-keys.ts';
import { readDescription } from './remote-description.ts';
import type { Direction, RemoteAudio, RemoteDescription, RemoteFormat } from './remote-description.ts';

export interface NegotiationOptions {
  rtpPort: number;
  rtcpPort: number;
  /** Goes to s= and o=. */
  name: string;
  /** Numeric, unique over restarts: epoch ms will do. */
  sessionId: number;
  /** Names of the codecs to use, in order of preference; all that we know when absent. */
  codecs?: readonly string[];
  /** Encrypted sound; off when absent. */
  srtp?: SrtpUse;
  /** Pauses may be described to a far end that can have it so (RFC 3389), and are then; false when absent. */
  hasComfortNoise?: boolean;
}

export interface Negotiated {
  stream: StreamParameters;
  /** The far end does not want to hear us. */
  isHeldByRemote: boolean;
}

export type Refusal = { ok: false; status: 400 | 488; reason: string };
export type AnswerResult = ({ ok: true; sdp: string } & Negotiated) | Refusal;
export type AcceptResult = ({ ok: true } & Negotiated) | Refusal;

/** Far end's direction → ours (RFC 3264 6.1). */
const MIRROR: { readonly [direction in Direction]: Direction } = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** As everybody writes them; the other names are written large. */
const NAMES_IN_LOWER_CASE: ReadonlyMap<string, string> = new Map([
  [DTMF_CODEC.toUpperCase(), DTMF_CODEC],
  ['OPUS', 'opus'],
]);

const PTIME_MS = 20;
const MAX_PTIME_MS = 60;

export class Negotiation {
  readonly #options: NegotiationOptions;
  #formats: readonly AudioFormat[];
  #version = 0;
  #lastBody = '';
  /** What we say of ourselves in offers: changed by hold() of a simulated telephone. */
  #direction: Direction = 'sendrecv';
  readonly #ownKeys = new OwnKeys();
  /** How the line stood that was agreed upon last: offers that follow keep to it. */
  #agreed: { protocol: string; isEncrypted: boolean } | null = null;
  /** In any of our offers: several places may be rung at once, and not all be offered the same. */
  #hasOfferedKeys = false;

  constructor(options: NegotiationOptions) {
    this.#options = options;
    this.#formats = AUDIO_FORMATS;
    if (options.codecs !== undefined) this.codecs = options.codecs;
  }

  /** Those of the offers and answers to come. */
  set codecs(names: readonly string[]) {
    this.#formats = names.flatMap((name) => AUDIO_FORMATS.filter((format) => format.codec === name));
  }

  /** Our direction in the offers to come. */
  set direction(direction: Direction) {
    this.#direction = direction;
  }

  /** Whether an offer could be answered, before a port is spent on it. */
  static check(offer: string, srtp: SrtpUse = 'off'): { ok: true } | Refusal {
    const read = readDescription(offer, srtp);
    if (!read.ok) return read;
    return chooseFormat(read.description.audio, AUDIO_FORMATS) === null ? noCodec() : { ok: true };
  }

  /** Our answer to an offer, saying that we are reached at `localAddress`. */
  answer(offer: string, localAddress: string): AnswerResult {
    const read = readDescription(offer, this.#srtp);
    if (!read.ok) return read;
    const { audio } = read.description;
    const chosen = chooseFormat(audio, this.#formats);
    if (chosen === null) return noCodec();
    const dtmf = chooseDtmf(audio, chosen);
    const noise = chooseComfortNoise(audio, chosen);
    const direction = MIRROR[audio.direction];
    // RFC 4568 5.1.2: the first that we know; the answer has our key under its tag.
    const [remoteKey] = audio.keys;
    const ours = this.#audioLine({
      protocol: audio.protocol,
      formats: [chosen, noise, dtmf].filter((format) => format !== null),
      direction,
      hasRtcpMux: audio.hasRtcpMux,
      keys: remoteKey === undefined ? [] : [this.#ownKeys.line(remoteKey.tag, remoteKey.suite)],
    });
    this.#agreed = { protocol: audio.protocol, isEncrypted: remoteKey !== undefined };
    const sdp = this.#write(localAddress, answerLines(read.description, ours));
    return {
      ok: true,
      sdp,
      ...negotiated(audio, {
        codec: chosen.codec,
        payloadTypeOut: chosen.payloadType,
        payloadTypeIn: chosen.payloadType,
        dtmfPayloadType: dtmf?.payloadType ?? null,
        ...(noise === null ? {} : { comfortNoisePayloadType: noise.payloadType }),
        ...this.#sentNoise(noise),
        ...sending(chosen),
        ...(remoteKey === undefined ? {} : { srtp: this.#keysWith(remoteKey) }),
      }),
    };
  }

  #sentNoise(noise: RemoteFormat | null): Pick<StreamCodec, 'sentNoisePayloadType'> {
    const isSent = noise !== null && this.#options.hasComfortNoise === true;
    return isSent ? { sentNoisePayloadType: noise.payloadType } : {};
  }

  get #srtp(): SrtpUse {
    return this.#options.srtp ?? 'off';
  }

  #keysWith({ suite, key }: RemoteKey): SrtpKeys {
    return { suite, keyIn: key, keyOut: this.#ownKeys.of(suite) };
  }

  /**
   * How an offer has its sound encrypted. Where it has to be: SAVP. Else plain with keys beside, which every phone can answer,
   * and only where nobody on the way reads them.
   */
  #profile(isSecured: boolean): { protocol: string; isEncrypted: boolean } {
    if (this.#srtp === 'required') return this.#agreed ?? { protocol: 'RTP/SAVP', isEncrypted: true };
    if (this.#srtp === 'off') return { protocol: 'RTP/AVP', isEncrypted: false };
    return this.#agreed ?? { protocol: 'RTP/AVP', isEncrypted: isSecured };
  }

  /** Our offer: every codec that we have. `isSecured`: nobody on the way reads it. Comfort noise only where it may be sent: a pause that is heard is better than one that is guessed. */
  offer(localAddress: string, isSecured = false): string {
    const formats: RemoteFormat[] = this.#formats.map((format) => ({
      channels: 1,
      parameters: '',
      ...format,
    }));
    const hasNarrow = this.#formats.some(({ clockRate }) => clockRate === COMFORT_NOISE_FORMAT.clockRate);
    if (hasNarrow && this.#options.hasComfortNoise === true) {
      formats.push({ ...COMFORT_NOISE_FORMAT, channels: 1, parameters: '' });
    }
    for (const dtmf of DTMF_FORMATS) {
      if (!this.#formats.some((format) => format.clockRate === dtmf.clockRate)) continue;
      formats.push({ ...dtmf, codec: DTMF_CODEC.toUpperCase(), channels: 1, parameters: '' });
    }
    const { protocol, isEncrypted } = this.#profile(isSecured);
    this.#hasOfferedKeys ||= isEncrypted;
    const line = this.#audioLine({
      protocol,
      formats,
      direction: this.#direction,
      hasRtcpMux: false,
      keys: isEncrypted ? this.#ownKeys.lines() : [],
    });
    return this.#write(localAddress, [line]);
  }

  /** Reads the answer to our latest offer. */
  acceptAnswer(answer: string): AcceptResult {
    const read = readDescription(answer, this.#hasOfferedKeys ? this.#srtp : 'off');
    if (!read.ok) return read;
    const { audio } = read.description;
    const [remoteKey] = audio.keys;
    const agreedCodecs = this.#agreedCodecs(audio);
    const [first] = agreedCodecs;
    if (first === undefined) return noCodec();
    const result = negotiated(audio, first);
    if (remoteKey !== undefined) result.stream.srtp = this.#keysWith(remoteKey);
    this.#agreed = { protocol: audio.protocol, isEncrypted: remoteKey !== undefined };
    if (agreedCodecs.length > 1) result.stream.agreedCodecs = agreedCodecs;
    result.stream.isSending &&= this.#direction === 'sendrecv' || this.#direction === 'sendonly';
    result.stream.isReceiving &&= this.#direction === 'sendrecv' || this.#direction === 'recvonly';
    return { ok: true, ...result };
  }

  /** In the order of the answer. What comes to us bears the numbers that we offered (RFC 3264 6.1). */
  #agreedCodecs(audio: RemoteAudio): StreamCodec[] {
    return audio.formats.flatMap((remote) => {
      const ours = this.#formats.find((format) => isSame(format, remote));
      if (ours === undefined) return [];
      const dtmf = DTMF_FORMATS.find((format) => format.clockRate === ours.clockRate);
      const hasDtmf = chooseDtmf(audio, remote) !== null;
      return {
        codec: remote.codec,
        payloadTypeOut: remote.payloadType,
        payloadTypeIn: ours.payloadType,
        dtmfPayloadType: hasDtmf ? (dtmf?.payloadType ?? null) : null,
        ...this.#sentNoise(chooseComfortNoise(audio, remote)),
        ...sending(remote),
      };
    });
  }

  #audioLine(line: {
    protocol: string;
    formats: readonly RemoteFormat[];
    direction: Direction;
    hasRtcpMux: boolean;
    keys: CryptoLine[];
  }): MediaDescription {
    const { rtpPort, rtcpPort } = this.#options;
    return {
      type: 'audio',
      port: rtpPort,
      protocol: line.protocol,
      payloads: line.formats.map((format) => format.payloadType).join(' '),
      rtp: line.formats.map((format) => ({
        payload: format.payloadType,
        codec: NAMES_IN_LOWER_CASE.get(format.codec) ?? format.codec,
        rate: format.clockRate,
        ...(format.channels === 1 ? {} : { encoding: format.channels }),
      })),
      fmtp: line.formats.flatMap((format) => {
        const config = ownParameters(format.codec);
        return config === null ? [] : { payload: format.payloadType, config };
      }),
      ptime: PTIME_MS,
      maxptime: MAX_PTIME_MS,
      ...(line.keys.length === 0 ? {} : { crypto: line.keys }),
      direction: line.direction,
      ...(line.hasRtcpMux ? { rtcpMux: 'rtcp-mux' as const } : {}),
      ...(!line.hasRtcpMux && rtcpPort !== rtpPort + 1 ? { rtcp: { port: rtcpPort } } : {}),
    };
  }

  /** The o= version goes up when, and only when, something changed (RFC 3264 8). */
  #write(localAddress: string, media: MediaDescription[]): string {
    const body = JSON.stringify([localAddress, media]);
    if (body !== this.#lastBody) {
      this.#version += 1;
      this.#lastBody = body;
    }
    const ipVer = localAddress.includes(':') ? 6 : 4;
    return write({
      version: 0,
      origin: {
        username: '-',
        sessionId: this.#options.sessionId,
        sessionVersion: this.#version,
        netType: 'IN',
        ipVer,
        address: localAddress,
      },
      name: sessionName(this.#options.name),
      connection: { version: ipVer, ip: localAddress },
      timing: { start: 0, stop: 0 },
      media,
    });
  }
}

/** One line, never empty (RFC 4566 5.3). */
function sessionName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return name.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim() || '-';
}

/** The far end's order; wideband first where it has any. */
function chooseFormat(audio: RemoteAudio, known: readonly AudioFormat[]): RemoteFormat | null {
  const wideband = known.filter((format) => format.isWideband);
  return firstKnown(audio.formats, wideband) ?? firstKnown(audio.formats, known);
}

function firstKnown(formats: readonly RemoteFormat[], known: readonly AudioFormat[]): RemoteFormat | null {
  return formats.find((remote) => known.some((ours) => isSame(ours, remote))) ?? null;
}

function isSame(ours: AudioFormat, remote: RemoteFormat): boolean {
  if (ours.codec !== remote.codec || ours.clockRate !== remote.clockRate) return false;
  // Some phones forget the 2 of Opus.
  return remote.channels === 1 || remote.channels === ours.channels;
}

/** Of the codec's clock rate where offered (RFC 4733 2.1), else any: sloppy phones always say 8000. */
function chooseDtmf(audio: RemoteAudio, codec: RemoteFormat): RemoteFormat | null {
  const events = audio.formats.filter((format) => format.codec === DTMF_CODEC.toUpperCase());
  return events.find((format) => format.clockRate === codec.clockRate) ?? events[0] ?? null;
}

/** Of the codec's clock rate, as RFC 3389 has it. Opus has its own pauses. */
function chooseComfortNoise(audio: RemoteAudio, codec: RemoteFormat): RemoteFormat | null {
  if (codec.codec === 'OPUS') return null;
  const isFitting = (format: RemoteFormat) =>
    format.codec === COMFORT_NOISE_CODEC && format.clockRate === codec.clockRate;
  return audio.formats.find(isFitting) ?? null;
}

function sending(remote: RemoteFormat): Pick<StreamCodec, 'sending'> {
  const settings = sendSettingsOf(remote.codec, remote.parameters);
  return settings === undefined ? {} : { sending: settings };
}

function negotiated(audio: RemoteAudio, codec: StreamCodec): Negotiated {
  const ours = MIRROR[audio.direction];
  return {
    stream: {
      ...codec,
      ptimeMs: ptimeTowards(audio),
      remoteAddress: audio.address,
      remotePort: audio.port,
      remoteRtcpPort: audio.rtcpPort,
      isRtcpMux: audio.hasRtcpMux,
      isSending: ours === 'sendrecv' || ours === 'sendonly',
      isReceiving: ours === 'sendrecv' || ours === 'recvonly',
    },
    isHeldByRemote: audio.direction === 'sendonly' || audio.direction === 'inactive',
  };
}

/** What we send: whole frames of our clock, as near as may be to what the far end would like. */
function ptimeTowards(audio: RemoteAudio): number {
  const wished = Math.min(audio.ptimeMs ?? PTIME_MS, audio.maxPtimeMs ?? MAX_PTIME_MS, MAX_PTIME_MS);
  return Math.max(PTIME_MS, Math.floor(wished / PTIME_MS) * PTIME_MS);
}

/** One line for each of the offer, in its order; what we do not take has port 0 (RFC 3264 6). */
function answerLines(description: RemoteDescription, audio: MediaDescription): MediaDescription[] {
  return description.lines.map((line, index) =>
    index === description.audio.index
      ? audio
      : { type: line.type, port: 0, protocol: line.protocol, payloads: line.payloads, rtp: [], fmtp: [] },
  );
}

function noCodec(): Refusal {
  return { ok: false, status: 488, reason: 'no codec in common' };
}
