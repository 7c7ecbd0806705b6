import { describe, expect, test } from 'vitest';
import { ComfortNoise } from '../audio/comfort-noise.ts';
import { peakDb, rmsDb } from '../audio/tone-analysis.ts';
import { LossConcealment } from './loss-concealment.ts';

/** A sung vowel: harmonics of a gliding pitch under a falling spectrum, −20 dBFS. */
function vowel(rate: number, seconds: number): Float32Array {
  const samples = new Float32Array(rate * seconds);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    phase += (2 * Math.PI * (130 + 20 * Math.sin((2 * Math.PI * i) / rate))) / rate;
    for (let n = 1; n <= 20; n++)
      samples[i] = (samples[i] as number) + (0.17 / n) * Math.sin(n * phase + n * n);
  }
  return samples;
}

function withLosses(sent: Float32Array, rate: number, isLost: (frame: number) => boolean): Float32Array {
  const concealment = new LossConcealment(rate);
  const heard = sent.slice();
  const frame = rate / 50;
  for (let n = 0; (n + 1) * frame <= sent.length; n++) {
    if (isLost(n)) concealment.lost(heard, n * frame, frame);
    else concealment.good(heard, n * frame, frame);
  }
  return heard;
}

/** Largest step from a sample to the next. */
function steepest(samples: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) {
    largest = Math.max(largest, Math.abs((samples[i] as number) - (samples[i - 1] as number)));
  }
  return largest;
}

function errorDb(sent: Float32Array, heard: Float32Array): number {
  return rmsDb(sent.map((value, i) => (heard[i] as number) - value)) - rmsDb(sent);
}

describe.each([8000, 16000, 48000])('loss concealment at %i Hz', (rate) => {
  test('one frame in twenty lost of a vowel costs less than half of what silence would', () => {
    const sent = vowel(rate, 4);
    const isLost = (frame: number) => frame % 20 === 13;
    const silenced = sent.map((value, i) => (isLost(Math.floor((i * 50) / rate)) ? 0 : value));
    const concealed = withLosses(sent, rate, isLost);
    expect(errorDb(sent, silenced)).toBeCloseTo(-13, 0);
    expect(errorDb(sent, concealed)).toBeLessThan(-13 - 6);
  });

  test('nothing is changed where nothing is lost', () => {
    const sent = vowel(rate, 0.5);
    expect(withLosses(sent, rate, () => false)).toEqual(sent);
  });

  test('a long loss fades into the background noise that was there before', () => {
    const noise = new Float32Array(rate * 2);
    new ComfortNoise(rate, -70, 5).fill(noise, noise.length);
    const heard = withLosses(noise, rate, (frame) => frame >= 50);
    expect(Math.abs(rmsDb(heard.subarray(rate * 1.2)) + 70)).toBeLessThan(3);
  });

  test('a long loss in a vowel without noise is silent after 60 ms', () => {
    const heard = withLosses(vowel(rate, 2), rate, (frame) => frame >= 50);
    expect(peakDb(heard.subarray(rate * 1.06))).toBeLessThan(-59);
  });

  test('there is no jump at either end or between the periods, in a sound that has no pitch', () => {
    const hz = [211, 347.3, 593.9, 1009.7];
    const sent = Float32Array.from({ length: rate * 2 }, (_, i) =>
      hz.reduce((sum, tone) => sum + 0.1 * Math.sin((2 * Math.PI * tone * i) / rate), 0),
    );
    const heard = withLosses(sent, rate, (frame) => frame % 10 === 7 || frame % 10 === 8);
    expect(steepest(heard)).toBeLessThan(1.5 * steepest(sent));
  });

  test('frames of one sample and frames longer than the memory are taken', () => {
    const concealment = new LossConcealment(rate);
    const pcm = vowel(rate, 0.3);
    for (let i = 0; i < 100; i++) concealment.good(pcm, i, 1);
    concealment.lost(pcm, 100, 1);
    concealment.good(pcm, 101, 1);
    concealment.good(pcm, 0, pcm.length);
    concealment.lost(pcm, 0, pcm.length);
    concealment.good(pcm, 0, pcm.length);
    expect(pcm.every((value) => Math.abs(value) < 1)).toBe(true);
  });
});
