/** A sound card whose clock is not ours, for minutes of simulated time, through all that its sound goes through. */
import { describe, expect, it } from 'vitest';
import { IncomingStream } from '../call/incoming-stream.ts';
import { l16 } from '../codecs/l16.ts';
import { createRtpView, parseRtp } from '../rtp/packet.ts';
import { BlockCutter } from './block-cutter.ts';
import { FeedPackets } from './feed-packets.ts';

const RATE = 48_000;
const FRAME = 960;
const PERIOD = 480;
const HZ = 997;
const AMPLITUDE = 0.25;
/** It is still finding its delay. */
const SETTLED_MS = 3_000;
const END_MS = 120_000;
/** The sharpest bend of the tone itself. */
const OWN_BEND = AMPLITUDE * ((2 * Math.PI * HZ) / RATE) ** 2;

/** `ppm`: by how much the card is faster. */
function play(ppm: number): { depthsMs: number[]; sharpestBend: number; framesConcealed: number } {
  const stream = new IncomingStream(l16, 20);
  const view = createRtpView();
  const packets = new FeedPackets(RATE, (bytes, length, arrivalMs) => {
    parseRtp(bytes, length, view);
    stream.receive(bytes, view, false, arrivalMs);
  });
  const cutter = new BlockCutter(RATE, (block, number, arrivalMs) => packets.send(block, number, arrivalMs));
  const period = new Float32Array(PERIOD);
  const frame = new Float32Array(FRAME);
  const periodMs = 10 / (1 + ppm / 1e6);
  const depthsMs: number[] = [];
  let [sharpestBend, former, before] = [0, 0, 0];
  let periods = 0;
  for (let nowMs = 23; nowMs < END_MS; nowMs += 20) {
    while ((periods + 1) * periodMs <= nowMs) {
      for (let index = 0; index < PERIOD; index++) {
        period[index] = AMPLITUDE * Math.sin((2 * Math.PI * HZ * (cutter.end + index)) / RATE);
      }
      periods++;
      cutter.add(period, PERIOD, cutter.end, periods * periodMs);
    }
    stream.pull(frame, FRAME, nowMs);
    for (const sample of frame) {
      const bend = Math.abs(before - 2 * former + sample);
      if (nowMs > SETTLED_MS && bend > sharpestBend) sharpestBend = bend;
      [before, former] = [former, sample];
    }
    if (nowMs > SETTLED_MS) depthsMs.push(stream.buffer.depthMs);
  }
  return { depthsMs, sharpestBend, framesConcealed: stream.framesConcealed };
}

describe('a sound card that is off by 200 ppm', () => {
  it.each([200, -200])('(%d) makes the delay no longer and no click', (ppm) => {
    const { depthsMs, sharpestBend, framesConcealed } = play(ppm);
    expect(Math.max(...depthsMs)).toBeLessThan(45);
    expect(framesConcealed).toBe(0);
    // What 16 bits add to the bend of the tone.
    expect(sharpestBend / OWN_BEND).toBeLessThan(1.05);
  });
});
