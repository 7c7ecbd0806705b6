import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Retry } from './retry.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** The pauses of so many failures in a row, each after the output ran for `ranMs`. */
function pauses(count: number, ranMs: number | null): number[] {
  let now = 0;
  const retry = new Retry(() => now);
  return Array.from({ length: count }, () => {
    if (ranMs !== null) {
      retry.noteRunning();
      now += ranMs;
    }
    let isDue = false;
    retry.plan(() => (isDue = true));
    let waited = 0;
    for (; !isDue; waited += 100) vi.advanceTimersByTime(100);
    return waited;
  });
}

describe('trying again', () => {
  it('comes soon at first, then seldom, and never stops', () => {
    expect(pauses(8, null)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('comes soon again after a time in which all was well', () => {
    expect(pauses(4, 60_000)).toEqual([500, 500, 500, 500]);
  });

  it('is not fooled by what runs for a moment only', () => {
    expect(pauses(4, 2_000)).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it('does not come when it was stopped, nor twice', () => {
    const retry = new Retry();
    const attempt = vi.fn<() => void>();
    retry.plan(attempt);
    retry.plan(attempt);
    vi.advanceTimersByTime(60_000);
    expect(attempt).toHaveBeenCalledTimes(1);
    retry.plan(attempt);
    retry.stop();
    vi.advanceTimersByTime(60_000);
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
