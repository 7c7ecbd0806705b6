/**
 * Cuts a byte stream into SIP messages by Content-Length (RFC 3261 18.3), with limits: a header section or a body
 * that is too large, or a missing length, breaks the stream for good. One a TCP connection.
 */
import { MAX_MESSAGE_BYTES } from '../message/parser.ts';

const MAX_HEAD_BYTES = 32_768;

type Framed =
  | { kind: 'message'; bytes: Buffer }
  /** CRLFCRLF between messages: to be answered with CRLF (RFC 5626 4.4.1). */
  | { kind: 'ping' }
  | { kind: 'broken'; head: Buffer; status: number | null };

export interface StreamFramer {
  push(chunk: Buffer): Framed[];
  /** Whether a message has begun that is not complete yet. */
  isPartial(): boolean;
}

export function createStreamFramer(): StreamFramer {
  let pending: Buffer = Buffer.alloc(0);
  let blankLines = 0;
  let isBroken = false;

  const breakWith = (head: Buffer, status: number | null): Framed => {
    isBroken = true;
    pending = Buffer.alloc(0);
    return { kind: 'broken', head, status };
  };

  const skipBlank = (): Framed[] => {
    const pings: Framed[] = [];
    let start = 0;
    while (start < pending.length && (pending[start] === 0x0d || pending[start] === 0x0a)) {
      if (pending[start] === 0x0a && ++blankLines === 2) {
        blankLines = 0;
        pings.push({ kind: 'ping' });
      }
      start++;
    }
    if (start < pending.length) blankLines = 0;
    if (start > 0) pending = pending.subarray(start);
    return pings;
  };

  const next = (): Framed | null => {
    const headEnd = endOfHead(pending);
    if (headEnd < 0) {
      return pending.length > MAX_HEAD_BYTES ? breakWith(pending.subarray(0, MAX_HEAD_BYTES), null) : null;
    }
    const head = pending.subarray(0, headEnd);
    if (headEnd > MAX_HEAD_BYTES) return breakWith(head, 513);
    const length = contentLength(head);
    if (length === null) return breakWith(head, 400);
    if (headEnd + length > MAX_MESSAGE_BYTES) return breakWith(head, 413);
    if (pending.length < headEnd + length) return null;
    const bytes = pending.subarray(0, headEnd + length);
    pending = pending.subarray(headEnd + length);
    return { kind: 'message', bytes };
  };

  return {
    isPartial: () => pending.length > 0,
    push(chunk) {
      if (isBroken) return [];
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const found: Framed[] = [];
      for (;;) {
        found.push(...skipBlank());
        if (pending.length === 0) return found;
        const framed = next();
        if (framed === null) return found;
        found.push(framed);
        if (framed.kind === 'broken') return found;
      }
    },
  };
}

/** Index behind the empty line that ends the header section, CRLF or LF; -1: not there yet. */
function endOfHead(bytes: Buffer): number {
  for (let feed = bytes.indexOf(0x0a); feed >= 0; feed = bytes.indexOf(0x0a, feed + 1)) {
    if (bytes[feed + 1] === 0x0a) return feed + 2;
    if (bytes[feed + 1] === 0x0d && bytes[feed + 2] === 0x0a) return feed + 3;
  }
  return -1;
}

function contentLength(head: Buffer): number | null {
  const matches = [
    ...head.toString('latin1').matchAll(/^(?:content-length|l)[ \t]*:[ \t\r\n]*(-?\d{1,10})[ \t]*\r?$/gim),
  ];
  const value = Number(matches[0]?.[1] ?? NaN);
  return matches.length === 1 && value >= 0 ? value : null;
}
