/**
 * Cost of single parts of the engine, without sockets or threads: parsing a SIP message, and a packet's way from the
 * datagram to the decoder.
 */
import {
  BroadcastDelay,
  createRtpView,
  JitterBuffer,
  parseRtp,
  parseSipMessage,
  Resampler,
  RtpReceiver,
  writeRtpHeader,
} from '@openline/engine';

const ROUNDS = 9;

/** As a desk phone sends it. */
const INVITE = [
  'INVITE sip:+2207000001@192.0.2.1:5060;transport=udp SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.77:5062;branch=z9hG4bK-d8754z-4a1b2c3d4e5f6071-1---d8754z-;rport',
  'Max-Forwards: 70',
  'Contact: <sip:+2203001234@192.0.2.77:5062;transport=udp>',
  'To: "Studio" <sip:+2207000001@192.0.2.1>',
  'From: "Awa Ceesay" <sip:+2203001234@192.0.2.1>;tag=8a3f2c41',
  'Call-ID: MTk4NzQ1ZjM0YzRkNmU3ZjgwOTFhMmIzYzRkNWU2Zjc.',
  'CSeq: 1 INVITE',
  'Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, UPDATE, PRACK',
  'Content-Type: application/sdp',
  'Supported: replaces, timer, 100rel, outbound, path',
  'Session-Expires: 1800;refresher=uac',
  'Min-SE: 90',
  'User-Agent: Desk telephone 4.2.1',
  'P-Asserted-Identity: "Awa Ceesay" <sip:+2203001234@192.0.2.1>',
  'Content-Length: 337',
  '',
  'v=0',
  'o=- 1700000000 1 IN IP4 192.0.2.77',
  's=telephone',
  'c=IN IP4 192.0.2.77',
  't=0 0',
  'm=audio 40376 RTP/AVP 9 0 8 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:20',
  'a=sendrecv',
  'a=rtcp:40377',
  'a=ssrc:2882400001 cname:c2FtcGxlLWNuYW1l',
  'a=ssrc:2882400001 msid:stream track',
  '',
].join('\r\n');

const RATES = [8000, 16_000, 48_000] as const;

export interface PartFigures {
  sipParseUs: number;
  rtpParseUs: number;
  /** Write, parse, validate, jitter buffer in and out. */
  packetPathUs: number;
  /** A frame of 20 ms from one rate to another. */
  resamplers: { from: number; to: number; us: number }[];
  /** The broadcast delay for a tick: at rest, holding back, and looking for places where it can be longer or shorter. */
  delayBypassUs: number;
  delayFullUs: number;
  delayBuildingUs: number;
  delayDrainingUs: number;
}

export function measureParts(): PartFigures {
  const invite = inviteBytes();
  const checked = parseSipMessage(invite, false);
  if (!checked.ok) throw new Error(`the INVITE is refused: ${checked.detail}`);
  const view = createRtpView();
  const packet = new Uint8Array(172);
  writeRtpHeader(packet, 0, 0, false, 1, 160, 1);
  return {
    sipParseUs: medianUs(3000, () => void parseSipMessage(invite, false)),
    rtpParseUs: medianUs(200_000, () => void parseRtp(packet, packet.length, view)),
    packetPathUs: medianUs(50_000, packetPath()),
    resamplers: RATES.flatMap((from) =>
      RATES.filter((to) => to !== from).map((to) => ({ from, to, us: medianUs(2000, resampling(from, to)) })),
    ),
    ...measureDelay(),
  };
}

function inviteBytes(): Buffer {
  const [head = '', body = ''] = INVITE.split('\r\n\r\n');
  return Buffer.from(
    `${head.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)}\r\n\r\n${body}`,
  );
}

function packetPath(): () => void {
  const view = createRtpView();
  const bytes = new Uint8Array(172);
  const receiver = new RtpReceiver();
  const buffer = new JitterBuffer({ clockRate: 8000, ptimeMs: 20, maxPayloadBytes: 480 });
  receiver.expect({
    remoteAddress: '192.0.2.1',
    remotePort: 4000,
    payloadType: 0,
    dtmfPayloadType: 101,
    clockRate: 8000,
  });
  let n = 0;
  return () => {
    const nowMs = n * 20;
    writeRtpHeader(bytes, 0, 0, false, n & 0xffff, (n * 160) >>> 0, 1);
    n++;
    parseRtp(bytes, bytes.length, view);
    const { payloadOffset, payloadLength, sequence, timestamp, isMarker } = view;
    if (receiver.accept(view, '192.0.2.1', 4000, nowMs) === 'restart') buffer.restart();
    buffer.insert(bytes, payloadOffset, payloadLength, sequence, timestamp, isMarker, nowMs);
    buffer.take(nowMs + 7);
  };
}

function resampling(from: number, to: number): () => void {
  const samples = from / 50;
  const resampler = new Resampler(from, to, samples);
  const input = Float32Array.from({ length: samples }, (_, i) => 0.3 * Math.sin(i * 0.2));
  const output = new Float32Array(to / 50);
  return () => void resampler.process(input, samples, output);
}

function measureDelay(): Pick<
  PartFigures,
  'delayBypassUs' | 'delayFullUs' | 'delayBuildingUs' | 'delayDrainingUs'
> {
  const delay = new BroadcastDelay();
  delay.give(BroadcastDelay.allocate());
  const frame = new Float32Array(960);
  // Nowhere like itself: it is searched in every tick, and the search is what costs.
  const noise = Float32Array.from({ length: 960 * 97 }, () => 0.4 * Math.random() - 0.2);
  let at = 0;
  const tick = (): void => {
    frame.set(noise.subarray(at, at + 960));
    at = (at + 960) % noise.length;
    delay.process(frame);
  };
  const run = (targetMs: number, ticks: number): void => {
    delay.setTarget(targetMs);
    for (let n = 0; n < ticks; n++) tick();
  };
  run(60_000, 100);
  const delayBuildingUs = medianUs(2000, tick);
  delay.setTarget(delay.depthSamples / 48);
  const delayFullUs = medianUs(20_000, tick);
  run(0, 100);
  const delayDrainingUs = medianUs(Math.floor(delay.depthSamples / 2000), tick);
  while (delay.depthSamples > 0) tick();
  return { delayBypassUs: medianUs(20_000, tick), delayFullUs, delayBuildingUs, delayDrainingUs };
}

/** Median of some rounds, after one to warm up. */
function medianUs(times: number, work: () => void): number {
  const round = () => {
    const startMs = performance.now();
    for (let i = 0; i < times; i++) work();
    return ((performance.now() - startMs) * 1000) / times;
  };
  round();
  const rounds = Array.from({ length: ROUNDS }, round).sort((a, b) => a - b);
  return rounds[(ROUNDS - 1) / 2] ?? Number.NaN;
}
