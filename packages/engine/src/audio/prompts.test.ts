import { describe, expect, it } from 'vitest';
import { composePrompt, readPrompt, toPromptFile } from './prompts.ts';
import { largestClickDb, peakDb, toneLevelDb } from './tone-analysis.ts';
import { parseWav } from './wav-file.ts';

interface Form {
  rate: number;
  channels?: number;
  bits?: number;
  isFloat?: boolean;
  seconds?: number;
}

/** A tone of 700 Hz at −6 dBFS in every track, in the form that is asked for. */
function wavOf({ rate, channels = 1, bits = 16, isFloat = false, seconds = 0.5 }: Form): Uint8Array {
  const blockBytes = (channels * bits) / 8;
  const frames = Math.round(seconds * rate);
  const bytes = new Uint8Array(44 + frames * blockBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  text(8, 'WAVEfmt ');
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, isFloat ? 3 : 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * blockBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, bits, true);
  text(36, 'data');
  view.setUint32(40, frames * blockBytes, true);
  for (let index = 0; index < frames * channels; index++) {
    const value = 0.5 * Math.sin((2 * Math.PI * 700 * Math.floor(index / channels)) / rate);
    const at = 44 + (index * bits) / 8;
    if (isFloat) view.setFloat32(at, value, true);
    else if (bits === 8) view.setUint8(at, Math.round(value * 127) + 128);
    else if (bits === 16) view.setInt16(at, Math.round(value * 32767), true);
    else if (bits === 24) {
      const whole = Math.round(value * 8388607);
      view.setUint8(at, whole & 255);
      view.setInt16(at + 1, whole >> 8, true);
    } else view.setInt32(at, Math.round(value * 2147483647), true);
  }
  return bytes;
}

describe('an uploaded prompt', () => {
  const FORMS: [string, Form][] = [
    ['8 kHz, 16 bit', { rate: 8000 }],
    ['44.1 kHz, stereo', { rate: 44100, channels: 2 }],
    ['22.05 kHz, 8 bit', { rate: 22050, bits: 8 }],
    ['48 kHz, 24 bit', { rate: 48000, bits: 24 }],
    ['32 kHz, 32 bit', { rate: 32000, bits: 32 }],
    ['48 kHz, float, six tracks', { rate: 48000, bits: 32, isFloat: true, channels: 6 }],
  ];
  for (const [name, form] of FORMS) {
    it(`becomes 48 kHz 16-bit mono: ${name}`, async () => {
      const prompt = await toPromptFile(wavOf(form));
      if (!prompt.ok) throw new Error(prompt.code);
      expect(prompt.durationMs).toBe(500);
      expect(parseWav(prompt.file)).toMatchObject({
        ok: true,
        sampleRate: 48000,
        channels: 1,
        bitsPerSample: 16,
      });
      const read = readPrompt(prompt.file);
      if (!read.ok) throw new Error(read.code);
      const samples = Float32Array.from(read.sound.samples, (sample) => sample / 32768);
      expect(toneLevelDb(samples.subarray(2400, 21600), 48000, 700)).toBeCloseTo(-6, 0);
    });
  }

  it('is refused when it is no sound that can be played', async () => {
    const code = async (bytes: Uint8Array) => {
      const result = await toPromptFile(bytes);
      return result.ok ? 'ok' : result.code;
    };
    expect(await code(new TextEncoder().encode('<html>'))).toBe('not_wav');
    expect(await code(wavOf({ rate: 48000 }).subarray(0, 30))).toBe('not_wav');
    expect(await code(wavOf({ rate: 11025 }))).toBe('unsupported_rate');
    expect(await code(wavOf({ rate: 48000, bits: 64, isFloat: true }))).toBe('unsupported_format');
    expect(await code(wavOf({ rate: 8000, seconds: 0.05 }))).toBe('too_short');
    expect(await code(wavOf({ rate: 8000, bits: 8, seconds: 301 }))).toBe('too_long');
  });
});

describe('the built-in prompts', () => {
  for (const step of ['question', 'thanks'] as const) {
    it(`begin and end without a click, at the level of speech: ${step}`, () => {
      const { samples, sampleRate } = composePrompt(step);
      const sound = Float32Array.from(samples, (sample) => sample / 32768);
      expect(peakDb(sound)).toBeGreaterThan(-24);
      expect(peakDb(sound)).toBeLessThan(-12);
      const framed = Float32Array.from([...new Float32Array(800), ...sound, ...new Float32Array(800)]);
      expect(largestClickDb(framed, sampleRate, [440, 554.4, 659.3])).toBeLessThan(-30);
      expect(peakDb(sound.subarray(sound.length - 20))).toBeLessThan(-50);
    });
  }
});
