import { describe, expect, it } from 'vitest';
import { createRtpView, type RtpView } from './packet.ts';
import { RtpReceiver, type ReceiverParameters } from './receiver.ts';

const SDP: ReceiverParameters = {
  remoteAddress: '192.0.2.10',
  remotePort: 4000,
  payloadType: 0,
  dtmfPayloadType: 101,
  clockRate: 8000,
};

function packet(sequence: number, more: Partial<RtpView> = {}): RtpView {
  return { ...createRtpView(), ssrc: 1, sequence, timestamp: sequence * 160, payloadLength: 160, ...more };
}

function expecting(parameters: Partial<ReceiverParameters> = {}): RtpReceiver {
  const receiver = new RtpReceiver();
  receiver.expect({ ...SDP, ...parameters });
  return receiver;
}

/** A receiver that is latched to NAT's address, with ten packets in. */
function latched(): RtpReceiver {
  const receiver = expecting();
  for (let n = 0; n < 10; n++) receiver.accept(packet(n), '203.0.113.5', 30_000, n * 20);
  return receiver;
}

describe('latching', () => {
  it('sends to the address of the SDP until something comes', () => {
    expect(expecting()).toMatchObject({ address: '192.0.2.10', port: 4000, isLatched: false });
  });

  it('latches to where the first valid packet comes from', () => {
    const receiver = expecting();
    expect(receiver.accept(packet(0), '203.0.113.5', 30_000, 0)).toBe('restart');
    expect(receiver).toMatchObject({ address: '203.0.113.5', port: 30_000, isLatched: true });
    expect(receiver.accept(packet(1), '203.0.113.5', 30_000, 20)).toBe('audio');
  });

  it('does not latch to a packet of an unexpected payload type', () => {
    const receiver = expecting();
    expect(receiver.accept(packet(0, { payloadType: 8 }), '203.0.113.9', 9, 0)).toBe('wrong_payload_type');
    expect(receiver.isLatched).toBe(false);
  });

  it.each([
    ['another host', '203.0.113.6', 30_000],
    ['another port of the same host', '203.0.113.5', 30_002],
  ])('drops and counts what comes from %s afterwards', (_, address, port) => {
    const receiver = latched();
    expect(receiver.accept(packet(10), address, port, 200)).toBe('wrong_source');
    expect(receiver).toMatchObject({ address: '203.0.113.5', port: 30_000, rejected: 1, received: 10 });
    expect(receiver.lastPacketAtMs).toBe(180);
  });

  it('goes over to the address of the SDP when that begins to send, and not back', () => {
    const receiver = latched();
    expect(receiver.accept(packet(10), '192.0.2.10', 4000, 200)).toBe('audio');
    expect(receiver).toMatchObject({ address: '192.0.2.10', port: 4000 });
    expect(receiver.accept(packet(11), '203.0.113.5', 30_000, 220)).toBe('wrong_source');
  });

  it('latches anew after a re-INVITE with another address, and stays after one with the same', () => {
    const receiver = latched();
    receiver.expect({ ...SDP, payloadType: 8 });
    expect(receiver.isLatched).toBe(true);
    receiver.expect({ ...SDP, remotePort: 5000 });
    expect(receiver).toMatchObject({ isLatched: false, address: '192.0.2.10', port: 5000 });
    expect(receiver.accept(packet(10), '203.0.113.7', 7, 200)).toBe('audio');
    expect(receiver.address).toBe('203.0.113.7');
  });

  it('hears what is still on its way from the former place after a re-INVITE, and sends to the new one', () => {
    const receiver = latched();
    receiver.expect({ ...SDP, remotePort: 5000 });
    for (let n = 10; n < 19; n++) {
      expect(receiver.accept(packet(n), '203.0.113.5', 30_000, n * 20)).toBe('audio');
      expect(receiver).toMatchObject({ address: '192.0.2.10', port: 5000, isLatched: false });
    }
    expect(receiver.accept(packet(20, { ssrc: 2 }), '203.0.113.5', 30_004, 400)).toBe('restart');
    expect(receiver).toMatchObject({ address: '203.0.113.5', port: 30_004, isLatched: true });
    expect(receiver.accept(packet(20), '203.0.113.5', 30_000, 400)).toBe('wrong_source');
  });

  it('goes back to the former place when nothing else comes for 200 ms', () => {
    const receiver = latched();
    receiver.expect({ ...SDP, remotePort: 5000 });
    // Behind NAT another address in SDP need not mean another one on the wire; a second re-INVITE changes nothing of that.
    for (let n = 10; n < 15; n++) receiver.accept(packet(n), '203.0.113.5', 30_000, n * 20);
    receiver.expect({ ...SDP, remotePort: 6000 });
    for (let n = 15; n < 24; n++) receiver.accept(packet(n), '203.0.113.5', 30_000, n * 20);
    expect(receiver).toMatchObject({ port: 6000, isLatched: false });
    expect(receiver.accept(packet(24), '203.0.113.5', 30_000, 480)).toBe('audio');
    expect(receiver).toMatchObject({ address: '203.0.113.5', port: 30_000, isLatched: true, received: 25 });
  });

  it('takes RTCP from the hosts that it knows only', () => {
    const receiver = latched();
    expect(receiver.acceptsRtcpFrom('203.0.113.5')).toBe(true);
    expect(receiver.acceptsRtcpFrom('192.0.2.10')).toBe(true);
    expect(receiver.acceptsRtcpFrom('203.0.113.6')).toBe(false);
  });
});

