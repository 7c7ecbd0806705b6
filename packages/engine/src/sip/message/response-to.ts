/**
 * The response to a request, with the headers that RFC 3261 8.2.6.2 takes over from it.
 */
import { EMPTY_BODY, Headers, type SipRequest } from './message.ts';
import type { OutgoingResponse } from './serialise.ts';

export interface ResponseContent {
  reason?: string | undefined;
  /** Added behind those that were taken over. */
  headers?: readonly (readonly [string, string])[];
  body?: Uint8Array;
}

/** `toTag`: ours, put in To when the request brought none; null for 100 (RFC 3261 8.2.6.2). */
export function responseTo(
  request: SipRequest,
  status: number,
  toTag: string | null,
  content: ResponseContent = {},
): OutgoingResponse {
  const headers = new Headers();
  for (const value of request.headers.all('Via')) headers.add('Via', value);
  headers.add('From', request.headers.get('From') ?? '');
  const to = request.headers.get('To') ?? '';
  headers.add('To', request.toTag === null && toTag !== null ? `${to};tag=${toTag}` : to);
  headers.add('Call-ID', request.callId);
  headers.add('CSeq', `${request.cseq} ${request.cseqMethod}`);
  const timestamp = request.headers.get('Timestamp');
  if (status === 100 && timestamp !== null) headers.add('Timestamp', timestamp);
  for (const [name, value] of content.headers ?? []) headers.add(name, value);
  const reason = content.reason === undefined ? {} : { reason: content.reason.replace(/[\r\n]+/g, ' ') };
  return { status, ...reason, headers, body: content.body ?? EMPTY_BODY };
}
