/**
 * One Via value (RFC 3261 20.42): `SIP/2.0/UDP host:port;branch=…`, with white space where RFC 3261 25.1 allows it.
 */
import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { parseHostPort } from './uri.ts';

export interface Via {
  /** Upper case: UDP, TCP… */
  transport: string;
  host: string;
  port: number | null;
  parameters: Parameters;
}

/** Any version: a request of another one is refused with 505, and the refusal must find its way (RFC 3261 21.5.6). */
const PROTOCOL = /^SIP\s*\/\s*\d+\.\d+\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+/i;

export function parseVia(text: string): Via | null {
  const match = PROTOCOL.exec(text);
  if (match === null) return null;
  const rest = text.slice(match[0].length);
  const semicolon = rest.indexOf(';');
  const location = parseHostPort(semicolon < 0 ? rest : rest.slice(0, semicolon));
  const parameters = parseParameters(semicolon < 0 ? '' : rest.slice(semicolon));
  if (location === null || parameters === null) return null;
  return { transport: (match[1] ?? '').toUpperCase(), host: location.host, port: location.port, parameters };
}

export function formatVia(via: Via): string {
  const port = via.port === null ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${formatParameters(via.parameters)}`;
}
