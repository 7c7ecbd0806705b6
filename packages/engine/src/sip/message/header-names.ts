/**
 * Names of header fields: any spelling (case, compact form of RFC 3261 7.3.3) to the one under which the stack
 * stores and writes a header. Unknown names are kept as they came, compared without case.
 */
const KNOWN = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Alert-Info',
  'Allow',
  'Authorization',
  'Call-ID',
  'Call-Info',
  'Contact',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'CSeq',
  'Date',
  'Event',
  'Expires',
  'From',
  'Max-Forwards',
  'MIME-Version',
  'Min-Expires',
  'Min-SE',
  'P-Asserted-Identity',
  'Path',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Proxy-Require',
  'RAck',
  'Reason',
  'Record-Route',
  'Remote-Party-ID',
  'Require',
  'Retry-After',
  'Route',
  'RSeq',
  'Server',
  'Service-Route',
  'Session-Expires',
  'Subject',
  'Supported',
  'Timestamp',
  'To',
  'Unsupported',
  'User-Agent',
  'Via',
  'Warning',
  'WWW-Authenticate',
] as const;

export type HeaderName = (typeof KNOWN)[number];

// RFC 3261 20, RFC 4028 (x), RFC 3265 (o, u).
const COMPACT: readonly (readonly [string, string])[] = [
  ['c', 'Content-Type'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['o', 'Event'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
];

const bySpelling = new Map<string, string>();
for (const name of KNOWN) {
  bySpelling.set(name, name);
  bySpelling.set(name.toLowerCase(), name);
}
for (const [compact, name] of COMPACT) {
  bySpelling.set(compact, name);
  bySpelling.set(compact.toUpperCase(), name);
}

export function canonicalHeaderName(spelling: string): string {
  return bySpelling.get(spelling) ?? bySpelling.get(spelling.toLowerCase()) ?? spelling;
}
