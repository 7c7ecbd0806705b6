import { describe, expect, test } from 'vitest';
import { composeHoldMusic, LoopPlayer, readHoldMusic } from './hold-music.ts';
import type { Sound } from './sound.ts';
import { largestClickDb, longestGapMs, peakDb, rmsDb, toneLevelDb } from './tone-analysis.ts';
import { buildWavHeader, patchWavSizes } from './wav-file.ts';
import { loudnessOf } from './loudness.ts';

function played(sound: Sound, rate: number, seconds: number): Float32Array {
  const player = new LoopPlayer(sound, rate, rate / 50);
  const heard = new Float32Array(rate * seconds);
  for (let at = 0; at < heard.length; at += rate / 50)
    player.fill(heard.subarray(at, at + rate / 50), rate / 50);
  return heard;
}

function wavOf(sampleRate: number, channels: 1 | 2, seconds: number, hz = 440): Uint8Array {
  const frames = Math.round(sampleRate * seconds);
  const header = buildWavHeader({
    channels,
    sampleRate,
    description: '',
    originator: '',
    originatedAt: new Date(0),
  });
  patchWavSizes(header, frames * channels * 2);
  const file = new Uint8Array(header.length + frames * channels * 2);
  file.set(header);
  const view = new DataView(file.buffer, header.length);
  for (let i = 0; i < frames * channels; i++) {
    const time = Math.floor(i / channels) / sampleRate;
    view.setInt16(i * 2, Math.round(8192 * Math.sin(2 * Math.PI * hz * time)), true);
  }
  return file;
}

describe('hold music of our own', () => {
  const sound = composeHoldMusic();

  test('lasts 24 s in 768 kB, at −26 dBFS RMS with peaks below −10 dBFS', () => {
    expect(sound.samples.length / sound.sampleRate).toBe(24);
    expect(sound.samples.byteLength).toBe(768_000);
    const heard = played(sound, 16000, 24);
    expect(rmsDb(heard)).toBeCloseTo(-26, 1);
    expect(peakDb(heard)).toBeLessThan(-10);
  });

  test('is never silent for long, and is heard in the telephone band', () => {
    const heard = played(sound, 8000, 24);
    expect(longestGapMs(heard, 8000, -60)).toBeLessThan(50);
    expect(rmsDb(heard)).toBeGreaterThan(-28);
  });

  test.each([8000, 16000, 48000])('goes from its end to its beginning without a click at %i Hz', (rate) => {
    const heard = played(sound, rate, 26);
    const seam = heard.subarray(23.5 * rate, 24.5 * rate);
    const elsewhere = heard.subarray(11.5 * rate, 12.5 * rate);
    // Everything below 2 kHz is music; a click would stand out above.
    const music = Array.from({ length: 9 }, (_, i) => i * 250);
    expect(largestClickDb(seam, rate, music)).toBeLessThan(
      Math.max(-60, largestClickDb(elsewhere, rate, music) + 3),
    );
  });

  test('is the same music every time', () => {
    expect(composeHoldMusic()).toEqual(sound);
  });
});

describe('hold music from a file', () => {
  test.each([8000, 16000, 22050, 24000, 32000, 44100, 48000])(
    'plays %i Hz, mono and stereo, at 48 kHz, as loud as the built-in piece',
    (rate) => {
      for (const channels of [1, 2] as const) {
        const read = readHoldMusic(wavOf(rate, channels, 2));
        if (!read.ok) throw new Error(read.code);
        const heard = played(read.sound, 48000, 1);
        expect(toneLevelDb(heard.subarray(4800), 48000, 440)).toBeCloseTo(-22.4, 0);
        expect(loudnessOf(read.sound)).toBeCloseTo(-26, 0);
      }
    },
  );

  test('joins the end to the beginning without a click', () => {
    const read = readHoldMusic(wavOf(8000, 1, 1.0007, 431));
    if (!read.ok) throw new Error(read.code);
    expect(largestClickDb(played(read.sound, 48000, 4), 48000, [431])).toBeLessThan(-50);
  });

  test('names what it refuses', () => {
    const other = wavOf(11025, 1, 2);
    const wide = wavOf(8000, 1, 2);
    new DataView(wide.buffer).setUint16(644, 24, true);
    const code = (file: Uint8Array) => {
      const read = readHoldMusic(file);
      return read.ok ? 'ok' : read.code;
    };
    expect(code(new Uint8Array(100))).toBe('not_wav');
    expect(code(wide)).toBe('unsupported_format');
    expect(code(other)).toBe('unsupported_rate');
    expect(code(wavOf(8000, 1, 0.5))).toBe('too_short');
    expect(code(wavOf(8000, 1, 601))).toBe('too_long');
  });
});
