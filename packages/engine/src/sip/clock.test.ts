/** The one thing that the event loop's timers do otherwise than one thinks. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSystemClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a time that is longer than the event loop can wait does not pass at once', () => {
  const clock = createSystemClock();
  let fired = 0;
  // Session-Expires: 4294967295, a registration for a year.
  clock.after(4_294_967_295_000, () => void fired++);
  vi.advanceTimersByTime(60_000);
  expect(fired).toBe(0);
  clock.cancelAll();
});
