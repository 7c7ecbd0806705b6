import { describe, expect, test } from 'vitest';
import { Limiter, LIMITER_THRESHOLD_DB } from './limiter.ts';
import { largestClickDb, peakDb } from './tone-analysis.ts';

const RATE = 48000;

function limited(samples: Float32Array, rate = RATE): { heard: Float32Array; delay: number } {
  const limiter = new Limiter(rate);
  const heard = samples.slice();
  const frame = rate / 50;
  for (let at = 0; at + frame <= heard.length; at += frame)
    limiter.process(heard.subarray(at, at + frame), frame);
  return { heard, delay: limiter.delaySamples };
}

function tone(hz: number, amplitude: (i: number) => number, length = RATE): Float32Array {
  return Float32Array.from({ length }, (_, i) => amplitude(i) * Math.sin((2 * Math.PI * hz * i) / RATE));
}

describe('limiter', () => {
  test('passes what is below the threshold bit for bit, at most 2 ms late, at every rate', () => {
    for (const rate of [8000, 16000, 48000]) {
      const sent = Float32Array.from({ length: rate }, (_, i) => 0.89 * Math.sin(i * 0.37));
      const { heard, delay } = limited(sent, rate);
      expect(delay / rate).toBeLessThanOrEqual(0.002);
      expect(heard.subarray(delay)).toEqual(sent.subarray(0, sent.length - delay));
    }
  });

  test('no sample comes out above −1 dBFS: a loud tone, a single peak, noise, a step of +20 dB', () => {
    const peak = tone(400, () => 0.5);
    peak[20_000] = 3;
    let seed = 1;
    const noise = Float32Array.from({ length: RATE }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return (seed / 2 ** 31 - 1) * 2.5;
    });
    const step = tone(997, (i) => (i < 24_000 ? 0.2 : 2));
    for (const sent of [tone(300, () => 4), peak, noise, step]) {
      const { heard } = limited(sent);
      expect(peakDb(heard)).toBeLessThanOrEqual(LIMITER_THRESHOLD_DB + 1e-6);
      expect(peakDb(heard)).toBeGreaterThan(LIMITER_THRESHOLD_DB - 1);
    }
  });

  test('a tone 9 dB too loud stays a tone: what is added is 45 dB below it, where clipping adds 15 dB below', () => {
    const sent = tone(1000, () => 2.5);
    const clipped = sent.map((value) => Math.max(-0.89, Math.min(0.89, value)));
    expect(largestClickDb(limited(sent).heard.subarray(RATE / 2), RATE, [1000])).toBeLessThan(-45);
    expect(largestClickDb(clipped, RATE, [1000])).toBeGreaterThan(-20);
  });

  test('comes back to bit-exact after a peak, within a second', () => {
    const sent = tone(400, () => 0.5, 2 * RATE);
    sent[1000] = 2;
    const { heard, delay } = limited(sent);
    const late = RATE + 1000;
    expect(heard.subarray(late + delay)).toEqual(sent.subarray(late, sent.length - delay));
  });

  test('the gain moves smoothly: at most 2 % of the whole change a sample', () => {
    const sent = new Float32Array(RATE).fill(0.5);
    sent[10_000] = 2;
    const { heard } = limited(sent);
    for (let i = 1000; i < RATE; i++) {
      if (i === 10_071 || i === 10_072) continue;
      expect(Math.abs((heard[i] as number) - (heard[i - 1] as number))).toBeLessThan(0.01);
    }
  });

  test('silence stays silence', () => {
    const { heard } = limited(new Float32Array(RATE));
    expect(heard.every((value) => value === 0)).toBe(true);
  });
});
