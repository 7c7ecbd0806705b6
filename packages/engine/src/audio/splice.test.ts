import { describe, expect, it } from 'vitest';
import { Splice } from './splice.ts';
import { largestClickDb, rmsDb } from './tone-analysis.ts';

const SECONDS = 4;
/** No sum or difference of two is a third: there is no lag at which all of them match. */
const CHORD_HZ = [601, 709, 823, 1103, 1289, 1471, 1709];

function tones(rate: number, hzs: readonly number[], level: number): Float32Array {
  return Float32Array.from({ length: rate * SECONDS }, (_, i) =>
    hzs.reduce((sum, hz) => sum + level * Math.sin((2 * Math.PI * hz * i) / rate), 0),
  );
}

/** A voice whose pitch glides, with harmonics up to 2.5 kHz. */
function vowel(rate: number): Float32Array {
  const samples = new Float32Array(rate * SECONDS);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    phase += (2 * Math.PI * (115 + 20 * Math.sin((2 * Math.PI * i) / rate))) / rate;
    for (let n = 1; n <= 18; n++) samples[i]! += (0.15 / n) * Math.sin(n * phase + n * n);
  }
  return samples;
}

interface Played {
  heard: Float32Array;
  /** Samples taken out or put in, of each try. */
  lags: number[];
}

/** Plays a sound in frames of 20 ms, with a splice tried every fifth of a second. */
function play(sound: Float32Array, rate: number, isLonger: boolean, leastMatch: number): Played {
  const splice = new Splice(rate);
  const frame = rate / 50;
  const line = new Float32Array(7 * frame);
  const heard: number[] = [];
  const lags: number[] = [];
  let held = 0;
  let at = 0;
  const hold = (samples: number) => {
    for (; held < samples; held += frame, at += frame) line.set(sound.subarray(at, at + frame), held);
  };
  for (let tick = 0; at + 4 * frame < sound.length; tick++) {
    hold(frame);
    if (tick % 10 === 5) {
      if (!isLonger) hold(2 * frame);
      const lag = isLonger
        ? splice.lengthen(line, held, frame, leastMatch)
        : -splice.shorten(line, held, frame, leastMatch);
      lags.push(Math.abs(lag));
      held += lag;
    }
    heard.push(...line.subarray(0, frame));
    line.copyWithin(0, frame, held);
    held -= frame;
  }
  return { heard: Float32Array.from(heard), lags };
}

describe.each([8000, 16000, 48000])('a splice at %i Hz', (rate) => {
  describe.each([
    ['shortens', false],
    ['lengthens', true],
  ])('%s', (_, isLonger) => {
    it.each([211, 601, 1709, 3001])('a tone of %i Hz unheard', (hz) => {
      const { heard, lags } = play(tones(rate, [hz], 0.1), rate, isLonger, 0.9);
      for (const lag of lags) {
        expect(lag).toBeGreaterThanOrEqual(rate / 400);
        expect(lag).toBeLessThanOrEqual(rate / 80);
      }
      expect(largestClickDb(heard, rate, [hz])).toBeLessThan(-90);
      expect(rmsDb(heard)).toBeCloseTo(-23, 1);
    });

    it('a gliding voice where its periods are alike, with nothing added beside its harmonics', () => {
      const sound = vowel(rate);
      const { heard, lags } = play(sound, rate, isLonger, 0.85);
      expect(lags.filter((lag) => lag > 0).length).toBeGreaterThan(lags.length / 2);
      // All that it has lies below 2.7 kHz.
      const voiceHz = [0, 400, 800, 1200, 1600, 2000, 2400];
      expect(largestClickDb(heard, rate, voiceHz)).toBeLessThan(-75);
      expect(Math.abs(rmsDb(heard) - rmsDb(sound))).toBeLessThan(0.3);
    });

    it('seven tones only when it must, and even then without a click', () => {
      const sound = tones(rate, CHORD_HZ, 0.025);
      expect(new Set(play(sound, rate, isLonger, 0.9).lags)).toEqual(new Set([0]));
      const { heard, lags } = play(sound, rate, isLonger, -1);
      expect(Math.min(...lags)).toBeGreaterThan(0);
      expect(largestClickDb(heard, rate, CHORD_HZ)).toBeLessThan(-80);
    });

    it('silence by as much as there is', () => {
      const { lags } = play(new Float32Array(rate), rate, isLonger, 0.9);
      expect(Math.min(...lags)).toBeGreaterThanOrEqual(rate / 100);
    });
  });

  it('leaves alone what is too short, and keeps to what it may take', () => {
    const splice = new Splice(rate);
    const line = tones(rate, [601], 0.1);
    const before = line.slice();
    expect(splice.shorten(line, rate / 100, rate, -1)).toBe(0);
    expect(splice.shorten(line, rate / 25, rate / 500, -1)).toBe(0);
    expect(splice.lengthen(line, rate / 100, rate, -1)).toBe(0);
    expect(splice.lengthen(line.subarray(0, rate / 50), rate / 50, rate, -1)).toBe(0);
    expect(line).toEqual(before);
    expect(splice.shorten(line, rate / 25, rate / 200, -1)).toBeLessThanOrEqual(rate / 200);
  });
});
