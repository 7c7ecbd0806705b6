import { describe, expect, it } from 'vitest';
import { Negotiation } from '../sdp/negotiation.ts';
import {
  forBrowser,
  isBrowserOffer,
  localTransport,
  PEER_ADDRESS,
  publicCandidate,
  readBrowserOffer,
  transportSdp,
  ufragOf,
  usableCandidate,
} from './browser-description.ts';
import type { BrowserOffer, PeerTransport } from './browser-description.ts';
import { CHROMIUM_OFFER } from './testing/chromium-offer.ts';

const TELEPHONE_OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

const LOCAL: PeerTransport = {
  ufrag: 'ours',
  password: 'p'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  setup: 'active',
  candidates: ['candidate:1 1 UDP 2114977791 192.0.2.50 20096 typ host'],
};

function read(sdp: string): BrowserOffer {
  const result = readBrowserOffer(sdp);
  if (!result.ok) throw new Error(result.reason);
  return result.offer;
}

function answerTo(sdp: string, isComplete = false): string {
  const offer = read(sdp);
  const negotiation = new Negotiation({ rtpPort: 9, rtcpPort: 9, name: 'Radio Test', sessionId: 1 });
  const answer = negotiation.answer(offer.plainSdp, PEER_ADDRESS);
  if (!answer.ok) throw new Error(answer.reason);
  return forBrowser(answer.sdp, offer, LOCAL, isComplete);
}

describe('an offer of a browser', () => {
  it('is told from one of a telephone', () => {
    expect(isBrowserOffer(CHROMIUM_OFFER)).toBe(true);
    expect(isBrowserOffer(TELEPHONE_OFFER)).toBe(false);
    expect(isBrowserOffer(CHROMIUM_OFFER.replace('m=audio 9 ', 'm=audio 0 '))).toBe(false);
  });

  it('gives its end of ICE and DTLS', () => {
    const { transport, mid, isBundled } = read(CHROMIUM_OFFER);
    expect(transport).toEqual({
      ufrag: 'Xy12',
      password: '0123456789abcdefghijklmn',
      fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '0A').join(':') },
      setup: 'actpass',
      candidates: [expect.stringContaining('198.51.100.7 54321 typ srflx')],
    });
    expect(mid).toBe('0');
    expect(isBundled).toBe(true);
  });

  it('finds what is bundled with another line, or said for the whole session', () => {
    const lines = CHROMIUM_OFFER.split('\r\n');
    const shared = lines.filter((line) => /^a=(?:ice-|fingerprint|setup)/.test(line));
    const rest = lines.filter((line) => !shared.includes(line));
    const at = rest.findIndex((line) => line.startsWith('m='));
    const sdp = [...rest.slice(0, at), ...shared, ...rest.slice(at)].join('\r\n');
    expect(read(sdp).transport.ufrag).toBe('Xy12');
  });

  it.each([
    ['a=ice-pwd:0123456789abcdefghijklmn', 'a=ice-pwd:short', 'ice-pwd'],
    ['a=ice-ufrag:Xy12', 'a=ice-ufrag:X y', 'ice-ufrag'],
    ['a=fingerprint:sha-256', 'a=fingerprint:md5', 'fingerprint'],
    ['a=fingerprint:sha-256', 'a=fingerprint:sha-1', 'fingerprint'],
    ['a=setup:actpass', 'a=setup:whatever', 'setup'],
    ['a=mid:0', 'a=mid:0 1', 'mid'],
    ['a=rtcp-mux', 'a=x', 'rtcp-mux'],
    ['m=audio 9 UDP', 'm=video 9 UDP', 'no audio'],
    ['v=0', 'v=1', 'not an SDP'],
  ])('is refused when %s becomes %s, with the reason', (good, wrong, reason) => {
    const result = readBrowserOffer(CHROMIUM_OFFER.replace(good, wrong));
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe('a candidate', () => {
  it('is of use when it is UDP, of RTP, with an address', () => {
    const good = 'candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host generation 0 ufrag Xy12';
    expect(usableCandidate(good)).toBe(good);
    expect(usableCandidate(`a=${good}`)).toBe(good);
    expect(usableCandidate('candidate:1 1 UDP 1 2001:db8::7 5000 typ host')).not.toBeNull();
    expect(ufragOf(good)).toBe('Xy12');
  });

  it.each([
    '',
    'candidate:1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active',
    'candidate:1 1 udp 1 6b8a2b1c.local 5000 typ host',
    'candidate:1 2 udp 1 192.0.2.7 5000 typ host',
    'candidate:1 1 udp 1 192.0.2.7 5000 typ host\r\na=x',
    'candidate:1 1 udp 1 999.0.2.7 5000 typ host',
    'candidate:1 1 udp 1 192.0.2.7 99999 typ host',
    'candidate:1 1 udp 1 192.0.2.7 0 typ host',
  ])('is of no use otherwise: %j', (candidate) => {
    expect(usableCandidate(candidate)).toBeNull();
  });

  it('behind a one-to-one NAT is told once more with the address outside', () => {
    expect(publicCandidate('candidate:1 1 UDP 2114977791 10.0.0.5 20096 typ host', '198.51.100.1')).toBe(
      'candidate:p1 1 UDP 1694498815 198.51.100.1 20096 typ srflx raddr 10.0.0.5 rport 20096',
    );
    expect(publicCandidate('candidate:1 1 UDP 1 fd00::2 20096 typ host', '198.51.100.1')).toBeNull();
    expect(publicCandidate('candidate:1 1 UDP 1 10.0.0.5 1 typ relay', '198.51.100.1')).toBeNull();
  });
});

describe('the answer to a browser', () => {
  it('takes one codec and says how we are reached', () => {
    const lines = answerTo(CHROMIUM_OFFER).split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'm=audio 20096 UDP/TLS/RTP/SAVPF 111 110',
        'c=IN IP4 192.0.2.50',
        'a=group:BUNDLE 0',
        'a=mid:0',
        'a=rtcp-mux',
        'a=ice-ufrag:ours',
        'a=setup:active',
        'a=candidate:1 1 UDP 2114977791 192.0.2.50 20096 typ host',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('a=rtcp-mux'))).toHaveLength(1);
    expect(lines).not.toContain('a=end-of-candidates');
    expect(answerTo(CHROMIUM_OFFER, true)).toContain('a=end-of-candidates');
  });

  it('refuses the lines beside it, at their places', () => {
    const video =
      'm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n';
    const media = answerTo(CHROMIUM_OFFER + video)
      .split('\r\n')
      .filter((line) => line.startsWith('m='));
    expect(media).toEqual(['m=audio 20096 UDP/TLS/RTP/SAVPF 111 110', expect.stringMatching(/^m=video 0 /)]);
  });

  it('mirrors the direction', () => {
    expect(answerTo(CHROMIUM_OFFER.replace('a=sendrecv', 'a=recvonly'))).toContain('a=sendonly');
  });
});

it('the library is given nothing of the browser but its end of the transport', () => {
  const { transport } = read(CHROMIUM_OFFER);
  const sdp = transportSdp(transport, '0');
  expect(localTransport(sdp)).toEqual({ ...transport, candidates: [] });
  expect(sdp).not.toContain('extmap');
  expect(localTransport('v=0')).toBeNull();
});
