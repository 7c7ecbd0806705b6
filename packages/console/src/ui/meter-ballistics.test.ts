import { describe, expect, it } from 'vitest';
import { advance, feed, FLOOR_DBFS, restingMeter } from './meter-ballistics.ts';

describe('a meter', () => {
  it('rests at the floor until it is fed', () => {
    expect(advance(restingMeter(), 10_000, 66)).toBe(true);
  });

  it('keeps its peak standing for a second and a half, then lets it fall to the level', () => {
    const meter = restingMeter();
    feed(meter, -6, -18, 1000);
    feed(meter, -30, -40, 1066);
    expect(advance(meter, 2400, 66)).toBe(false);
    expect(meter.heldDbfs).toBe(-6);
    advance(meter, 2600, 100);
    expect(meter.heldDbfs).toBeCloseTo(-8.4);
    advance(meter, 9000, 6400);
    expect(meter.heldDbfs).toBe(FLOOR_DBFS);
  });

  it('takes a louder peak at once', () => {
    const meter = restingMeter();
    feed(meter, -20, -30, 0);
    feed(meter, -3, -12, 66);
    expect([meter.heldDbfs, meter.heldSince]).toEqual([-3, 66]);
  });

  it('falls to silence when the news stop', () => {
    const meter = restingMeter();
    feed(meter, -6, -12, 0);
    expect(advance(meter, 6000, 6000)).toBe(true);
    expect(meter.rmsDbfs).toBe(FLOOR_DBFS);
  });
});
