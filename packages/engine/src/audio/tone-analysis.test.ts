import { describe, expect, test } from 'vitest';
import { largestClickDb, longestGapMs, peakDb, rmsDb, spectrumDb, toneLevelDb } from './tone-analysis.ts';

const tone = (hz: number, amplitude: number, rate = 8000, length = rate) =>
  Float32Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate + 0.3));

const sum = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + (b[i] as number));

describe('tone analysis', () => {
  test('a tone reads its amplitude, wherever it lies between the bins', () => {
    for (const hz of [100, 437.3, 1000, 3399])
      expect(toneLevelDb(tone(hz, 0.1), 8000, hz)).toBeCloseTo(-20, 2);
  });

  test('a tone 80 dB below its neighbour is still measured', () => {
    const both = sum(tone(500, 1), tone(600, 0.0001));
    expect(toneLevelDb(both, 8000, 600)).toBeCloseTo(-80, 0);
    expect(toneLevelDb(both, 8000, 700)).toBeLessThan(-90);
  });

  test('RMS, peak and spectrum agree with a sine of amplitude 0.5', () => {
    const sine = tone(992.1875, 0.5);
    expect(rmsDb(sine)).toBeCloseTo(-9.03, 1);
    expect(peakDb(sine)).toBeCloseTo(-6.02, 1);
    expect(Math.max(...spectrumDb(sine, 1024))).toBeCloseTo(-6.02, 1);
    expect(rmsDb(new Float32Array(10))).toBe(-160);
  });

  test.each([8000, 16000, 48000])('steady tones do not click at %i Hz', (rate) => {
    expect(largestClickDb(sum(tone(440, 0.3, rate), tone(1200, 0.3, rate)), rate, [440, 1200])).toBeLessThan(
      -80,
    );
  });

  test.each([8000, 16000, 48000])(
    'a jump, a missing sample and a dropped millisecond are found at %i Hz',
    (rate) => {
      const jump = tone(440, 0.25, rate).map((value, i) => (i < rate / 2 ? value : 0));
      const spike = tone(440, 0.25, rate);
      spike[rate / 2] = 0.5;
      const dropped = tone(440, 0.25, rate).fill(0, rate / 2, rate / 2 + rate / 1000);
      for (const sound of [jump, spike, dropped])
        expect(largestClickDb(sound, rate, [440])).toBeGreaterThan(-45);
    },
  );

  test('the longest gap is measured in milliseconds, zero crossings are none', () => {
    const sound = tone(440, 0.25);
    expect(longestGapMs(sound, 8000, -50)).toBeLessThan(1);
    sound.fill(0.0001, 4000, 4160);
    sound.fill(0, 6000, 6080);
    expect(longestGapMs(sound, 8000, -50)).toBeCloseTo(20, 0);
  });
});
