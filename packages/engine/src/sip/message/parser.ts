/**
 * Bytes to messages, in one pass over the header lines (RFC 3261 7, 25). Called by the transport layer for every
 * datagram and every frame of a stream. Lenient where real gateways are sloppy: LF alone, blanks at line ends,
 * compact and folded headers, missing Max-Forwards. Strict where it protects: lengths, mandatory and single
 * headers, version, CSeq. What cannot be taken is a value that says how to answer it.
 */
import { canonicalHeaderName } from './header-names.ts';
import { EMPTY_BODY, Headers, type SipMessage, type SipRequest } from './message.ts';
import { type NameAddress, parseNameAddress } from './name-address.ts';
import { splitList, TOKEN } from './parameters.ts';
import { parseVia, type Via } from './via.ts';

export const MAX_MESSAGE_BYTES = 65_535;
const MAX_HEADERS = 200;
const MAX_HEADER_BYTES = 32_768;
const MAX_URI_LENGTH = 2048;

/** Enough of a request that was refused to answer it without state. */
export interface RefusedRequest {
  method: string;
  headers: Headers;
  via: Via;
  toTag: string | null;
}

export type ParseResult =
  | { ok: true; message: SipMessage }
  | {
      ok: false;
      /** What is wrong, for the log and the Warning-free reason phrase. */
      detail: string;
      /** The status to answer with; null: to be dropped in silence (garbage, responses, ACK). */
      status: number | null;
      request: RefusedRequest | null;
    };

/** `isStream`: from TCP, where Content-Length is mandatory (RFC 3261 18.3); `bytes` is then exactly one frame. */
export function parseMessage(bytes: Buffer, isStream: boolean): ParseResult {
  if (bytes.length > MAX_MESSAGE_BYTES) return garbage('message too large');
  const headLimit = Math.min(bytes.length, MAX_HEADER_BYTES);
  const text = bytes.toString('latin1', 0, headLimit);

  let position = skipBlankLines(text);
  let lineEnd = text.indexOf('\n', position);
  if (lineEnd < 0) return garbage('no start line');
  const startLine = parseStartLine(trimLine(text, position, lineEnd));
  if (!startLine.ok) return garbage(startLine.detail);
  position = lineEnd + 1;

  const headers = new Headers();
  let problem: Problem | null = startLine.problem;
  let isEnded = false;
  while (position < text.length) {
    lineEnd = text.indexOf('\n', position);
    if (lineEnd < 0) lineEnd = text.length;
    let line = trimLine(text, position, lineEnd);
    position = lineEnd + 1;
    if (line === '') {
      isEnded = true;
      break;
    }
    // RFC 3261 7.3.1: a line that starts with white space continues the one before.
    for (let next = text.charCodeAt(position); next === 0x20 || next === 0x09; ) {
      lineEnd = text.indexOf('\n', position);
      if (lineEnd < 0) lineEnd = text.length;
      line += ` ${trimLine(text, position, lineEnd).trimStart()}`;
      position = lineEnd + 1;
      next = text.charCodeAt(position);
    }
    const colon = line.indexOf(':');
    const spelling = line.slice(0, colon).trimEnd();
    if (colon <= 0 || !TOKEN.test(spelling)) {
      problem ??= { status: 400, detail: 'malformed header line' };
      continue;
    }
    if (headers.names.length >= MAX_HEADERS) {
      problem ??= { status: 513, detail: 'too many header fields' };
      break;
    }
    headers.add(canonicalHeaderName(spelling), line.slice(colon + 1).trim());
  }
  if (!isEnded && headLimit < bytes.length) problem ??= { status: 513, detail: 'header section too large' };

  return build(startLine, headers, problem, bytes, Math.min(position, bytes.length), isStream);
}

interface Problem {
  status: number;
  detail: string;
}

type StartLine =
  | { ok: true; kind: 'request'; method: string; uri: string; problem: Problem | null }
  | { ok: true; kind: 'response'; status: number; reason: string; problem: Problem | null }
  | { ok: false; detail: string };

function parseStartLine(line: string): StartLine {
  if (/^SIP\/\d/i.test(line)) return parseStatusLine(line);
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first <= 0 || last === first) return { ok: false, detail: 'not a SIP message' };
  const method = line.slice(0, first);
  const uri = line.slice(first + 1, last);
  const version = line.slice(last + 1);
  if (!/^SIP\/\d+\.\d+$/i.test(version) || !TOKEN.test(method))
    return { ok: false, detail: 'not a SIP message' };
  let problem: Problem | null = null;
  if (version.toUpperCase() !== 'SIP/2.0') problem = { status: 505, detail: 'unknown SIP version' };
  else if (uri.length > MAX_URI_LENGTH) problem = { status: 414, detail: 'Request-URI too long' };
  // RFC 3261 25.1: exactly one SP on either side, none inside, no brackets.
  else if (uri === '' || /[\s<>"]/.test(uri) || !uri.includes(':')) {
    problem = { status: 400, detail: 'malformed Request-URI' };
  }
  return { ok: true, kind: 'request', method, uri, problem };
}

function parseStatusLine(line: string): StartLine {
  const match = /^SIP\/2\.0 +(\d{3})(?: +(.*))?$/i.exec(line);
  if (match === null) return { ok: false, detail: 'malformed status line' };
  const status = Number(match[1]);
  if (status < 100 || status > 699) return { ok: false, detail: 'status out of range' };
  return { ok: true, kind: 'response', status, reason: match[2] ?? '', problem: null };
}

