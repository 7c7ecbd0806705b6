import { describe, expect, test } from 'vitest';
import { Resampler } from './resampler.ts';
import { peakDb, rmsDb, spectrumDb, toneLevelDb } from './tone-analysis.ts';

function tone(hz: number, rate: number, seconds = 1): Float32Array {
  return Float32Array.from(
    { length: rate * seconds },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

function resampled(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to, from / 50);
  const output = new Float32Array((samples.length * to) / from);
  let written = 0;
  for (let at = 0; at < samples.length; at += from / 50) {
    written += resampler.process(samples.subarray(at, at + from / 50), from / 50, output.subarray(written));
  }
  expect(written).toBe(output.length);
  return output;
}

const pairs = [
  [8000, 16000],
  [16000, 8000],
  [8000, 48000],
  [48000, 8000],
  [16000, 48000],
  [48000, 16000],
  [44100, 48000],
] as const;

describe.each(pairs)('resampler %i to %i', (from, to) => {
  const low = Math.min(from, to);

  test('every 20 ms frame gives exactly 20 ms', () => {
    const resampler = new Resampler(from, to, from / 50);
    const output = new Float32Array(to / 50);
    for (let i = 0; i < 200; i++)
      expect(resampler.process(new Float32Array(from / 50), from / 50, output)).toBe(to / 50);
  });

  test('passes everything to 0.425 of the lower rate (3400 Hz of 8 kHz) within ±0.05 dB', () => {
    for (const share of [0.005, 0.05, 0.125, 0.25, 0.375, 0.4, 0.425]) {
      const hz = Math.round(share * low);
      const heard = resampled(tone(hz, from), from, to).subarray(to / 10);
      expect(Math.abs(toneLevelDb(heard, to, hz) + 6.02), `${hz} Hz`).toBeLessThan(0.05);
    }
  });

  test('stops at least 65 dB from 0.575 of the lower rate: no alias, no image', () => {
    const aliasing = [0.575, 0.62, 0.75, 0.9, 1.2].map((share) => Math.round(share * low));
    for (const hz of aliasing.filter((hz) => from > to && hz < from / 2)) {
      const alias = resampled(tone(hz, from), from, to).subarray(to / 10);
      expect(rmsDb(alias), `${hz} Hz`).toBeLessThan(-6 - 3 - 65);
    }
    for (const share of [0.01, 0.2, 0.4, 0.425]) {
      const hz = Math.round(share * low);
      const heard = resampled(tone(hz, from), from, to).subarray(to / 10);
      const spectrum = spectrumDb(heard, 4096);
      const bin = Math.round((hz * 4096) / to);
      const others = spectrum.filter((_, i) => Math.abs(i - bin) > 5);
      expect(Math.max(...others), `${hz} Hz`).toBeLessThan(-6 - 65);
    }
  });

  test('is late by what it says, at most 2 ms, at every frequency alike', () => {
    const resampler = new Resampler(from, to, from / 50);
    expect(resampler.delayMs).toBeLessThanOrEqual(2);
    for (const share of [0.02, 0.3]) {
      const hz = Math.round(share * low);
      const heard = resampled(tone(hz, from), from, to);
      const delay = resampler.delayMs / 1000;
      let worst = 0;
      for (let i = to / 10; i < heard.length; i++) {
        const expected = 0.5 * Math.sin(2 * Math.PI * hz * (i / to - delay));
        worst = Math.max(worst, Math.abs((heard[i] as number) - expected));
      }
      expect(worst, `${hz} Hz`).toBeLessThan(0.005);
    }
  });

  test('has gain 1 at 0 Hz, and silence stays silence', () => {
    const heard = resampled(new Float32Array(from).fill(0.25), from, to).subarray(to / 10);
    expect(heard.every((value) => Math.abs(value - 0.25) < 1e-5)).toBe(true);
    expect(peakDb(resampled(new Float32Array(from), from, to))).toBe(-160);
  });
});

test('the same rate is a copy without delay', () => {
  const sent = tone(700, 8000);
  expect(resampled(sent, 8000, 8000)).toEqual(sent);
});

test('a reset forgets the past', () => {
  const resampler = new Resampler(8000, 48000, 160);
  const output = new Float32Array(960);
  resampler.process(new Float32Array(160).fill(1), 160, output);
  resampler.reset();
  resampler.process(new Float32Array(160), 160, output);
  expect(peakDb(output)).toBe(-160);
});

test('a frame that is not whole at the other rate is a bug of the caller', () => {
  expect(() =>
    new Resampler(48000, 8000, 960).process(new Float32Array(961), 961, new Float32Array(200)),
  ).toThrow(RangeError);
});
