import { describe, expect, test } from 'vitest';
import { largestClickDb, peakDb, toneLevelDb } from './tone-analysis.ts';
import { Tone, type ToneName } from './tones.ts';

function seconds(name: ToneName, rate: number, length: number): Float32Array {
  const tone = new Tone(name, rate);
  const heard = new Float32Array(rate * length);
  for (let at = 0; at < heard.length; at += rate / 50)
    tone.fill(heard.subarray(at, at + rate / 50), rate / 50);
  return heard;
}

describe.each([8000, 16000, 48000])('tones at %i Hz', (rate) => {
  const part = (heard: Float32Array, from: number, to: number) => heard.subarray(from * rate, to * rate);

  test('ring-back is 425 Hz at −18 dBFS for 1 s, then 4 s of silence, over and over', () => {
    const heard = seconds('ringback', rate, 12);
    for (const start of [0, 5, 10]) {
      expect(toneLevelDb(part(heard, start + 0.1, start + 0.9), rate, 425)).toBeCloseTo(-18, 1);
      expect(peakDb(part(heard, start, start + 1))).toBeLessThan(-17.9);
    }
    expect(peakDb(part(heard, 1, 5))).toBe(-160);
    expect(peakDb(part(heard, 6, 10))).toBe(-160);
  });

  test('busy is half a second on and off', () => {
    const heard = seconds('busy', rate, 3);
    for (const start of [0, 1, 2]) {
      expect(toneLevelDb(part(heard, start + 0.05, start + 0.45), rate, 425)).toBeCloseTo(-18, 1);
      expect(peakDb(part(heard, start + 0.5, start + 1))).toBe(-160);
    }
  });

  test('the beep sounds once, and again after a restart', () => {
    const tone = new Tone('beep', rate);
    const heard = new Float32Array(rate * 10);
    tone.fill(heard, heard.length);
    expect(toneLevelDb(part(heard, 0.05, 0.25), rate, 1000)).toBeCloseTo(-18, 1);
    expect(peakDb(part(heard, 0.3, 10))).toBe(-160);
    tone.restart();
    tone.fill(heard, heard.length);
    expect(toneLevelDb(part(heard, 0.05, 0.25), rate, 1000)).toBeCloseTo(-18, 1);
  });

  test('beginning and end click below −50 dBFS', () => {
    expect(largestClickDb(seconds('busy', rate, 3), rate, [425])).toBeLessThan(-50);
    const beep = new Float32Array(rate);
    new Tone('beep', rate).fill(beep.subarray(rate / 4), rate / 2);
    expect(largestClickDb(beep, rate, [1000])).toBeLessThan(-50);
  });
});
