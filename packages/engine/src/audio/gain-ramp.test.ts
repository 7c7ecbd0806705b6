import { describe, expect, test } from 'vitest';
import { addWithGain, applyGain, GainRamp, gainOfDb } from './gain-ramp.ts';
import { largestClickDb } from './tone-analysis.ts';

describe('gain ramp', () => {
  test('dB become factors, and −Infinity becomes silence', () => {
    expect(gainOfDb(0)).toBe(1);
    expect(gainOfDb(-20)).toBeCloseTo(0.1, 12);
    expect(gainOfDb(Number.NEGATIVE_INFINITY)).toBe(0);
  });

  test('a change goes in a straight line and ends on the new gain with the last sample', () => {
    const frame = new Float32Array(4).fill(1);
    applyGain(frame, 4, 0, 1);
    expect([...frame]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('unity leaves every bit as it is', () => {
    const frame = Float32Array.from({ length: 160 }, (_, i) => Math.sin(i));
    const before = frame.slice();
    applyGain(frame, 160, 1, 1);
    expect(frame).toEqual(before);
  });

  test('adding with a gain leaves what was there', () => {
    const target = new Float32Array([1, 1]);
    addWithGain(target, new Float32Array([1, 1]), 2, 1, 0.5);
    expect([...target]).toEqual([1.75, 1.5]);
    addWithGain(target, new Float32Array([Number.NaN, Number.NaN]), 2, 0, 0);
    expect([...target]).toEqual([1.75, 1.5]);
  });

  test('a mute of a tone at −12 dBFS clicks below −50 dBFS, where a hard one is far above', () => {
    const muted = (isRamped: boolean) => {
      const ramp = new GainRamp(1);
      const heard = new Float32Array(48000);
      for (let frame = 0; frame < 50; frame++) {
        const samples = heard.subarray(frame * 960, (frame + 1) * 960);
        for (let i = 0; i < 960; i++)
          samples[i] = 0.25 * Math.sin((2 * Math.PI * 440 * (frame * 960 + i + 11)) / 48000);
        if (frame === 25) ramp.set(0);
        if (frame === 25 && !isRamped) ramp.jump(0);
        ramp.apply(samples, 960);
      }
      expect(ramp.isSilent).toBe(true);
      return largestClickDb(heard, 48000, [440]);
    };
    expect(muted(true)).toBeLessThan(-50);
    expect(muted(false)).toBeGreaterThan(-40);
  });
});
