import { expect, it } from 'vitest';
import { JitterBuffer } from './jitter-buffer.ts';
import { createRtpView, parseRtp, writeRtpHeader } from './packet.ts';
import { RtpReceiver } from './receiver.ts';

const PACKETS = 20_000;

it('creates no object per packet on the way from the socket to the decoder', () => {
  const bytes = new Uint8Array(172);
  const view = createRtpView();
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
  let played = 0;
  const run = () => {
    for (const end = n + PACKETS; n < end; n++) {
      writeRtpHeader(bytes, 0, 0, false, n & 0xffff, (n * 160) >>> 0, 1);
      parseRtp(bytes, bytes.length, view);
      const { payloadOffset, payloadLength, sequence, timestamp, isMarker } = view;
      if (receiver.accept(view, '192.0.2.1', 4000, n * 20) === 'restart') buffer.restart();
      buffer.insert(bytes, payloadOffset, payloadLength, sequence, timestamp, isMarker, n * 20);
      if (buffer.take(n * 20 + 7) === 'packet') played++;
    }
  };
  run();
  const grownBytes = Array.from({ length: 9 }, () => {
    const before = process.memoryUsage().heapUsed;
    run();
    return (process.memoryUsage().heapUsed - before) / PACKETS;
  }).sort((a, b) => a - b);
  expect(played).toBeGreaterThan(PACKETS * 9);
  // Numbers that are handed on as doubles may be boxed (16 bytes each); the smallest view or closure takes more.
  expect(grownBytes[4]).toBeLessThan(64);
});
