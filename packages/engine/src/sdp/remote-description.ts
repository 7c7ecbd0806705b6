/**
 * Reads the SDP of a far end (RFC 4566) into the few things that we act upon. Lenient where gateways are sloppy
 * (bare LF, trailing blanks, missing rtpmap of static types), strict where it protects (where RTP would be sent).
 * Called by negotiation.ts. What cannot be read is a value with the SIP status it deserves. Main thread.
 */
import { BlockList, isIP } from 'node:net';
import { parse } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { readKeys, type RemoteKey, type SrtpUse } from './media-keys.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface RemoteFormat {
  payloadType: number;
  /** Upper case. */
  codec: string;
  clockRate: number;
  channels: number;
  /** What its a=fmtp says, '' when there is none. */
  parameters: string;
}

export interface RemoteAudio {
  /** Position among the m-lines; an answer repeats the others at their places with port 0. */
  index: number;
  protocol: string;
  address: string;
  port: number;
  rtcpPort: number;
  hasRtcpMux: boolean;
  /** Keys that we could use; none: its sound is plain. */
  keys: RemoteKey[];
  /** In the far end's order. */
  formats: RemoteFormat[];
  /** As the far end sees it; a zero address counts as not receiving. */
  direction: Direction;
  /** null: not said. */
  ptimeMs: number | null;
  maxPtimeMs: number | null;
}

export interface RemoteDescription {
  audio: RemoteAudio;
  /** Every m-line as it came, for an answer. */
  lines: readonly { type: string; protocol: string; payloads: string }[];
}

export type ReadResult =
  | { ok: true; description: RemoteDescription }
  | { ok: false; status: 400 | 488; reason: string };

const MAX_LINES = 16;
const MAX_BYTES = 16_384;

/** RFC 3551 table 4: the static types that need no rtpmap. */
const STATIC_TYPES: ReadonlyMap<number, Omit<RemoteFormat, 'parameters'>> = new Map(
  [
    { payloadType: 0, codec: 'PCMU', clockRate: 8_000, channels: 1 },
    { payloadType: 3, codec: 'GSM', clockRate: 8_000, channels: 1 },
    { payloadType: 8, codec: 'PCMA', clockRate: 8_000, channels: 1 },
    { payloadType: 9, codec: 'G722', clockRate: 8_000, channels: 1 },
    { payloadType: 13, codec: 'CN', clockRate: 8_000, channels: 1 },
    { payloadType: 18, codec: 'G729', clockRate: 8_000, channels: 1 },
  ].map((format) => [format.payloadType, format]),
);

/** Never a place to send a telephone call to: it would make us a packet gun. */
const forbidden = new BlockList();
forbidden.addSubnet('224.0.0.0', 4, 'ipv4');
forbidden.addAddress('255.255.255.255', 'ipv4');
forbidden.addSubnet('ff00::', 8, 'ipv6');

/**
 * Reads an offer or an answer; the audio line it returns is the first one that is live and RTP as `use` wants it,
 * encrypted or plain.
 */
export function readDescription(sdp: string, use: SrtpUse = 'off'): ReadResult {
  const session = parseLeniently(sdp);
  if (session === null) return refused(400, 'not an SDP');
  if (session.media.length === 0) return refused(488, 'no media');
  if (session.media.length > MAX_LINES) return refused(488, 'too many media');
  if (session.media.some((line) => line.type === undefined)) return refused(400, 'bad media line');
  const index = session.media.findIndex(
    (line) => line.type === 'audio' && line.port !== 0 && isFit(line, use),
  );
  const line = session.media[index];
  if (line === undefined) return refused(488, NO_AUDIO[use]);
  const audio = readAudio(session, line, index, use);
  if (!('address' in audio)) return audio;
  return {
    ok: true,
    description: {
      audio,
      lines: session.media.map((media) => ({
        type: media.type,
        protocol: media.protocol,
        payloads: String(media.payloads ?? ''),
      })),
    },
  };
}

