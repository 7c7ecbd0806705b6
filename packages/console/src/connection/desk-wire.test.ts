import { expect, it } from 'vitest';
import { retryDelayMs } from './desk-wire.ts';

it('tries again soon at first, then less and less often, and never waits longer than five seconds', () => {
  const delays = [0, 1, 2, 3, 10].map((failures) => retryDelayMs(failures, 0.5));
  expect(delays).toEqual([300, 600, 1200, 2400, 4000]);
  expect(retryDelayMs(50, 1)).toBeLessThanOrEqual(5000);
});

it('spreads the consoles of a station, so that they do not come back all at once', () => {
  expect([retryDelayMs(4, 0), retryDelayMs(4, 1)]).toEqual([3000, 5000]);
});