describe('payload types', () => {
  it('tells sound, key presses and comfort noise apart', () => {
    const receiver = latched();
    const from = ['203.0.113.5', 30_000] as const;
    expect(receiver.accept(packet(10, { payloadType: 101 }), ...from, 200)).toBe('event');
    expect(receiver.accept(packet(11, { payloadType: 13 }), ...from, 220)).toBe('comfort_noise');
    expect(receiver.accept(packet(12, { payloadType: 96 }), ...from, 240)).toBe('wrong_payload_type');
    expect(receiver.accept(packet(12), ...from, 240)).toBe('audio');
  });

  it('refuses key presses that were not negotiated', () => {
    const receiver = expecting({ dtmfPayloadType: null });
    expect(receiver.accept(packet(0, { payloadType: 101 }), '192.0.2.10', 4000, 0)).toBe(
      'wrong_payload_type',
    );
  });

  it('takes key presses with an SSRC of their own', () => {
    const receiver = latched();
    expect(receiver.accept(packet(99, { payloadType: 101, ssrc: 7 }), '203.0.113.5', 30_000, 200)).toBe(
      'event',
    );
    expect(receiver.accept(packet(10), '203.0.113.5', 30_000, 200)).toBe('audio');
    expect(receiver.expected).toBe(11);
  });
});

describe('a former payload type', () => {
  it('is sound until it is forgotten, and until the next change', () => {
    const receiver = latched();
    const accept = (n: number) => receiver.accept(packet(n), '203.0.113.5', 30_000, n * 20);
    receiver.expect({ ...SDP, payloadType: 8, formerPayloadType: 0 });
    expect(accept(10)).toBe('audio');
    receiver.forgetFormer();
    expect(accept(11)).toBe('wrong_payload_type');
    receiver.expect({ ...SDP, payloadType: 8, formerPayloadType: 0 });
    receiver.expect({ ...SDP, payloadType: 9 });
    expect(accept(12)).toBe('wrong_payload_type');
  });
});