function parseLeniently(sdp: string): SessionDescription | null {
  if (sdp.length > MAX_BYTES) return null;
  const lines = sdp
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines[0] !== 'v=0') return null;
  // A port count ("49170/1") is legal; the grammar of the parser does not have it.
  return parse(lines.map((line) => line.replace(/^(m=\w+ \d+)\/\d+ /, '$1 ')).join('\r\n'));
}

const NO_AUDIO: { readonly [use in SrtpUse]: string } = {
  off: 'no audio that is plain RTP',
  optional: 'no audio that is plain RTP or encrypted with a key that is understood',
  required: 'no audio that is encrypted with a key that is understood',
};

/**
 * AVPF differs in RTCP timing only (RFC 4585), which we may leave unused. Phones that can do both offer plain RTP with keys
 * beside: who takes a key encrypts.
 */
function isFit(line: MediaDescription, use: SrtpUse): boolean {
  const isPlain = line.protocol === 'RTP/AVP' || line.protocol === 'RTP/AVPF';
  if (use === 'off') return isPlain;
  if (readKeys(line.crypto ?? []).length > 0) return isPlain || isSecure(line.protocol);
  return isPlain && use === 'optional';
}

function isSecure(protocol: string): boolean {
  return protocol === 'RTP/SAVP' || protocol === 'RTP/SAVPF';
}

function readAudio(
  session: SessionDescription,
  line: MediaDescription,
  index: number,
  use: SrtpUse,
): RemoteAudio | Extract<ReadResult, { ok: false }> {
  const { port } = line;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refused(400, 'bad port');
  const connection = line.connection ?? session.connection;
  if (connection === undefined) return refused(400, 'no connection address');
  const address = String(connection.ip).split('/')[0] ?? '';
  const family = isIP(address);
  if (family === 0) return refused(488, 'connection address is not an IP address');
  if (forbidden.check(address, family === 6 ? 'ipv6' : 'ipv4')) return refused(488, 'forbidden address');
  const isZero = address === '0.0.0.0' || address === '::';
  const hasRtcpMux = line.rtcpMux !== undefined;
  const rtcpPort = line.rtcp?.port;
  return {
    index,
    protocol: line.protocol,
    address,
    port,
    rtcpPort: hasRtcpMux
      ? port
      : typeof rtcpPort === 'number' && rtcpPort > 0 && rtcpPort < 65_536
        ? rtcpPort
        : port + 1,
    hasRtcpMux,
    keys: use === 'off' ? [] : readKeys(line.crypto ?? []),
    formats: readFormats(line),
    direction: heldWhenZero(line.direction ?? session.direction ?? 'sendrecv', isZero),
    ptimeMs: positive(line.ptime),
    maxPtimeMs: positive(line.maxptime),
  };
}

/** The hold of RFC 2543 (c=0.0.0.0): the far end wants to hear nothing. */
function heldWhenZero(direction: Direction, isZero: boolean): Direction {
  if (!isZero) return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

function readFormats(line: MediaDescription): RemoteFormat[] {
  const formats: RemoteFormat[] = [];
  for (const word of String(line.payloads ?? '').split(/\s+/)) {
    const payloadType = /^\d{1,3}$/.test(word) ? Number(word) : -1;
    if (payloadType < 0 || payloadType > 127) continue;
    if (formats.some((format) => format.payloadType === payloadType)) continue;
    const map = line.rtp.find((rtp) => rtp.payload === payloadType);
    const format =
      map === undefined
        ? STATIC_TYPES.get(payloadType)
        : {
            payloadType,
            codec: String(map.codec).toUpperCase(),
            clockRate: typeof map.rate === 'number' ? map.rate : 8_000,
            channels: map.encoding === undefined ? 1 : Number(map.encoding),
          };
    const parameters = line.fmtp?.find((fmtp) => fmtp.payload === payloadType)?.config;
    if (format !== undefined) formats.push({ ...format, parameters: String(parameters ?? '') });
  }
  return formats;
}

function positive(value: number | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

function refused(status: 400 | 488, reason: string): Extract<ReadResult, { ok: false }> {
  return { ok: false, status, reason };
}
