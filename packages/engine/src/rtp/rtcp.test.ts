import { describe, expect, it } from 'vitest';
import { createRtpView } from './packet.ts';
import { RtpReceiver } from './receiver.ts';
import { RTCP_MAX_BYTES, RtcpSession } from './rtcp.ts';
import { seededRandom } from './testing/simulated-network.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

/** 2026-01-01T00:00:00.500Z; NTP ed003780.80000000. */
const EPOCH_MS = Date.UTC(2026, 0, 1) + 500;
const OUR_SSRC = 0x11223344;
const THEIR_SSRC = 0xa1b2c3d4;

class Clock {
  ms = 0;
}

function createSession(clock = new Clock(), cname = 'desk@192.0.2.1'): RtcpSession {
  const epochMs = () => EPOCH_MS + clock.ms;
  return new RtcpSession({ ssrc: OUR_SSRC, cname, epochMs, random: () => 0.5 });
}

function createReceiver(packets: number, ssrc = THEIR_SSRC): RtpReceiver {
  const receiver = new RtpReceiver();
  receiver.expect({
    remoteAddress: '192.0.2.2',
    remotePort: 4000,
    payloadType: 0,
    dtmfPayloadType: null,
    clockRate: 8000,
  });
  for (let n = 0; n < packets; n++) {
    const packet = { ...createRtpView(), ssrc, sequence: 1000 + n, timestamp: n * 160 };
    receiver.accept(packet, '192.0.2.2', 4000, n * 20);
  }
  return receiver;
}

// A receiver report of a desk phone on our sound: 25 % lost (64/256), jitter 80; LSR and DLSR set in the test.
const reportWith = (lsr: string, dlsr: string) =>
  hex(`81c90007 a1b2c3d4 11223344 40 00000a 00010010 00000050 ${lsr} ${dlsr}`);

describe('writing', () => {
  it('sends a sender report with one block, and SDES, to the byte', () => {
    const session = createSession();
    for (let n = 0; n < 50; n++) session.noteSent(160);
    const bytes = new Uint8Array(RTCP_MAX_BYTES);
    const length = session.writeReport(bytes, createReceiver(10), 0x1f40, 200);
    const sr = `81c8000c 11223344 ed003780 80000000 00001f40 00000032 00001f40
      a1b2c3d4 00000000 000003f1 00000000 00000000 00000000`;
    const sdes = '81ca0006 11223344 010e 6465736b403139322e302e322e31 00000000';
    expect(Buffer.from(bytes.subarray(0, length))).toEqual(Buffer.from(hex(sr + sdes)));
  });

  it('sends a receiver report when it sends no sound', () => {
    const bytes = new Uint8Array(RTCP_MAX_BYTES);
    createSession().writeReport(bytes, createReceiver(3), 0, 100);
    expect([...bytes.subarray(0, 4)]).toEqual([0x81, 201, 0, 7]);
    createSession().writeReport(bytes, createReceiver(0), 0, 100);
    expect([...bytes.subarray(0, 4)]).toEqual([0x80, 201, 0, 1]);
  });

  it.each([0, 1, 2, 3, 255, 300])(
    'pads a name of %i bytes to whole words and reads it back',
    (bytesOfName) => {
      const session = createSession(new Clock(), 'n'.repeat(bytesOfName));
      session.noteSent(160);
      const bytes = new Uint8Array(RTCP_MAX_BYTES).fill(0xee);
      const length = session.writeReport(bytes, createReceiver(3), 0, 100);
      expect(length % 4).toBe(0);
      expect(createSession().receive(bytes, length, 0)).toBe('ok');
    },
  );

  it('says goodbye', () => {
    const bytes = new Uint8Array(RTCP_MAX_BYTES);
    const length = createSession().writeBye(bytes, createReceiver(3), 0, 100);
    expect(Buffer.from(bytes.subarray(length - 8, length)).toString('hex')).toBe('81cb000111223344');
    expect(createSession().receive(bytes, length, 0)).toBe('bye');
  });

  it('tells the far end what it needs for the round trip', () => {
    const session = createSession();
    session.receive(hex('80c80006 a1b2c3d4 ed003780 80000000 00000000 00000001 000000a0'), 28, 1000);
    const bytes = new Uint8Array(RTCP_MAX_BYTES);
    session.writeReport(bytes, createReceiver(3), 0, 1500);
    // LSR is the middle of the NTP time, DLSR half a second.
    expect(Buffer.from(bytes.subarray(24, 32)).toString('hex')).toBe('3780800000008000');
  });
});

