import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { Negotiation } from './negotiation.ts';

const OURS = '192.0.2.10';

function negotiation(codecs?: string[], hasComfortNoise = false): Negotiation {
  return new Negotiation({
    rtpPort: 20_000,
    rtcpPort: 20_001,
    name: 'Radio Test',
    sessionId: 1_700_000_000_000,
    ...(codecs === undefined ? {} : { codecs }),
    hasComfortNoise,
  });
}

function sdp(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

const HEAD = ['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0'];

const ASTERISK = sdp(
  'v=0',
  'o=- 1872390432 1872390432 IN IP4 198.51.100.7',
  's=Asterisk',
  'c=IN IP4 198.51.100.7',
  't=0 0',
  'm=audio 16774 RTP/AVP 0 8 107 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:107 opus/48000/2',
  'a=fmtp:107 useinbandfec=1',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=maxptime:150',
  'a=sendrecv',
);

const BARESIP = sdp(
  'v=0',
  'o=- 3915470237 1032874654 IN IP4 198.51.100.8',
  's=-',
  'c=IN IP4 198.51.100.8',
  't=0 0',
  'a=tool:baresip 1.1.0',
  'm=audio 17350 RTP/AVP 8 0 96 101',
  'b=AS:125',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:96 L16/48000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=rtcp:17351',
  'a=sendrecv',
  'a=label:1',
  'a=rtcp-rsize',
  'a=ssrc:1391027384 cname:sip:anna@198.51.100.8',
  'a=ptime:20',
  'a=rtcp-mux',
  'm=video 11234 RTP/AVP 97',
  'a=rtpmap:97 H264/90000',
);

const SIPP = sdp(
  'v=0',
  'o=user1 53655765 2353687637 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 6000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
);

const LINPHONE = sdp(
  'v=0',
  'o=anna 2847 3112 IN IP4 192.168.1.20',
  's=Talk',
  'c=IN IP4 192.168.1.20',
  't=0 0',
  'a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics',
  'a=record:off',
  'm=audio 7078 RTP/AVPF 96 97 0 8 101 99',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1',
  'a=rtpmap:97 speex/16000',
  'a=rtpmap:101 telephone-event/48000',
  'a=rtpmap:99 telephone-event/8000',
  'a=rtcp-fb:* trr-int 5000',
);

/** As a browser offers it, on a line without encryption. */
const CHROMIUM = sdp(
  ...HEAD,
  'm=audio 5004 RTP/AVP 63 109 9 0 8 13 110 126',
  'a=rtcp-mux',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 109/109',
  'a=rtpmap:109 opus/48000/2',
  'a=rtcp-fb:109 transport-cc',
  'a=fmtp:109 minptime=10;useinbandfec=1',
  'a=rtpmap:13 CN/8000',
  'a=rtpmap:110 telephone-event/48000',
  'a=rtpmap:126 telephone-event/8000',
);

/** As cheap GSM gateways write it: bare LF, blanks at the ends, no t=, no rtpmap, no direction, ptime 30. */
const SLOPPY_GATEWAY =
  'v=0 \no=goip 1 1 IN IP4 192.168.8.1 \ns= \nc=IN IP4 192.168.8.1 \nm=audio 10020 RTP/AVP 18 8 101 \na=fmtp:101 0-15 \na=ptime:30 \n';

describe('answering an offer', () => {
  it.each([
    [
      'Asterisk',
      ASTERISK,
      {
        codec: 'OPUS',
        payloadTypeIn: 107,
        remoteAddress: '198.51.100.7',
        remotePort: 16_774,
        dtmfPayloadType: 101,
      },
    ],
    [
      'baresip',
      BARESIP,
      { codec: 'L16', payloadTypeIn: 96, payloadTypeOut: 96, isRtcpMux: true, dtmfPayloadType: 101 },
    ],
    [
      'SIPp',
      SIPP,
      { codec: 'PCMU', remoteAddress: '127.0.0.1', dtmfPayloadType: null, remoteRtcpPort: 6_001 },
    ],
    ['Linphone', LINPHONE, { codec: 'OPUS', payloadTypeOut: 96, remotePort: 7_078, dtmfPayloadType: 101 }],
    [
      'a sloppy gateway',
      SLOPPY_GATEWAY,
      { codec: 'PCMA', remoteAddress: '192.168.8.1', ptimeMs: 20, dtmfPayloadType: null },
    ],
  ])('takes what %s offers', (_name, offer, expected) => {
    const answer = negotiation().answer(offer, OURS);
    expect(answer).toMatchObject({ ok: true, isHeldByRemote: false });
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.stream).toMatchObject({ isSending: true, isReceiving: true, ...expected });
    const line = parse(answer.sdp).media.find((media) => media.port !== 0);
    expect(line).toMatchObject({ type: 'audio', port: 20_000, direction: 'sendrecv' });
  });

  it('names exactly the chosen codec and the telephone events', () => {
    const answer = negotiation().answer(BARESIP, OURS);
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.sdp).toContain('m=audio 20000 RTP/AVP 96 101\r\n');
    expect(answer.sdp).toContain('a=rtpmap:101 telephone-event/8000\r\n');
    expect(answer.sdp).toContain(`c=IN IP4 ${OURS}\r\n`);
    expect(answer.sdp).not.toContain('PCM');
  });

  it('keeps the order of the m-lines and refuses all but one audio with port 0', () => {
    const offer = sdp(
      ...HEAD,
      'm=video 5000 RTP/AVP 31',
      'm=audio 5002 RTP/SAVP 0',
      'm=audio 5004 RTP/AVP 8',
      'm=image 5006 udptl t38',
      'm=audio 5008 RTP/AVP 0',
    );
    const answer = negotiation().answer(offer, OURS);
    if (!answer.ok) throw new Error(answer.reason);
    expect(parse(answer.sdp).media.map((media) => [media.type, media.port, media.protocol])).toEqual([
      ['video', 0, 'RTP/AVP'],
      ['audio', 0, 'RTP/SAVP'],
      ['audio', 20_000, 'RTP/AVP'],
      ['image', 0, 'udptl'],
      ['audio', 0, 'RTP/AVP'],
    ]);
    expect(answer.stream).toMatchObject({ codec: 'PCMA', remotePort: 5_004 });
  });

  it('takes Opus under the number and with the wishes of the far end', () => {
    const answer = negotiation().answer(CHROMIUM, OURS);
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.stream).toMatchObject({
      codec: 'OPUS',
      payloadTypeIn: 109,
      payloadTypeOut: 109,
      dtmfPayloadType: 110,
      sending: { bitrate: 64_000, hasFec: true },
    });
    expect(answer.sdp).toContain('m=audio 20000 RTP/AVP 109 110\r\n');
    expect(answer.sdp).toContain('a=rtpmap:109 opus/48000/2\r\n');
    expect(answer.sdp).toMatch(/^a=fmtp:109 maxaveragebitrate=64000;stereo=0;.*usedtx=0\r$/m);
    expect(answer.sdp).toContain('a=maxptime:60\r\n');
  });

  it.each([
    ['', 64_000, false],
    ['a=fmtp:96 maxaveragebitrate=20000; stereo=1', 20_000, false],
    ['a=fmtp:96 maxaveragebitrate=510000;useinbandfec=1', 64_000, true],
    ['a=fmtp:96 MaxAverageBitrate = 100 ; USEINBANDFEC=0', 6_000, false],
    ['a=fmtp:96 maxaveragebitrate=;useinbandfec;;=1', 64_000, false],
  ])('sends Opus as %j would like it', (fmtp, bitrate, hasFec) => {
    const offer = sdp(...HEAD, 'm=audio 5004 RTP/AVP 96', 'a=rtpmap:96 OPUS/48000/2', fmtp);
    expect(negotiation().answer(offer, OURS)).toMatchObject({
      stream: { codec: 'OPUS', sending: { bitrate, hasFec } },
    });
  });

  it('takes Opus that forgets its second channel, and no L16 of two', () => {
    const opus = sdp(...HEAD, 'm=audio 5004 RTP/AVP 96', 'a=rtpmap:96 opus/48000');
    expect(negotiation().answer(opus, OURS)).toMatchObject({ stream: { codec: 'OPUS' } });
  });

  it('takes comfort noise of the clock rate of the codec, and offers none', () => {
    const offer = sdp(
      ...HEAD,
      'm=audio 5004 RTP/AVP 0 13 98 96',
      'a=rtpmap:98 CN/48000',
      'a=rtpmap:96 telephone-event/8000',
    );
    const narrow = negotiation().answer(offer, OURS);
    if (!narrow.ok) throw new Error(narrow.reason);
    expect(narrow.stream).toMatchObject({ codec: 'PCMU', comfortNoisePayloadType: 13 });
    expect(narrow.sdp).toContain('m=audio 20000 RTP/AVP 0 13 96\r\n');
    expect(narrow.sdp).toContain('a=rtpmap:13 CN/8000\r\n');

    const wide = negotiation().answer(
      offer.replace('AVP 0 13', 'AVP 0 97').replace('a=rtpmap:98', 'a=rtpmap:97 L16/48000\r\na=rtpmap:98'),
      OURS,
    );
    expect(wide).toMatchObject({ stream: { codec: 'L16', comfortNoisePayloadType: 98 } });
    expect(negotiation().offer(OURS)).not.toContain('CN/');
    expect(negotiation().answer(CHROMIUM, OURS)).not.toHaveProperty('stream.comfortNoisePayloadType');
  });

  it('describes pauses where the leg may, and the far end has said that it can', () => {
    const noisy = (codecs?: string[]): Negotiation => negotiation(codecs, true);
    const offer = sdp(...HEAD, 'm=audio 5004 RTP/AVP 0 13');
    expect(noisy().answer(offer, OURS)).toMatchObject({ stream: { sentNoisePayloadType: 13 } });
    expect(negotiation().answer(offer, OURS)).not.toHaveProperty('stream.sentNoisePayloadType');
    const without = noisy().answer(offer.replace(' 13', ''), OURS);
    expect(without).not.toHaveProperty('stream.sentNoisePayloadType');

    const offering = noisy();
    expect(offering.offer(OURS)).toMatch(/m=audio \d+ RTP\/AVP 111 9 8 0 96 13 101 97\r\n/);
    expect(offering.offer(OURS)).toContain('a=rtpmap:13 CN/8000\r\n');
    const both = offering.acceptAnswer(offer);
    expect(both).toMatchObject({ ok: true, stream: { codec: 'PCMU', sentNoisePayloadType: 13 } });
    const plain = offering.acceptAnswer(offer.replace(' 13', ''));
    expect(plain).not.toHaveProperty('stream.sentNoisePayloadType');
    // Opus has pauses of its own.
    const opus = sdp(...HEAD, 'm=audio 5004 RTP/AVP 111 13', 'a=rtpmap:111 opus/48000/2');
    expect(offering.acceptAnswer(opus)).not.toHaveProperty('stream.sentNoisePayloadType');
    expect(noisy(['OPUS']).offer(OURS)).not.toContain('CN/');
  });

  it('keeps to the order of the caller among wideband codecs', () => {
    const g722 = sdp(...HEAD, 'm=audio 5004 RTP/AVP 0 9 96', 'a=rtpmap:96 opus/48000/2');
    expect(negotiation().answer(g722, OURS)).toMatchObject({ stream: { codec: 'G722' } });
    const opus = sdp(...HEAD, 'm=audio 5004 RTP/AVP 0 96 9', 'a=rtpmap:96 opus/48000/2');
    expect(negotiation().answer(opus, OURS)).toMatchObject({ stream: { codec: 'OPUS' } });
  });

  it('keeps to the order of the caller among narrowband codecs', () => {
    const answer = negotiation().answer(sdp(...HEAD, 'm=audio 5004 RTP/AVP 0 8'), OURS);
    expect(answer).toMatchObject({ stream: { codec: 'PCMU' } });
    const other = negotiation().answer(sdp(...HEAD, 'm=audio 5004 RTP/AVP 8 0'), OURS);
    expect(other).toMatchObject({ stream: { codec: 'PCMA' } });
  });

  it('prefers telephone events of the clock rate of the codec', () => {
    const offer = sdp(
      ...HEAD,
      'm=audio 5004 RTP/AVP 110 101 102',
      'a=rtpmap:110 L16/48000/1',
      'a=rtpmap:101 telephone-event/8000',
      'a=rtpmap:102 telephone-event/48000',
    );
    expect(negotiation().answer(offer, OURS)).toMatchObject({
      stream: { codec: 'L16', payloadTypeIn: 110, dtmfPayloadType: 102 },
    });
  });

  it.each([
    ['a=sendonly', 'recvonly', true, false, true],
    ['a=recvonly', 'sendonly', false, true, false],
    ['a=inactive', 'inactive', true, false, false],
    ['a=sendrecv', 'sendrecv', false, true, true],
  ])('mirrors %s', (attribute, ours, isHeldByRemote, isSending, isReceiving) => {
    for (const place of ['session', 'media']) {
      const offer =
        place === 'session'
          ? sdp(...HEAD, attribute, 'm=audio 5004 RTP/AVP 0')
          : sdp(...HEAD, 'm=audio 5004 RTP/AVP 0', attribute);
      const answer = negotiation().answer(offer, OURS);
      expect(answer).toMatchObject({
        ok: true,
        isHeldByRemote,
        stream: { isSending, isReceiving },
        sdp: expect.stringContaining(`a=${ours}\r\n`),
      });
    }
  });

  it('takes a zero address as hold', () => {
    const offer = sdp(
      'v=0',
      'o=- 1 2 IN IP4 198.51.100.7',
      's=-',
      'c=IN IP4 0.0.0.0',
      't=0 0',
      'm=audio 5004 RTP/AVP 0',
    );
    expect(negotiation().answer(offer, OURS)).toMatchObject({
      ok: true,
      isHeldByRemote: true,
      stream: { isSending: false, isReceiving: true },
    });
  });

  it('reads the connection of the media line before that of the session', () => {
    const offer = sdp(
      ...HEAD,
      'm=audio 5004 RTP/AVP 0',
      'c=IN IP4 203.0.113.9',
      'a=rtcp:6001 IN IP4 203.0.113.9',
    );
    expect(negotiation().answer(offer, OURS)).toMatchObject({
      stream: { remoteAddress: '203.0.113.9', remoteRtcpPort: 6_001, isRtcpMux: false },
    });
  });

  it('answers over IPv6', () => {
    const offer = sdp(
      'v=0',
      'o=- 1 1 IN IP6 2001:db8::1',
      's=-',
      'c=IN IP6 2001:db8::1',
      't=0 0',
      'm=audio 5004 RTP/AVP 8',
    );
    const answer = negotiation().answer(offer, '2001:db8::99');
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.stream.remoteAddress).toBe('2001:db8::1');
    expect(answer.sdp).toContain('c=IN IP6 2001:db8::99\r\n');
    expect(answer.sdp).toMatch(/^o=- \d+ 1 IN IP6 2001:db8::99\r$/m);
  });

  it.each([
    ['a=ptime:10', 20],
    ['a=ptime:20', 20],
    ['a=ptime:30', 20],
    ['a=ptime:40', 40],
    ['a=ptime:200', 60],
    ['a=ptime:nonsense', 20],
    ['a=maxptime:30', 20],
  ])('sends in whole frames for %s', (attribute, ptimeMs) => {
    const answer = negotiation().answer(sdp(...HEAD, 'm=audio 5004 RTP/AVP 0', attribute), OURS);
    expect(answer).toMatchObject({ stream: { ptimeMs } });
  });

  it('raises the version of the session only when something changed', () => {
    const leg = negotiation();
    const versionOf = (text: string) => parse(text).origin.sessionVersion;
    const first = leg.answer(ASTERISK, OURS);
    const same = leg.answer(ASTERISK, OURS);
    const held = leg.answer(ASTERISK.replace('a=sendrecv', 'a=sendonly'), OURS);
    if (!first.ok || !same.ok || !held.ok) throw new Error('refused');
    expect([first, same, held].map((answer) => versionOf(answer.sdp))).toEqual([1, 1, 2]);
    expect(parse(held.sdp).origin.sessionId).toBe(1_700_000_000_000);
  });

  it('cannot be made to write further lines by a name', () => {
    const leg = new Negotiation({ rtpPort: 2, rtcpPort: 3, name: 'a\r\nm=audio 9 RTP/AVP 0', sessionId: 1 });
    expect(parse(leg.offer(OURS)).media).toHaveLength(1);
  });
});

