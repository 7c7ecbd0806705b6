import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startReports } from './reports.ts';
import { CallHarness } from './testing/call-harness.ts';

let calls: CallHarness;
let isWatched: boolean;
let reports: { event: string; data: unknown }[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  calls = new CallHarness();
  isWatched = true;
  reports = [];
  stop = startReports({
    table: calls.table,
    hasMeterClients: () => isWatched,
    emit: (event, data) => reports.push({ event, data }),
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

const count = (event: string) => reports.filter((one) => one.event === event).length;

describe('reports', () => {
  it('give the meters fifteen times and the clock once a second', () => {
    vi.advanceTimersByTime(1_000);
    expect(count('meters')).toBe(15);
    expect(count('clock')).toBe(1);
  });

  it('meter the legs that are answered, by their ids', async () => {
    const { leg } = await calls.talking();
    await calls.offered();
    vi.advanceTimersByTime(66);
    expect(reports).toEqual([
      {
        event: 'meters',
        data: {
          legs: { [leg]: { in: [-100, -100], out: [-100, -100] } },
          players: {},
          program: [-100, -100],
          air: [-100, -100],
        },
      },
    ]);
  });

  it('read no meters while nobody looks, but keep the clock’s reports a second long', () => {
    const meters = vi.spyOn(calls.media, 'meters');
    const clock = vi.spyOn(calls.media, 'clock');
    isWatched = false;
    vi.advanceTimersByTime(2_000);
    expect(meters).not.toHaveBeenCalled();
    expect(clock).toHaveBeenCalledTimes(2);
    expect(reports).toEqual([]);
  });

  it('tell everybody of the delay when it has changed, at most four times a second, watched or not', () => {
    isWatched = false;
    vi.advanceTimersByTime(1_000);
    expect(count('program.delay')).toBe(0);
    for (let step = 1; step <= 100; step += 1) {
      calls.media.delayed = { state: 'building', depthMs: 40 * step, targetMs: 8_000 };
      vi.advanceTimersByTime(20);
    }
    expect(count('program.delay')).toBe(8);
    expect(reports.at(-1)?.data).toEqual({
      state: 'building',
      depthMs: 4_000,
      targetMs: 8_000,
      isSafe: true,
    });
    vi.advanceTimersByTime(1_000);
    expect(count('program.delay')).toBe(8);
  });

  it('end', () => {
    stop();
    vi.advanceTimersByTime(5_000);
    expect(reports).toEqual([]);
  });
});
