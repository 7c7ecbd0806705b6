import { describe, expect, it } from 'vitest';
import { ClockBlock } from './clock-block.ts';
import { type ClockTime, TickClock } from './clock.ts';

/** Time that moves when the clock sleeps, by as much as it asks for and what the test adds. */
class FakeTime implements ClockTime {
  ms = 1000;
  blockedMs = 0;
  /** How late the next timer fires. */
  timerLateMs = 0;
  #callback: (() => void) | null = null;
  #delayMs = 0;

  nowMs(): number {
    return this.ms;
  }

  schedule(callback: () => void, delayMs: number): void {
    this.#callback = callback;
    this.#delayMs = delayMs;
  }

  block(delayMs: number): void {
    this.ms += delayMs;
    this.blockedMs += delayMs;
  }

  get isScheduled(): boolean {
    return this.#callback !== null;
  }

  fire(): void {
    this.ms += this.#delayMs + this.timerLateMs;
    const callback = this.#callback;
    this.#callback = null;
    callback?.();
  }
}

function started(onTick: (skipped: number) => void): { time: FakeTime; block: ClockBlock; clock: TickClock } {
  const time = new FakeTime();
  const block = new ClockBlock(ClockBlock.allocate());
  const clock = new TickClock(block, onTick, time);
  clock.start();
  return { time, block, clock };
}

describe('the clock', () => {
  it('ticks every 20 ms on an absolute schedule, whatever a tick costs', () => {
    const at: number[] = [];
    const { time } = started(() => {
      at.push(time.ms);
      time.ms += at.length % 7;
    });
    for (let tick = 0; tick < 500; tick++) time.fire();
    expect(at[0]).toBe(1020);
    expect(at[499]).toBe(1000 + 500 * 20);
    expect(at.every((ms, index) => ms === 1020 + index * 20)).toBe(true);
  });

  it('blocks the thread for the last two milliseconds only', () => {
    const { time } = started(() => undefined);
    for (let tick = 0; tick < 10; tick++) time.fire();
    expect(time.blockedMs).toBe(20);
  });

  it('sleeps again when its timer fires too early', () => {
    let ticks = 0;
    const { time } = started(() => ticks++);
    time.timerLateMs = -8;
    time.fire();
    expect(ticks).toBe(0);
    time.timerLateMs = 0;
    time.fire();
    expect(ticks).toBe(1);
    expect(time.ms).toBe(1020);
  });

  it('makes up for a late tick without skipping', () => {
    const skipped: number[] = [];
    const { time } = started((count) => skipped.push(count));
    time.timerLateMs = 12;
    time.fire();
    time.timerLateMs = 0;
    time.fire();
    expect(skipped).toEqual([0, 0]);
    expect(time.ms).toBe(1040);
  });

  it('skips the ticks it missed, says how many, and counts them', () => {
    const skipped: number[] = [];
    const { time, block } = started((count) => skipped.push(count));
    time.fire();
    time.timerLateMs = 70;
    time.fire();
    time.timerLateMs = 0;
    time.fire();
    expect(skipped).toEqual([0, 3, 0]);
    expect(time.ms % 20).toBe(0);
    const report = block.report();
    expect(report.overruns).toBe(3);
    expect(report.ticks).toBe(3);
    expect(report.lateMaxMs).toBe(68);
  });

  it('ends when it is stopped', () => {
    let ticks = 0;
    const { time, clock } = started(() => ticks++);
    time.fire();
    clock.stop();
    time.fire();
    expect(ticks).toBe(1);
    expect(time.isScheduled).toBe(false);
  });
});

describe('the clock report', () => {
  it('gives median, 99th percentile, maximum and mean load since the last one', () => {
    const memory = ClockBlock.allocate();
    const counted = new ClockBlock(memory);
    const reader = new ClockBlock(memory);
    for (let tick = 0; tick < 98; tick++) counted.count(0.12, 0.5, 0);
    counted.count(3.01, 0.5, 0);
    counted.count(7.5, 0.5, 0);
    const report = reader.report();
    expect(report.lateP50Ms).toBeCloseTo(0.15, 5);
    expect(report.lateP99Ms).toBeCloseTo(3.05, 5);
    expect(report.lateMaxMs).toBe(7.5);
    expect(report.lateCounts).toEqual([
      [0.15, 98],
      [3.05, 1],
      [7.55, 1],
    ]);
    expect(report.busyMs).toBeCloseTo(0.5, 5);
    counted.count(0.3, 1, 0);
    expect(reader.report()).toMatchObject({ ticks: 1, overruns: 0, lateMaxMs: 0.3, busyMs: 1 });
    expect(reader.report()).toMatchObject({ ticks: 0, lateP50Ms: 0, lateP99Ms: 0, busyMs: 0 });
  });
});