describe('refusing an offer', () => {
  it.each([
    ['nothing', '', 400],
    ['another kind of text', 'hello', 400],
    ['bytes', '\u0000\u0001\u0002v=0', 400],
    ['no media', sdp(...HEAD), 488],
    ['video only', sdp(...HEAD, 'm=video 5000 RTP/AVP 31'), 488],
    ['SRTP only', sdp(...HEAD, 'm=audio 5000 RTP/SAVP 0'), 488],
    ['a stream that is off', sdp(...HEAD, 'm=audio 0 RTP/AVP 0'), 488],
    ['codecs that we lack', sdp(...HEAD, 'm=audio 5000 RTP/AVP 18 3'), 488],
    [
      'telephone events only',
      sdp(...HEAD, 'm=audio 5000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000'),
      488,
    ],
    ['stereo L16', sdp(...HEAD, 'm=audio 5000 RTP/AVP 96', 'a=rtpmap:96 L16/48000/2'), 488],
    ['an impossible port', sdp(...HEAD, 'm=audio 70000 RTP/AVP 0'), 400],
    ['a media line that is cut', sdp(...HEAD, 'm=audio'), 400],
    ['no address', sdp('v=0', 's=-', 'm=audio 5000 RTP/AVP 0'), 400],
    ['a host name', sdp('v=0', 'c=IN IP4 phone.example', 'm=audio 5000 RTP/AVP 0'), 488],
    ['a multicast address', sdp('v=0', 'c=IN IP4 239.1.1.1/127', 'm=audio 5000 RTP/AVP 0'), 488],
    ['the broadcast address', sdp('v=0', 'c=IN IP4 255.255.255.255', 'm=audio 5000 RTP/AVP 0'), 488],
    ['too much of it', `${sdp(...HEAD)}${'a=x\r\n'.repeat(5_000)}`, 400],
    ['too many media', sdp(...HEAD, ...Array.from({ length: 17 }, () => 'm=audio 5000 RTP/AVP 0')), 488],
  ])('refuses %s with a value', (_name, offer, status) => {
    expect(negotiation().answer(offer, OURS)).toMatchObject({ ok: false, status });
    expect(Negotiation.check(offer)).toMatchObject({ ok: false, status });
  });

  it('never throws, whatever is cut or turned over', () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 3_000; round += 1) {
      const base = [ASTERISK, BARESIP, SIPP, LINPHONE, SLOPPY_GATEWAY][round % 5] ?? '';
      const chars = base.split('');
      for (let change = 0; change < 8; change += 1) {
        chars[random(chars.length)] = String.fromCharCode(random(256));
      }
      expect(() => negotiation().answer(chars.join(''), OURS)).not.toThrow();
    }
  });
});

