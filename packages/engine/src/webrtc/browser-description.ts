/**
 * What a browser's SDP has more than a telephone's (JSEP, RFC 9429: ICE, DTLS, BUNDLE): taken off its offer or answer, so
 * that sdp/negotiation.ts sees the codecs of a plain one, and put on ours. Everything that goes on to the native
 * library is checked here. Pure; called by browser-peer.ts on the main thread.
 */
import { isIP } from 'node:net';
import type { Refusal } from '../sdp/negotiation.ts';

/** Where a leg's packets seem to go and come from while the peer carries them: an address that nobody has (RFC 5737). */
export const PEER_ADDRESS = '192.0.2.1';
export const PEER_PORT = 9;

type Setup = 'actpass' | 'active' | 'passive';

/** One end of ICE and DTLS. */
export interface PeerTransport {
  ufrag: string;
  password: string;
  fingerprint: { algorithm: string; value: string };
  setup: Setup;
  /** As in `a=candidate:…`, without `a=`. */
  candidates: string[];
}

export interface BrowserOffer {
  /** The same for a telephone: only its first audio line that is DTLS-SRTP is live. */
  plainSdp: string;
  /** Position of that line. */
  index: number;
  mid: string;
  isBundled: boolean;
  transport: PeerTransport;
}

export type BrowserOfferResult = { ok: true; offer: BrowserOffer } | Refusal;

const MAX_CANDIDATES = 64;
const LIVE_AUDIO = /^m=audio [1-9]\d{0,4} UDP\/TLS\/RTP\/SAVPF? /;
/** What the choice of a codec needs; the rest (header extensions, feedback, SSRCs) we do without. */
const PLAIN_LINE =
  /^(?:[vost]=|m=|a=(?:rtpmap|fmtp|ptime|maxptime):|a=(?:sendrecv|sendonly|recvonly|inactive|rtcp-mux)$)/;
const FINGERPRINT = /^(sha-(?:1|224|256|384|512)) ((?:[0-9A-F]{2}:){19,63}[0-9A-F]{2})$/i;
const FINGERPRINT_BYTES: Record<string, number> = {
  'sha-1': 20,
  'sha-224': 28,
  'sha-256': 32,
  'sha-384': 48,
  'sha-512': 64,
};
const CANDIDATE =
  /^candidate:([A-Za-z0-9+/]{1,32}) (\d) (udp) (\d{1,10}) ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ (?:host|srflx|prflx|relay)( [\u0021-\u007e ]*)?$/i;

/** Whether the sound of an offer, or of an answer, is to go through a peer. */
export function isBrowserOffer(sdp: string): boolean {
  return linesOf(sdp).some((line) => LIVE_AUDIO.test(line));
}

export function readBrowserOffer(sdp: string): BrowserOfferResult {
  const sections = sectionsOf(linesOf(sdp));
  const session = sections[0] ?? [];
  if (session[0] !== 'v=0') return { ok: false, status: 400, reason: 'not an SDP' };
  const media = sections.slice(1);
  const index = media.findIndex(([line = '']) => LIVE_AUDIO.test(line));
  const audio = media[index];
  if (audio === undefined) return { ok: false, status: 488, reason: 'no audio over ICE and DTLS' };
  if (!audio.includes('a=rtcp-mux')) return { ok: false, status: 488, reason: 'no rtcp-mux' };
  const mid = valueOf(audio, 'mid') ?? '0';
  if (!/^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}$/.test(mid)) return bad('mid');
  // Bundled lines have it once (RFC 9143 7.2), as may the session.
  const transport = readTransport([audio, session, ...media]);
  if (!('ufrag' in transport)) return transport;
  return {
    ok: true,
    offer: {
      plainSdp: plainSdp(sections, index),
      index,
      mid,
      isBundled: session.some((line) => line.startsWith('a=group:BUNDLE')),
      transport,
    },
  };
}

/** Null for one that is of no use: TCP, or a name. A name (mDNS) need not be resolved: its owner reaches us first. */
export function usableCandidate(text: string): string | null {
  const candidate = text.trim().replace(/^a=/, '');
  const [, , component, , , address = '', port = ''] = CANDIDATE.exec(candidate) ?? [];
  const isReachable = isIP(address) !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
  return component === '1' && isReachable ? candidate : null;
}

/** The generation that a candidate says it is of, null when it does not say. */
export function ufragOf(candidate: string): string | null {
  return / ufrag (\S+)/.exec(candidate)?.[1] ?? null;
}

/** A host candidate as the far side of a one-to-one NAT sees it; null for any other. */
export function publicCandidate(candidate: string, publicAddress: string): string | null {
  const [, foundation, , , , address = '', port] = CANDIDATE.exec(candidate) ?? [];
  if (!/ typ host\b/.test(candidate) || isIP(address) !== isIP(publicAddress) || address === publicAddress) {
    return null;
  }
  // Type preference of a server reflexive one (RFC 8445 5.1.2.2).
  const priority = 100 * 2 ** 24 + 65_535 * 2 ** 8 + 255;
  return `candidate:p${foundation} 1 UDP ${priority} ${publicAddress} ${port} typ srflx raddr ${address} rport ${port}`;
}

/** Where in a description the sound of a browser is. */
export type BrowserLine = Pick<BrowserOffer, 'index' | 'mid' | 'isBundled'>;

