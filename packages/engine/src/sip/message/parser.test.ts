/** Lenient where gateways are sloppy, strict where it protects. */
import { describe, expect, it } from 'vitest';
import { parseNameAddress } from './name-address.ts';
import { parseMessage } from './parser.ts';
import { decodeUser, encodeUser, parseUri } from './uri.ts';

const GOOD = [
  'INVITE sip:studio@10.0.0.1 SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx;rport',
  'From: "Fatou" <sip:+2207@10.0.0.2>;tag=a',
  'To: <sip:studio@10.0.0.1>',
  'Call-ID: c',
  'CSeq: 1 INVITE',
  'Max-Forwards: 70',
  'Content-Length: 0',
];

function parse(lines: readonly string[], lineEnd = '\r\n', body = '', isStream = false) {
  return parseMessage(Buffer.from(lines.join(lineEnd) + lineEnd + lineEnd + body, 'latin1'), isStream);
}

function changed(from: string | RegExp, to: string): string[] {
  return GOOD.map((line) => line.replace(from, to));
}

function status(lines: readonly string[], isStream = false): number | null | 'taken' {
  const result = parse(lines, '\r\n', '', isStream);
  return result.ok ? 'taken' : result.status;
}

describe('what gateways get wrong and is taken', () => {
  const cases: [what: string, lines: string[]][] = [
    ['blanks at line ends', GOOD.map((line) => `${line}  \t`)],
    [
      'compact names',
      changed('Via:', 'v:').map((line) => line.replace('From:', 'f:').replace('Call-ID:', 'i:')),
    ],
    ['names in any case, blanks before the colon', changed('Call-ID:', 'cAlL-iD  :')],
    ['a display name without quotes and with odd signs', changed('"Fatou"', 'Fatou (Banjul), +220')],
    ['a display name with quotes in the middle', changed('"Fatou"', 'Fatou "the voice" Ceesay')],
    ['no Max-Forwards', GOOD.filter((line) => !line.startsWith('Max'))],
    ['no Content-Length in a datagram', GOOD.filter((line) => !line.startsWith('Content'))],
    ['a bad date', [...GOOD, 'Date: yesterday']],
    ['a stray semicolon', changed('rport', 'rport;')],
    ['a From without tag', changed(';tag=a', '')],
    ['empty lines before the start line', ['', '', ...GOOD]],
  ];
  for (const [what, lines] of cases) it(`${what}`, () => expect(status(lines)).toBe('taken'));

  it('lines that end with LF alone', () => {
    const result = parse(changed('Content-Length: 0', 'Content-Length: 2'), '\n', 'hi');
    expect(result.ok && Buffer.from(result.message.body).toString()).toBe('hi');
  });

  it('bytes behind the body of a datagram are cut off', () => {
    const result = parse(changed('Content-Length: 0', 'Content-Length: 2'), '\r\n', 'hi there');
    expect(result.ok && result.message.body).toHaveLength(2);
  });
});

describe('what is refused', () => {
  const cases: [what: string, lines: string[], status: number | null][] = [
    ['no Call-ID', GOOD.filter((line) => !line.startsWith('Call')), 400],
    ['no From', GOOD.filter((line) => !line.startsWith('From')), 400],
    ['no CSeq', GOOD.filter((line) => !line.startsWith('CSeq')), 400],
    ['no Via, so no way back', GOOD.filter((line) => !line.startsWith('Via')), null],
    ['a CSeq of another method', changed('1 INVITE', '1 BYE'), 400],
    ['a CSeq beyond 31 bits', changed('1 INVITE', '2147483648 INVITE'), 400],
    ['two Content-Lengths', [...GOOD, 'Content-Length: 0'], 400],
    ['a negative length', changed('Length: 0', 'Length: -1'), 400],
    ['a length beyond the datagram', changed('Length: 0', 'Length: 1'), 400],
    ['two Froms', [...GOOD, 'From: <sip:x@y>;tag=b'], 400],
    ['a quote without end', changed('"Fatou"', '"Fatou'), 400],
    ['a line without colon', [...GOOD, 'nonsense'], 400],
    [
      'another version',
      changed('SIP/2.0', 'SIP/2.1').map((line, index) => (index === 0 ? line : (GOOD[index] ?? ''))),
      505,
    ],
    ['a URI without end', changed('studio@', `${'x'.repeat(2100)}@`), 414],
    ['too many headers', [...GOOD, ...Array.from({ length: 300 }, () => 'X: y')], 513],
    ['an ACK with the CSeq of an INVITE, in silence', changed(/^INVITE/, 'ACK'), null],
    ['what is no SIP at all', ['GET / HTTP/1.1', 'Host: x'], null],
  ];
  for (const [what, lines, expected] of cases) it(`${what}`, () => expect(status(lines)).toBe(expected));

  it('a stream without Content-Length', () => {
    expect(
      status(
        GOOD.filter((line) => !line.startsWith('Content')),
        true,
      ),
    ).toBe(400);
  });
});

describe('URIs', () => {
  it('finds the host behind a user part that holds everything', () => {
    const uri = parseUri(
      "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1@example.com:5070;lr?x=y",
    );
    expect(uri).toMatchObject({ host: 'example.com', port: 5070, headers: 'x=y' });
    expect(uri?.parameters.has('lr')).toBe(true);
  });

  it('reads IPv6, escapes and rejects broken ports', () => {
    expect(parseUri('sip:a@[2001:db8::1]:5061')).toMatchObject({ host: '[2001:db8::1]', port: 5061 });
    expect(parseUri('sip:a@b:99999')).toBeNull();
    expect(parseUri('sip:')).toBeNull();
    expect(decodeUser('%2B220%C3%A9%zz')).toBe('+220é%zz');
    expect(encodeUser('é @#')).toBe('%C3%A9%20%40%23');
  });

  it('keeps the parameters of a header without brackets out of the URI', () => {
    const address = parseNameAddress('sip:+1972@gw.example.net;unknownparam');
    expect(address?.uri).toBe('sip:+1972@gw.example.net');
    expect(address?.parameters.has('unknownparam')).toBe(true);
  });
});