describe('offering', () => {
  it('offers all codecs, the one that does not fit a packet last, with telephone events of each clock rate', () => {
    const line = parse(negotiation().offer(OURS)).media[0];
    expect(line?.rtp.map((rtp) => `${rtp.payload} ${rtp.codec}/${rtp.rate}`)).toEqual([
      '111 opus/48000',
      '9 G722/8000',
      '8 PCMA/8000',
      '0 PCMU/8000',
      '96 L16/48000',
      '101 telephone-event/8000',
      '97 telephone-event/48000',
    ]);
    expect(line).toMatchObject({ port: 20_000, ptime: 20, direction: 'sendrecv' });
  });

  it('says where RTCP goes when it is not the next port', () => {
    const leg = new Negotiation({ rtpPort: 20_000, rtcpPort: 31_000, name: 'x', sessionId: 1 });
    expect(leg.offer(OURS)).toContain('a=rtcp:31000\r\n');
    expect(negotiation().offer(OURS)).not.toContain('a=rtcp:');
  });

  it('takes the first known codec of the answer', () => {
    const leg = negotiation();
    leg.offer(OURS);
    expect(leg.acceptAnswer(ASTERISK)).toMatchObject({
      ok: true,
      stream: { codec: 'PCMU', payloadTypeIn: 0, dtmfPayloadType: 101, remotePort: 16_774 },
    });
  });

  it('receives a dynamic codec under the number that it offered', () => {
    const leg = negotiation();
    leg.offer(OURS);
    const answer = sdp(...HEAD, 'm=audio 5004 RTP/AVP 112', 'a=rtpmap:112 L16/48000');
    expect(leg.acceptAnswer(answer)).toMatchObject({
      stream: { codec: 'L16', payloadTypeOut: 112, payloadTypeIn: 96, dtmfPayloadType: null },
    });
  });

  it('says which codecs an answer leaves the far end to change among, by the numbers of each side', () => {
    const leg = negotiation();
    leg.offer(OURS);
    const one = sdp(...HEAD, 'm=audio 5004 RTP/AVP 8');
    expect(leg.acceptAnswer(one)).not.toHaveProperty('stream.agreedCodecs');
    const three = sdp(
      ...HEAD,
      'm=audio 5004 RTP/AVP 8 112 3 120',
      'a=rtpmap:112 L16/48000',
      'a=rtpmap:120 telephone-event/8000',
    );
    expect(leg.acceptAnswer(three)).toMatchObject({
      stream: {
        codec: 'PCMA',
        agreedCodecs: [
          { codec: 'PCMA', payloadTypeIn: 8, payloadTypeOut: 8, dtmfPayloadType: 101 },
          { codec: 'L16', payloadTypeIn: 96, payloadTypeOut: 112 },
        ],
      },
    });
  });

  it('reads an answer that refuses the audio', () => {
    const leg = negotiation();
    leg.offer(OURS);
    expect(leg.acceptAnswer(sdp(...HEAD, 'm=audio 0 RTP/AVP 0'))).toMatchObject({ ok: false, status: 488 });
  });

  it('neither sends nor receives more than it offered', () => {
    const leg = negotiation(['PCMU']);
    leg.direction = 'sendonly';
    expect(leg.offer(OURS)).toContain('a=sendonly\r\n');
    expect(leg.acceptAnswer(SIPP)).toMatchObject({ stream: { isSending: true, isReceiving: false } });
  });

  it('can be answered by itself', () => {
    for (const codec of ['PCMU', 'PCMA', 'G722', 'OPUS', 'L16']) {
      const [caller, called] = [negotiation([codec]), negotiation()];
      const answer = called.answer(caller.offer(OURS), OURS);
      if (!answer.ok) throw new Error(answer.reason);
      expect(answer.stream.codec).toBe(codec);
      expect(caller.acceptAnswer(answer.sdp)).toMatchObject({ ok: true, stream: { codec } });
    }
  });
});

