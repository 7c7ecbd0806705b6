/**
 * Messages to bytes. Content-Length is always written (RFC 3261 18.3: mandatory on streams), last, from the body.
 */
import type { Headers } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';

const CRLF = '\r\n';

export interface OutgoingRequest {
  method: string;
  uri: string;
  headers: Headers;
  body: Uint8Array;
}

export interface OutgoingResponse {
  status: number;
  reason?: string;
  headers: Headers;
  body: Uint8Array;
}

export function serialiseRequest(request: OutgoingRequest): Buffer {
  return serialise(`${request.method} ${request.uri} SIP/2.0`, request.headers, request.body);
}

export function serialiseResponse(response: OutgoingResponse): Buffer {
  const reason = response.reason ?? reasonPhrase(response.status);
  return serialise(`SIP/2.0 ${response.status} ${reason}`, response.headers, response.body);
}

function serialise(startLine: string, headers: Headers, body: Uint8Array): Buffer {
  let text = startLine + CRLF;
  const { names, values } = headers;
  for (let index = 0; index < names.length; index++) {
    if (names[index] !== 'Content-Length') text += `${names[index]}: ${values[index]}${CRLF}`;
  }
  text += `Content-Length: ${body.length}${CRLF}${CRLF}`;
  const head = Buffer.from(text, 'latin1');
  return body.length === 0 ? head : Buffer.concat([head, body]);
}
