import { expect, it } from 'vitest';
import { largestClickDb } from '../audio/tone-analysis.ts';
import { findCodec } from '../codecs/registry.ts';
import { createRtpView } from '../rtp/packet.ts';
import { IncomingStream } from './incoming-stream.ts';

const FRAME = 160;
const TONE_HZ = 440;

const SECONDS = 65;

it('shortens its delay within an endless tone with a soft joint', () => {
  const codec = findCodec('PCMU');
  if (codec === null) throw new Error('no PCMU');
  const stream = new IncomingStream(codec, 20);
  const encoder = codec.createEncoder();
  const view = createRtpView();
  const bytes = new Uint8Array(FRAME);
  const pcm = new Float32Array(FRAME);
  const heard = new Float32Array(SECONDS * 8000);
  for (let n = 0; n < SECONDS * 50; n++) {
    for (let i = 0; i < FRAME; i++) pcm[i] = 0.1 * Math.sin((2 * Math.PI * TONE_HZ * (n * FRAME + i)) / 8000);
    encoder.encode(pcm, FRAME, bytes, 0);
    Object.assign(view, { sequence: n, timestamp: n * FRAME, payloadLength: FRAME });
    stream.receive(bytes, view, n === 0, n * 20);
    stream.pull(heard.subarray(n * FRAME), FRAME, n * 20 + 7);
  }
  expect(stream.buffer.skipped).toBe(1);
  // It comes after a minute without silence. Without an overlap it is ten decibels louder.
  expect(largestClickDb(heard.subarray(55 * 8000), 8000, [TONE_HZ])).toBeLessThan(-40);
});