describe('encrypted sound', () => {
  const KEY_A = 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';
  const KEY_B = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
  const offerOf = (protocol: string, ...keys: string[]): string =>
    sdp(...HEAD, `m=audio 40000 ${protocol} 8`, ...keys.map((key) => `a=crypto:${key}`));
  const leg = (srtp: 'off' | 'optional' | 'required'): Negotiation =>
    new Negotiation({ rtpPort: 20_000, rtcpPort: 20_001, name: 'Radio', sessionId: 1, srtp });
  const lineOf = (text: string): string => /^m=audio .*$/m.exec(text)?.[0].trim() ?? '';
  const cryptoOf = (text: string): string[] =>
    [...text.matchAll(/^a=crypto:(.*?)\r?$/gm)].map((each) => each[1] ?? '');

  it.each(['RTP/SAVP', 'RTP/SAVPF', 'RTP/AVP'])('is agreed upon with who offers it as %s', (protocol) => {
    const mine = leg('optional');
    const offer = offerOf(
      protocol,
      `1 AES_256_CM_HMAC_SHA1_80 inline:${KEY_A}`,
      `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}|2^31`,
      `3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`,
    );
    const answer = mine.answer(offer, OURS);
    if (!answer.ok) throw new Error(answer.reason);
    expect(lineOf(answer.sdp)).toBe(`m=audio 20000 ${protocol} 8`);
    const [key, ...more] = cryptoOf(answer.sdp);
    expect(more).toEqual([]);
    expect(key).toMatch(/^2 AES_CM_128_HMAC_SHA1_32 inline:[A-Za-z0-9+/]{40}$/);
    expect(answer.stream.srtp).toEqual({
      suite: 'AES_CM_128_HMAC_SHA1_32',
      keyIn: KEY_A,
      keyOut: key?.split('inline:')[1],
    });
    // A re-INVITE with the same keys changes nothing, and our own offers keep to what was agreed.
    expect(mine.answer(offer, OURS)).toMatchObject({ stream: { srtp: answer.stream.srtp } });
    expect(lineOf(mine.offer(OURS))).toMatch(new RegExp(`^m=audio 20000 ${protocol} `));
    expect(cryptoOf(mine.offer(OURS))).toHaveLength(4);
  });

  it.each([
    ['AEAD_AES_128_GCM', 28],
    ['AEAD_AES_256_GCM', 44],
  ])('is %s with who puts it first, whose key may lack what fills it up', (suite, masterBytes) => {
    const keyIn = Buffer.alloc(masterBytes, 0xa5).toString('base64');
    expect(keyIn).toMatch(/=$/);
    for (const written of [keyIn, keyIn.replaceAll('=', '')]) {
      const answer = leg('required').answer(
        offerOf(
          'RTP/SAVP',
          `1 ${suite} inline:${KEY_A}`,
          `2 ${suite} inline:${written}|2^48`,
          `3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`,
        ),
        OURS,
      );
      if (!answer.ok) throw new Error(answer.reason);
      const keyOut = cryptoOf(answer.sdp)[0]?.replace(`2 ${suite} inline:`, '') ?? '';
      expect(Buffer.from(keyOut, 'base64')).toHaveLength(masterBytes);
      expect(answer.stream.srtp).toEqual({ suite, keyIn: written, keyOut });
    }
  });

  it('is offered with what every telephone has first, and the shorter proof last', () => {
    const suites = cryptoOf(leg('required').offer(OURS)).map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(suites).toEqual([
      '1 AES_CM_128_HMAC_SHA1_80',
      '2 AEAD_AES_128_GCM',
      '3 AEAD_AES_256_GCM',
      '4 AES_CM_128_HMAC_SHA1_32',
    ]);
  });

  it.each([
    ['a key identifier', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|2^20|1:4`],
    ['a session parameter', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A} UNENCRYPTED_SRTP`],
    ['a key that is too short', '1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFC'],
    ['a suite that is not ours', `1 F8_128_HMAC_SHA1_80 inline:${KEY_A}`],
  ])('is not with %s', (_what, key) => {
    expect(leg('optional').answer(offerOf('RTP/SAVP', key), OURS)).toMatchObject({ ok: false, status: 488 });
    const plain = leg('optional').answer(offerOf('RTP/AVP', key), OURS);
    expect(plain).toMatchObject({ ok: true });
    expect(plain.ok && plain.stream.srtp).toBeUndefined();
    expect(leg('required').answer(offerOf('RTP/AVP', key), OURS)).toMatchObject({ ok: false, status: 488 });
  });

  it('is required where it is said so, and taken from nobody where it is off', () => {
    const key = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`;
    expect(Negotiation.check(offerOf('RTP/AVP'), 'required')).toMatchObject({ ok: false, status: 488 });
    expect(Negotiation.check(offerOf('RTP/SAVP', key), 'required')).toEqual({ ok: true });
    expect(Negotiation.check(offerOf('RTP/SAVP', key))).toMatchObject({ ok: false, status: 488 });
    const mine = leg('required');
    expect(lineOf(mine.offer(OURS))).toMatch(/^m=audio 20000 RTP\/SAVP /);
    expect(mine.acceptAnswer(offerOf('RTP/AVP'))).toMatchObject({ ok: false, status: 488 });
  });

  it('prefers the line that it can answer when a phone offers one of each', () => {
    const both = sdp(
      ...HEAD,
      'm=audio 40000 RTP/SAVP 8',
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
      'm=audio 40002 RTP/AVP 8',
    );
    expect(leg('optional').answer(both, OURS)).toMatchObject({ stream: { remotePort: 40_000 } });
    expect(leg('off').answer(both, OURS)).toMatchObject({ stream: { remotePort: 40_002 } });
  });

  it('is offered where nobody on the way reads it, and the answer decides', () => {
    const open = leg('optional');
    expect(cryptoOf(open.offer(OURS))).toEqual([]);
    const mine = leg('optional');
    const offer = mine.offer(OURS, true);
    expect(lineOf(offer)).toMatch(/^m=audio 20000 RTP\/AVP /);
    const own = cryptoOf(offer).map((each) => each.split('inline:')[1]);
    expect(new Set(own).size).toBe(4);
    const answer = mine.acceptAnswer(offerOf('RTP/AVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`));
    expect(answer).toMatchObject({
      stream: { srtp: { suite: 'AES_CM_128_HMAC_SHA1_80', keyIn: KEY_B, keyOut: own[0] } },
    });
    const plain = leg('optional');
    plain.offer(OURS, true);
    const without = plain.acceptAnswer(offerOf('RTP/AVP'));
    expect(without.ok && without.stream.srtp).toBeUndefined();
  });
});