/** What negotiation.ts wrote, answer or offer, for the browser. `isComplete`: no candidate is to follow. */
export function forBrowser(
  plain: string,
  line: BrowserLine,
  local: PeerTransport,
  isComplete: boolean,
): string {
  const sections = sectionsOf(linesOf(plain));
  const session = sections[0] ?? [];
  const audio = sections[line.index + 1];
  if (audio === undefined) throw new Error('the answer has not the lines of the offer');
  const { address, port } = defaultDestination(local.candidates);
  const formats = (audio[0] ?? '').split(' ').slice(3).join(' ');
  sections[line.index + 1] = [
    `m=audio ${port} UDP/TLS/RTP/SAVPF ${formats}`,
    `c=IN IP${isIP(address)} ${address}`,
    ...audio.slice(1).filter((each) => !/^(?:c=|a=rtcp[:-])/.test(each)),
    'a=rtcp-mux',
    `a=mid:${line.mid}`,
    'a=msid:openline openline-audio',
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.password}`,
    'a=ice-options:trickle',
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    `a=setup:${local.setup}`,
    ...local.candidates.map((candidate) => `a=${candidate}`),
    ...(isComplete ? ['a=end-of-candidates'] : []),
  ];
  sections[0] = session.filter((each) => !each.startsWith('c='));
  if (line.isBundled) sections[0].push(`a=group:BUNDLE ${line.mid}`);
  return `${sections.flat().join('\r\n')}\r\n`;
}

/**
 * Every one there is (64 to 95 are RTCP, RFC 5761 4): the library hands on packets of those that it knows, and the codec is
 * none of its business.
 */
export const PAYLOAD_TYPES: readonly number[] = Array.from({ length: 128 }, (_, number) => number).filter(
  (number) => number < 64 || number > 95,
);

/** The offer or answer that the native library is given: nothing of the browser's text but what was read from it. */
export function transportSdp(transport: PeerTransport, mid: string): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    `m=audio 9 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPES.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    ...PAYLOAD_TYPES.map((payloadType) => `a=rtpmap:${payloadType} PCMU/8000`),
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.password}`,
    `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.value}`,
    `a=setup:${transport.setup}`,
    '',
  ].join('\r\n');
}

/** Of the native library's description, which is trusted. */
export function localTransport(sdp: string): Omit<PeerTransport, 'candidates'> | null {
  const read = readTransport([linesOf(sdp)]);
  return 'ufrag' in read ? read : null;
}

function readTransport(sections: readonly (readonly string[])[]): PeerTransport | Refusal {
  const first = (name: string) => firstOf(sections, name);
  const ufrag = first('ice-ufrag') ?? '';
  const password = first('ice-pwd') ?? '';
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(ufrag)) return bad('ice-ufrag');
  if (!/^[A-Za-z0-9+/]{22,256}$/.test(password)) return bad('ice-pwd');
  const [, algorithm, value] = FINGERPRINT.exec(first('fingerprint') ?? '') ?? [];
  if (algorithm === undefined || value === undefined) return bad('fingerprint');
  if (value.split(':').length !== FINGERPRINT_BYTES[algorithm.toLowerCase()]) return bad('fingerprint');
  const setup = first('setup');
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') return bad('setup');
  const candidates = (sections[0] ?? [])
    .filter((line) => line.startsWith('a=candidate:'))
    .slice(0, MAX_CANDIDATES)
    .flatMap((line) => usableCandidate(line) ?? []);
  const fingerprint = { algorithm: algorithm.toLowerCase(), value: value.toUpperCase() };
  return { ufrag, password, fingerprint, setup, candidates };
}

function firstOf(sections: readonly (readonly string[])[], name: string): string | undefined {
  for (const section of sections) {
    const value = valueOf(section, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function plainSdp(sections: readonly (readonly string[])[], index: number): string {
  const plain = sections.map((lines, section) =>
    lines.filter((line) => PLAIN_LINE.test(line)).map((line) => plainLine(line, section === index + 1)),
  );
  // Behind its m-line; the session has none.
  plain[index + 1]?.splice(1, 0, `c=IN IP4 ${PEER_ADDRESS}`);
  return `${plain.flat().join('\r\n')}\r\n`;
}

function plainLine(line: string, isChosen: boolean): string {
  if (!line.startsWith('m=')) return line;
  if (isChosen) return line.replace(/^m=audio \d+ \S+/, `m=audio ${PEER_PORT} RTP/AVPF`);
  return line.replace(/^(m=\S+) \d+(?:\/\d+)?/, '$1 0');
}

/** For who does not read candidates (RFC 8839 4.2.1.2). */
function defaultDestination(candidates: readonly string[]): { address: string; port: string } {
  const [, , , , , address = '0.0.0.0', port = String(PEER_PORT)] = CANDIDATE.exec(candidates[0] ?? '') ?? [];
  return { address, port };
}

function sectionsOf(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

function valueOf(lines: readonly string[], name: string): string | undefined {
  const prefix = `a=${name}:`;
  return lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}

function linesOf(sdp: string): string[] {
  return sdp
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function bad(what: string): Refusal {
  return { ok: false, status: 400, reason: `${what} is missing or wrong` };
}
