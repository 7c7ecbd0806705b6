import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SlideSender } from './slide-sender.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function sender() {
  const sent: unknown[] = [];
  return { sent, slides: new SlideSender((event, data) => sent.push([event, data])) };
}

it('sends the first level at once, then no more than the last of each pause', () => {
  const { sent, slides } = sender();
  for (const level of [60, 61, 62]) slides.slide('master', 'masterVolume', level);
  expect(sent).toEqual([['masterVolume', 60]]);
  vi.advanceTimersByTime(40);
  expect(sent.at(-1)).toEqual(['masterVolume', 62]);
  vi.advanceTimersByTime(400);
  expect(sent).toHaveLength(2);
});

it('does not let one fader wait for another', () => {
  const { sent, slides } = sender();
  slides.slide('master', 'masterVolume', 60);
  slides.slide('host', 'hostVolume', 70);
  expect(sent).toEqual([
    ['masterVolume', 60],
    ['hostVolume', 70],
  ]);
});
