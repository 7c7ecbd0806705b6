import { toneLevelDb } from '@openline/engine';
import { afterEach, expect, it } from 'vitest';
import { RtpEnd } from './rtp-end.ts';
import { tone } from './sources.ts';

const ends: RtpEnd[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end.close();
});

const pair = async (codec: string, payloadType: number): Promise<[RtpEnd, RtpEnd]> => {
  const one = await RtpEnd.open({ source: tone(600, -20) });
  const two = await RtpEnd.open({ source: tone(1100, -20) });
  ends.push(one, two);
  const stream = { codec, payloadType, remoteAddress: '127.0.0.1' };
  one.connect({ ...stream, remotePort: two.port });
  two.connect({ ...stream, remotePort: one.port });
  return [one, two];
};

const frames = async (end: RtpEnd, count: number) => {
  const deadline = performance.now() + 30_000;
  while (end.hearing.frameCount < count && performance.now() < deadline)
    await new Promise((next) => setTimeout(next, 5));
  expect(end.hearing.frameCount).toBeGreaterThanOrEqual(count);
};

it.each([
  ['PCMU', 0],
  ['PCMA', 8],
  ['G722', 9],
  ['L16', 96],
])('two ends hear each other in %s, at the level that was said', async (codec, payloadType) => {
  const [one, two] = await pair(codec, payloadType);
  await frames(one, 25);
  await frames(two, 25);
  const heard = one.hearing.last(400);
  expect(toneLevelDb(heard.samples, heard.sampleRate, 1100)).toBeCloseTo(-20, 0);
  expect(toneLevelDb(heard.samples, heard.sampleRate, 600)).toBeLessThan(-55);
});

it('loses the share of packets that it is told to lose', async () => {
  const [one, two] = await pair('PCMA', 8);
  one.impair({ lossPercent: 50, jitterMs: 0, seed: 3 });
  await frames(two, 30);
  expect(two.receivedPackets / one.sentPackets).toBeGreaterThan(0.3);
  expect(two.receivedPackets / one.sentPackets).toBeLessThan(0.75);
});