describe('the schedule', () => {
  it('reports every five seconds or so, the first time sooner', () => {
    const session = createSession();
    const sent: number[] = [];
    for (let nowMs = 0; nowMs < 20_000; nowMs += 20) if (session.isReportDue(nowMs)) sent.push(nowMs);
    expect(sent).toEqual([2060, 6180, 10_300, 14_420, 18_540]);
  });

  it('spreads its reports between half and one and a half of the mean', () => {
    const random = seededRandom(3);
    const session = new RtcpSession({ ssrc: 1, cname: 'x', epochMs: () => 0, random });
    const gaps: number[] = [];
    let lastMs = 0;
    for (let nowMs = 0; nowMs < 600_000; nowMs += 20) {
      if (!session.isReportDue(nowMs)) continue;
      if (lastMs > 0) gaps.push(nowMs - lastMs);
      lastMs = nowMs;
    }
    expect(Math.min(...gaps)).toBeGreaterThan(2000);
    expect(Math.max(...gaps)).toBeLessThan(6300);
  });
});

describe('reading', () => {
  it('takes loss, jitter and round trip from a block about us', () => {
    const clock = new Clock();
    const session = createSession(clock);
    // Our report left at .500; they held it 100 ms (0x199a/65536 s); 180 ms later their answer is here.
    clock.ms = 180;
    const bytes = reportWith('37808000', '0000199a');
    expect(session.receive(bytes, bytes.length, 0)).toBe('ok');
    expect(session.remoteLossPercent).toBe(25);
    expect(session.remoteJitterSamples).toBe(80);
    expect(session.roundTripMs).toBeCloseTo(80, 0);
  });

  it('takes no round trip before the far end had a report of ours', () => {
    const session = createSession();
    const bytes = reportWith('00000000', '00000000');
    session.receive(bytes, bytes.length, 0);
    expect(session.roundTripMs).toBeNull();
    expect(session.remoteLossPercent).toBe(25);
  });

  it('takes a trip slightly below nothing for nothing, and an absurd one for an error', () => {
    const session = createSession();
    const early = reportWith('37808001', '00000000');
    session.receive(early, early.length, 0);
    expect(session.roundTripMs).toBe(0);
    const absurd = reportWith('00000001', '00000000');
    session.receive(absurd, absurd.length, 0);
    expect(session.roundTripMs).toBe(0);
  });

  it('ignores blocks about others', () => {
    const session = createSession();
    const bytes = hex('81c90007 a1b2c3d4 99999999 40 00000a 00010010 00000050 06808000 0000199a');
    expect(session.receive(bytes, bytes.length, 0)).toBe('ok');
    expect(session.remoteLossPercent).toBeNull();
  });

  it.each([
    ['nothing', '', 'short'],
    ['a cut header', '80c90001', 'short'],
    ['version 1', '41c90007 a1b2c3d4', 'bad_version'],
    ['a compound that begins with SDES', '81ca0001 a1b2c3d4', 'bad_first'],
    ['a length past the end', '81c90007 a1b2c3d4 11223344', 'bad_length'],
    ['a second packet past the end', '80c90001 a1b2c3d4 81cb0004 a1b2c3d4', 'bad_length'],
    ['bytes behind the last packet', '80c90001 a1b2c3d4 0000', 'bad_length'],
    ['a leave', '80c90001 a1b2c3d4 81cb0001 a1b2c3d4', 'bye'],
    ['unknown packets in between', '80c90001 a1b2c3d4 80cf0001 a1b2c3d4 80cd0000', 'ok'],
    ['more blocks promised than there are', '9fc90001 a1b2c3d4', 'ok'],
  ])('answers %s with a code', (_, text, code) => {
    const bytes = hex(text);
    expect(createSession().receive(bytes, bytes.length, 0)).toBe(code);
  });

  it('survives fifty thousand mutations with figures that make sense', () => {
    const random = seededRandom(815);
    const session = createSession();
    session.noteSent(160);
    const template = new Uint8Array(RTCP_MAX_BYTES);
    const full = createSession();
    full.noteSent(160);
    const length = full.writeBye(template, createReceiver(10, OUR_SSRC), 0, 200);
    const absurd: (number | null)[] = [];
    for (let i = 0; i < 50_000; i++) {
      const bytes = template.slice(0, length);
      const flips = 1 + Math.floor(random() * 4);
      for (let flip = 0; flip < flips; flip++) bytes[Math.floor(random() * length)] = random() * 256;
      session.receive(bytes, random() < 0.3 ? Math.floor(random() * length) : length, i);
      const { roundTripMs, remoteLossPercent } = session;
      if ((roundTripMs ?? 0) < 0 || (roundTripMs ?? 0) > 30_000) absurd.push(roundTripMs);
      if ((remoteLossPercent ?? 0) < 0 || (remoteLossPercent ?? 0) >= 100) absurd.push(remoteLossPercent);
    }
    expect(absurd).toEqual([]);
    expect(session.malformed).toBeGreaterThan(5000);
    expect(session.reportsReceived).toBeGreaterThan(5000);
  });
});
