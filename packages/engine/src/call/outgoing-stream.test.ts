import { describe, expect, it } from 'vitest';
import { pcma, pcmu } from '../codecs/g711.ts';
import { l16 } from '../codecs/l16.ts';
import { type RtpView, createRtpView, parseRtp } from '../rtp/packet.ts';
import { OutgoingStream } from './outgoing-stream.ts';

let packets: RtpView[] = [];

function newStream(): OutgoingStream {
  return new OutgoingStream((bytes, length) => {
    const view = createRtpView();
    expect(parseRtp(bytes, length, view)).toBe('ok');
    packets.push(view);
  });
}

function sent(stream: OutgoingStream, frames: number, samples = 160): RtpView[] {
  packets = [];
  const frame = new Float32Array(samples).fill(0.25);
  for (let count = 0; count < frames; count++) stream.push(frame, samples);
  return packets;
}

/** Steps of sequence and timestamp from packet to packet. */
function steps(packets: readonly RtpView[]): { sequence: number; timestamp: number }[] {
  return packets.slice(1).map(({ sequence, timestamp }, index) => ({
    sequence: (sequence - packets[index]!.sequence) & 0xffff,
    timestamp: (timestamp - packets[index]!.timestamp) >>> 0,
  }));
}

describe('an outgoing stream', () => {
  for (const [ptimeMs, count, bytes] of [
    [10, 12, 80],
    [20, 6, 160],
    [30, 4, 240],
    [40, 3, 320],
    [60, 2, 480],
  ] as const) {
    it(`makes packets of ${ptimeMs} ms out of frames of 20 ms`, () => {
      const stream = newStream();
      stream.apply(pcmu, 0, ptimeMs, true);
      const out = sent(stream, 6);
      expect(out.length).toBe(count);
      expect(out.every(({ payloadLength }) => payloadLength === bytes)).toBe(true);
      expect(steps(out).every(({ sequence, timestamp }) => sequence === 1 && timestamp === bytes)).toBe(true);
    });
  }

  it('marks the first packet, and the first after a pause', () => {
    const stream = newStream();
    stream.apply(pcmu, 0, 20, true);
    const out = sent(stream, 3);
    stream.apply(pcmu, 0, 20, false);
    out.push(...sent(stream, 5));
    stream.apply(pcmu, 0, 20, true);
    out.push(...sent(stream, 2));
    expect(out.map(({ isMarker }) => isMarker)).toEqual([true, false, false, true, false]);
    expect(steps(out).map(({ timestamp }) => timestamp)).toEqual([160, 160, 160 * 6, 160]);
    expect(steps(out).every(({ sequence }) => sequence === 1)).toBe(true);
  });

  it('lets the timestamp keep pace with ticks that were skipped', () => {
    const stream = newStream();
    stream.apply(pcmu, 0, 20, true);
    const out = sent(stream, 1);
    stream.skip(3);
    out.push(...sent(stream, 1));
    expect(steps(out)).toEqual([{ sequence: 1, timestamp: 160 * 4 }]);
  });

  it('changes the codec within one SSRC and one sequence', () => {
    const stream = newStream();
    stream.apply(pcmu, 0, 20, true);
    const out = sent(stream, 2);
    stream.apply(pcma, 8, 20, true);
    out.push(...sent(stream, 2));
    stream.apply(l16, 96, 20, true);
    out.push(...sent(stream, 2, 960));
    expect(out.map(({ payloadType }) => payloadType)).toEqual([0, 0, 8, 8, 96, 96]);
    expect(out.map(({ payloadLength }) => payloadLength)).toEqual([160, 160, 160, 160, 1920, 1920]);
    expect(new Set(out.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(steps(out).every(({ sequence }) => sequence === 1)).toBe(true);
  });

  it('sends nothing before it was told a codec', () => {
    expect(sent(newStream(), 3)).toEqual([]);
  });
});
