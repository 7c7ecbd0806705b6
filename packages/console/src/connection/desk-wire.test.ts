import { expect, it } from 'vitest';
import { retryDelayMs } from './desk-wire.ts';

it('tries again often while a server restarts, then less and less, and never waits longer than five seconds', () => {
  const delays = [0, 7, 8, 9, 10, 11, 12, 40].map((failures) => retryDelayMs(failures, 0.5));
  expect(delays).toEqual([350, 350, 350, 700, 1400, 2800, 4000, 4000]);
  expect(retryDelayMs(40, 1)).toBeLessThanOrEqual(5000);
});

it('spreads the consoles of a station, so that they do not come back all at once', () => {
  expect([retryDelayMs(20, 0), retryDelayMs(20, 1)]).toEqual([3000, 5000]);
});
