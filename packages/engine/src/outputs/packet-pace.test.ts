import { expect, it } from 'vitest';
import { PacketPace } from './packet-pace.ts';

/** When the packets of frames that come at these times leave, with a look at the clock every millisecond. */
function leaveTimes(frameTimes: readonly number[], ptimeMs: number): number[] {
  const pace = new PacketPace(ptimeMs);
  const left: number[] = [];
  let waiting = 0;
  const end = (frameTimes.at(-1) ?? 0) + 200;
  for (let nowMs = 0; nowMs <= end; nowMs++) {
    for (const frame of frameTimes) {
      if (frame !== nowMs) continue;
      waiting += 20 / ptimeMs;
      pace.frame(nowMs, waiting);
    }
    for (; waiting > 0 && pace.isDue(nowMs); waiting--) {
      pace.sent();
      left.push(nowMs);
    }
  }
  return left;
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => time - times[index]!);
const everyTwentyMs = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 20);

it.each([1, 4, 5])('packets of %d ms leave one by one, so many milliseconds apart', (ptimeMs) => {
  expect(new Set(gaps(leaveTimes(everyTwentyMs(50), ptimeMs)))).toEqual(new Set([ptimeMs]));
});

it('a frame that comes early or late by a few milliseconds makes no packets pile up', () => {
  const frames = everyTwentyMs(50).map((time, index) => time + [0, 6, 2, 7, 1][index % 5]!);
  const all = gaps(leaveTimes(frames, 1));
  expect(Math.max(...all)).toBeLessThanOrEqual(8);
  expect(all.filter((gap) => gap === 0)).toEqual([]);
});

it('what piled up while nothing came is sent at once, and does not stay as delay', () => {
  const late = [0, 20, 40, ...Array.from({ length: 10 }, () => 240), 260, 280, 300, 320];
  const left = leaveTimes(late, 5);
  expect(left).toHaveLength(late.length * 4);
  expect(left.at(-1)).toBeLessThanOrEqual(320 + 40);
});