function build(
  startLine: StartLine & { ok: true },
  headers: Headers,
  lineProblem: Problem | null,
  bytes: Buffer,
  bodyStart: number,
  isStream: boolean,
): ParseResult {
  const vias = headers.all('Via');
  const { via, isWhole } = topVia(vias);
  const from = single(headers, 'From');
  const to = single(headers, 'To');
  const callId = headers.get('Call-ID');
  const cseq = parseCSeq(headers.get('CSeq'));
  const body = bodyOf(headers, bytes, bodyStart, isStream);

  let problem = lineProblem;
  if (via === null || !isWhole) problem ??= { status: 400, detail: 'missing or malformed Via' };
  else if (from === null) problem ??= { status: 400, detail: 'missing or malformed From' };
  else if (to === null) problem ??= { status: 400, detail: 'missing or malformed To' };
  else if (callId === null || callId === '' || headers.count('Call-ID') > 1) {
    problem ??= { status: 400, detail: 'missing or repeated Call-ID' };
  } else if (cseq === null || headers.count('CSeq') > 1) {
    problem ??= { status: 400, detail: 'missing or malformed CSeq' };
  } else if (!hasGoodMaxForwards(headers)) problem ??= { status: 400, detail: 'malformed Max-Forwards' };
  else if (typeof body === 'string') problem ??= { status: 400, detail: body };
  else if (startLine.kind === 'request' && startLine.method !== cseq.method) {
    // RFC 3261 8.1.1.5: the method of CSeq is that of the request.
    problem ??= { status: 400, detail: 'CSeq of another method' };
  }
  if (
    problem !== null ||
    via === null ||
    from === null ||
    to === null ||
    callId === null ||
    cseq === null ||
    typeof body === 'string'
  ) {
    return refuse(startLine, headers, via, to, problem ?? { status: 400, detail: 'malformed' });
  }

  const common = {
    headers,
    body,
    via,
    from,
    to,
    fromTag: from.parameters.get('tag') ?? null,
    toTag: to.parameters.get('tag') ?? null,
    callId,
    cseq: cseq.number,
    cseqMethod: cseq.method,
  };
  if (startLine.kind === 'response') {
    return {
      ok: true,
      message: { kind: 'response', status: startLine.status, reason: startLine.reason, ...common },
    };
  }
  const request: SipRequest = { kind: 'request', method: startLine.method, uri: startLine.uri, ...common };
  return { ok: true, message: request };
}

function refuse(
  startLine: StartLine & { ok: true },
  headers: Headers,
  via: Via | null,
  to: NameAddress | null,
  problem: Problem,
): ParseResult {
  // RFC 3261 18.1.2, 17.1.1.3: a malformed response is dropped; an ACK is never answered.
  if (startLine.kind === 'response' || startLine.method === 'ACK' || via === null) {
    return { ok: false, detail: problem.detail, status: null, request: null };
  }
  const toTag = to?.parameters.get('tag') ?? null;
  return {
    ok: false,
    detail: problem.detail,
    status: problem.status,
    request: { method: startLine.method, headers, via, toTag },
  };
}

function garbage(detail: string): ParseResult {
  return { ok: false, detail, status: null, request: null };
}

/** The first Via, by which an answer goes, and whether each of them holds (the answer passes all). */
function topVia(values: readonly string[]): { via: Via | null; isWhole: boolean } {
  let via: Via | null = null;
  let isWhole = true;
  for (const value of values) {
    const parts = splitList(value);
    if (parts === null) isWhole = false;
    for (const part of parts ?? []) {
      const parsed = parseVia(part);
      if (parsed === null) isWhole = false;
      else via ??= parsed;
    }
  }
  return { via, isWhole };
}

function single(headers: Headers, name: 'From' | 'To'): NameAddress | null {
  const value = headers.get(name);
  if (value === null || headers.count(name) > 1) return null;
  return parseNameAddress(value);
}

function parseCSeq(value: string | null): { number: number; method: string } | null {
  const match = value === null ? null : /^(\d{1,10})\s+(\S+)$/.exec(value);
  const number = Number(match?.[1]);
  // RFC 3261 8.1.1.5: less than 2**31.
  if (match === null || number >= 0x80000000) return null;
  return { number, method: match[2] ?? '' };
}

function hasGoodMaxForwards(headers: Headers): boolean {
  const count = headers.count('Max-Forwards');
  if (count === 0) return true;
  const value = headers.get('Max-Forwards') ?? '';
  return count === 1 && /^\d{1,10}$/.test(value) && Number(value) <= 255;
}

/** The body, or what is wrong with its length (RFC 3261 18.3). */
function bodyOf(headers: Headers, bytes: Buffer, bodyStart: number, isStream: boolean): Uint8Array | string {
  const available = bytes.length - bodyStart;
  const lengthText = headers.get('Content-Length');
  if (lengthText === null) {
    if (isStream) return 'missing Content-Length';
    return available === 0 ? EMPTY_BODY : bytes.subarray(bodyStart);
  }
  if (headers.count('Content-Length') > 1 || !/^\d{1,10}$/.test(lengthText))
    return 'malformed Content-Length';
  const length = Number(lengthText);
  if (length > available) return 'Content-Length beyond the message';
  return length === 0 ? EMPTY_BODY : bytes.subarray(bodyStart, bodyStart + length);
}

function skipBlankLines(text: string): number {
  let position = 0;
  // RFC 3261 7.5: empty lines before a start line are ignored.
  while (
    position < text.length &&
    (text.charCodeAt(position) === 0x0d || text.charCodeAt(position) === 0x0a)
  ) {
    position++;
  }
  return position;
}

/** The line without its end and without blanks there (gateways leave them). */
function trimLine(text: string, start: number, end: number): string {
  let last = end;
  while (last > start) {
    const code = text.charCodeAt(last - 1);
    if (code !== 0x0d && code !== 0x20 && code !== 0x09) break;
    last--;
  }
  return text.slice(start, last);
}
