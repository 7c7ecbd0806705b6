/**
 * What a request carries (RFC 3261 7.4, 8.2.3): an SDP, alone or as a part of a multipart; nothing; or something
 * that this agent cannot read, with the status and the headers that say so.
 */
import { EMPTY_BODY, type Headers, type SipMessage } from './message.ts';

export type SessionBody =
  | { ok: true; sdp: string | null }
  | { ok: false; status: number; header: { name: string; value: string } };

const ACCEPTED_BODY = 'application/sdp';

export function sessionBody(message: SipMessage): SessionBody {
  const { headers, body } = message;
  if (body.length === 0) return { ok: true, sdp: null };
  const encoding = headers.get('Content-Encoding');
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {
    return { ok: false, status: 415, header: { name: 'Accept-Encoding', value: 'identity' } };
  }
  const contentType = headers.get('Content-Type') ?? '';
  const type = mediaType(contentType);
  // Gateways that forget the type: what begins as an SDP is one.
  const isUntypedSdp = type === '' && Buffer.from(body.subarray(0, 3)).toString('latin1') === 'v=0';
  if (type === ACCEPTED_BODY || isUntypedSdp) return { ok: true, sdp: Buffer.from(body).toString('utf8') };
  if (type === 'application/pkcs7-mime') {
    // RFC 3261 23.2: a body that is encrypted for somebody else.
    return { ok: false, status: 493, header: { name: 'Accept', value: ACCEPTED_BODY } };
  }
  if (type.startsWith('multipart/')) {
    const part = sdpPart(contentType, Buffer.from(body).toString('latin1'));
    if (part !== null) return { ok: true, sdp: Buffer.from(part, 'latin1').toString('utf8') };
  }
  if (isOptional(headers)) return { ok: true, sdp: null };
  return { ok: false, status: 415, header: { name: 'Accept', value: ACCEPTED_BODY } };
}

export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').replace(/\s/g, '').toLowerCase();
}

export function bodyFrom(text: string | null): Uint8Array {
  return text === null || text === '' ? EMPTY_BODY : Buffer.from(text, 'utf8');
}

/** RFC 3261 20.11: a body with handling=optional may be ignored. */
function isOptional(headers: Headers): boolean {
  return /;\s*handling\s*=\s*optional/i.test(headers.get('Content-Disposition') ?? '');
}

/** RFC 2046 5.1: the first part of type application/sdp, nested multiparts searched too. */
function sdpPart(contentType: string, body: string, depth = 0): string | null {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  if (boundary === null || depth > 3) return null;
  const parts = `\n${body}`.split(`\n--${boundary[1] ?? boundary[2] ?? ''}`, 16).slice(1);
  for (const part of parts) {
    const start = /\r?\n\r?\n/.exec(part);
    if (part.startsWith('--') || start === null) continue;
    const type = /^content-type\s*:\s*(.*)$/im.exec(part.slice(0, start.index))?.[1] ?? '';
    const content = part.slice(start.index + start[0].length).replace(/\r$/, '');
    if (mediaType(type) === ACCEPTED_BODY) return `${content}\r\n`;
    if (mediaType(type).startsWith('multipart/')) {
      const nested = sdpPart(type, content, depth + 1);
      if (nested !== null) return nested;
    }
  }
  return null;
}