describe('a new SSRC', () => {
  it('is on probation until three packets follow each other, then the stream restarts', () => {
    const receiver = latched();
    const codes = [700, 701, 702, 703].map((n, i) =>
      receiver.accept(packet(n, { ssrc: 2 }), '203.0.113.5', 30_000, 200 + i * 20),
    );
    expect(codes).toEqual(['probation', 'probation', 'restart', 'audio']);
    expect(receiver.ssrc).toBe(2);
  });

  it('is taken at once from the address that a re-INVITE told, or the first one that sends then', () => {
    const receiver = latched();
    receiver.expect({ ...SDP, remotePort: 5000 });
    expect(receiver.accept(packet(500, { ssrc: 2 }), '192.0.2.10', 5000, 200)).toBe('restart');
    expect(receiver.accept(packet(501, { ssrc: 2 }), '192.0.2.10', 5000, 220)).toBe('audio');
    expect(receiver.accept(packet(600, { ssrc: 3 }), '192.0.2.10', 5000, 240)).toBe('probation');
  });

  it('does not take over with packets strewn in', () => {
    const receiver = latched();
    for (let n = 10; n < 40; n += 2) {
      expect(receiver.accept(packet(n, { ssrc: 2 }), '203.0.113.5', 30_000, n * 20)).toBe('probation');
      expect(receiver.accept(packet(n + 1), '203.0.113.5', 30_000, n * 20)).toBe('audio');
    }
  });

  it('restarts with the first sound when an event or comfort noise came before it', () => {
    const receiver = expecting();
    expect(receiver.accept(packet(0, { payloadType: 13 }), '192.0.2.10', 4000, 0)).toBe('comfort_noise');
    expect(receiver.accept(packet(1), '192.0.2.10', 4000, 20)).toBe('restart');
  });
});

describe('figures for reports', () => {
  const figures = () => ({
    ssrc: 0,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighestSequence: 0,
    jitterSamples: 0,
  });
  const receive = (receiver: RtpReceiver, sequence: number, arrivalMs: number, timestamp = sequence * 160) =>
    receiver.accept(packet(sequence & 0xffff, { timestamp: timestamp >>> 0 }), '192.0.2.10', 4000, arrivalMs);

  it('has nothing to report before the first packet', () => {
    expect(expecting().fillReport(figures())).toBe(false);
  });

  it('counts loss since the last report and in all, over the wrap', () => {
    const receiver = expecting();
    const into = figures();
    for (let n = 0; n < 100; n++) if (n % 4 !== 3) receive(receiver, 65_500 + n, n * 20);
    expect(receiver.fillReport(into)).toBe(true);
    // The last of them, number 99, is not known to be missing yet.
    expect(into).toMatchObject({ ssrc: 1, cumulativeLost: 24, extendedHighestSequence: 65_500 + 98 });
    expect(into.fractionLost).toBe(Math.floor((24 * 256) / 99));
    for (let n = 99; n < 200; n++) receive(receiver, 65_500 + n, n * 20);
    receiver.fillReport(into);
    expect(into).toMatchObject({ fractionLost: 0, cumulativeLost: 24 });
  });

  it('never reports less than no loss for duplicates', () => {
    const receiver = expecting();
    const into = figures();
    for (let n = 0; n < 50; n++) for (let copy = 0; copy < 2; copy++) receive(receiver, n, n * 20);
    receiver.fillReport(into);
    expect(into.fractionLost).toBe(0);
    expect(into.cumulativeLost).toBe(-50);
  });

  it('smooths jitter as RFC 3550 says', () => {
    const receiver = expecting();
    const into = figures();
    // Every other packet 10 ms late: each transit differs from the last by 10 ms.
    for (let n = 0; n < 400; n++) receive(receiver, n, n * 20 + (n % 2) * 10);
    receiver.fillReport(into);
    expect(into.jitterSamples).toBe(80);
  });

  it('starts anew when two packets in a row are far out of sequence', () => {
    const receiver = latched();
    const accept = (n: number) => receiver.accept(packet(n), '203.0.113.5', 30_000, 300);
    accept(30_000);
    expect(receiver.expected).toBe(10);
    accept(30_001);
    expect(receiver.expected).toBe(1);
  });
});
