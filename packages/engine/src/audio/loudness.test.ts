import { describe, expect, it } from 'vitest';
import { atLoudness, loudnessOf } from './loudness.ts';
import type { Sound } from './sound.ts';

const tone = (db: number, seconds: number, sampleRate = 48000, hz = 997): Sound => ({
  sampleRate,
  samples: Int16Array.from(
    { length: seconds * sampleRate },
    (_, i) => 32767 * 10 ** (db / 20) * Math.sin((2 * Math.PI * hz * i) / sampleRate),
  ),
});
const join = (...sounds: Sound[]): Sound => ({
  sampleRate: 48000,
  samples: Int16Array.from(sounds.flatMap(({ samples }) => [...samples])),
});

describe('loudness', () => {
  // ffmpeg's ebur128 says the same of the built-in piece (−26.4 LUFS).
  it.each([48000, 44100, 16000, 8000])(
    'of a sine at 997 Hz is 3 dB below its peak, at %i Hz',
    (sampleRate) => {
      expect(loudnessOf(tone(-20, 4, sampleRate))).toBeCloseTo(-23, 0);
    },
  );

  it('leaves out pauses and what is far below the rest', () => {
    const speech = loudnessOf(tone(-20, 6));
    expect(loudnessOf(join(tone(-20, 6), tone(-120, 8)))).toBeCloseTo(speech, 0);
    expect(loudnessOf(join(tone(-20, 6), tone(-45, 8)))).toBeCloseTo(speech, 0);
  });

  it('weighs a low hum less and a high tone more', () => {
    const middle = loudnessOf(tone(-20, 3));
    expect(loudnessOf(tone(-20, 3, 48000, 30))).toBeLessThan(middle - 4);
    expect(loudnessOf(tone(-20, 3, 48000, 6000))).toBeGreaterThan(middle + 2.5);
  });

  it('of silence, or of next to nothing, is none', () => {
    expect(loudnessOf(tone(-200, 3))).toBe(Number.NEGATIVE_INFINITY);
    expect(loudnessOf(tone(-20, 0.2))).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a sound', () => {
  it.each([-45, -30, -12])('of %i dB is brought to the target', (db) => {
    expect(loudnessOf(atLoudness(tone(db, 3), -26))).toBeCloseTo(-26, 0);
  });

  it('is not brought beyond full scale by its peaks, and silence is left alone', () => {
    const quiet = tone(-50, 3);
    quiet.samples[1000] = 20000;
    const brought = atLoudness(quiet, -26);
    expect(Math.max(...brought.samples)).toBeLessThanOrEqual(29205);
    expect(atLoudness(tone(-200, 3), -26).samples.every((sample) => sample === 0)).toBe(true);
  });
});
