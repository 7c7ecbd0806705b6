import { describe, expect, test } from 'vitest';
import { pcmu } from '../codecs/g711.ts';
import { ComfortNoise } from './comfort-noise.ts';
import { DtmfDetector } from './dtmf-detector.ts';

const KEYS = '123A456B789C*0#D';
const ROWS_HZ = [697, 770, 852, 941];
const COLUMNS_HZ = [1209, 1336, 1477, 1633];

interface Press {
  rate?: number;
  onMs?: number;
  offMs?: number;
  rowDb?: number;
  columnDb?: number;
  detune?: number;
}

/** The keys pressed one after another, silence before, between and after. */
function pressed(keys: string, press: Press = {}): Float32Array {
  const { rate = 8000, onMs = 60, offMs = 60, rowDb = -12, columnDb = -12, detune = 1 } = press;
  const on = (onMs * rate) / 1000;
  const cycle = on + (offMs * rate) / 1000;
  // A little over half a cycle of silence first, so that presses fall anywhere within the blocks.
  const lead = Math.round(rate * 0.0333);
  const samples = new Float32Array(lead + cycle * keys.length + rate / 10);
  for (const [index, key] of Array.from(keys).entries()) {
    const at = KEYS.indexOf(key);
    const row = (2 * Math.PI * (ROWS_HZ[at >> 2] as number) * detune) / rate;
    const column = (2 * Math.PI * (COLUMNS_HZ[at & 3] as number) * detune) / rate;
    for (let i = 0; i < on; i++) {
      samples[lead + index * cycle + i] =
        10 ** (rowDb / 20) * Math.sin(row * i) + 10 ** (columnDb / 20) * Math.sin(column * i + 1);
    }
  }
  return samples;
}

function heard(samples: Float32Array, rate = 8000): string {
  const detector = new DtmfDetector(rate);
  const frame = rate / 50;
  let digits = '';
  for (let at = 0; at + frame <= samples.length; at += frame) {
    digits += detector.process(samples.subarray(at, at + frame), frame) ?? '';
  }
  return digits;
}

function withNoise(samples: Float32Array, levelDb: number, seed = 9): Float32Array {
  const noise = new Float32Array(samples.length);
  new ComfortNoise(8000, levelDb, seed).fill(noise, noise.length);
  return samples.map((value, i) => value + (noise[i] as number));
}

describe('DTMF detector', () => {
  test.each([8000, 16000, 48000])('hears all sixteen digits at %i Hz, each once', (rate) => {
    expect(heard(pressed(KEYS, { rate }), rate)).toBe(KEYS);
  });

  test('hears tones of 40 ms with pauses of 40 ms, the shortest that ITU-T Q.24 asks for', () => {
    expect(heard(pressed(KEYS, { onMs: 40, offMs: 40 }))).toBe(KEYS);
  });

  test('ignores tones of 20 ms', () => {
    expect(heard(pressed(KEYS, { onMs: 20, offMs: 80 }))).toBe('');
  });

  test('reports a long press once, and the same key pressed again, again', () => {
    expect(heard(pressed('5', { onMs: 3000 }))).toBe('5');
    expect(heard(pressed('5550', { onMs: 70, offMs: 50 }))).toBe('5550');
  });

  test('a hole of 10 ms within a press does not make two of it', () => {
    const samples = pressed('8', { onMs: 200 });
    samples.fill(0, 900, 980);
    expect(heard(samples)).toBe('8');
  });

  test('takes levels from −30 to −4 dBFS a tone, column up to 6 dB above or 3 dB below the row', () => {
    for (const level of [-30, -20, -4])
      expect(heard(pressed(KEYS, { rowDb: level, columnDb: level }))).toBe(KEYS);
    expect(heard(pressed(KEYS, { rowDb: -18, columnDb: -12 }))).toBe(KEYS);
    expect(heard(pressed(KEYS, { rowDb: -12, columnDb: -15 }))).toBe(KEYS);
  });

  test('refuses a twist of 12 dB, a single tone, and tones off by 6 %', () => {
    expect(heard(pressed(KEYS, { rowDb: -24, columnDb: -12 }))).toBe('');
    expect(heard(pressed(KEYS, { rowDb: -12, columnDb: -24 }))).toBe('');
    expect(heard(pressed(KEYS, { columnDb: -90 }))).toBe('');
    expect(heard(pressed(KEYS, { detune: 1.06 }))).toBe('');
  });

  test('takes tones off by 1.5 %', () => {
    for (const detune of [0.985, 1.015]) expect(heard(pressed(KEYS, { detune }))).toBe(KEYS);
  });

  test('hears through noise 15 dB below and through µ-law', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const noisy = withNoise(pressed(KEYS, { onMs: 60, offMs: 60 }), -12 - 15, seed);
      const bytes = new Uint8Array(noisy.length);
      pcmu.createEncoder().encode(noisy, noisy.length, bytes, 0);
      pcmu.createDecoder().decode(bytes, 0, bytes.length, noisy, 0);
      expect(heard(noisy), `seed ${seed}`).toBe(KEYS);
    }
  });

  test('hears nothing in noise, in chords and in two minutes of something like speech', () => {
    const noise = new Float32Array(8000 * 30);
    new ComfortNoise(8000, -15, 2).fill(noise, noise.length);
    expect(heard(noise)).toBe('');
    expect(heard(speechLike(8000 * 120))).toBe('');
    const chord = Float32Array.from({ length: 80_000 }, (_, i) =>
      [220, 440, 660, 880, 1108.7, 1318.5].reduce(
        (sum, hz) => sum + 0.1 * Math.sin((2 * Math.PI * hz * i) / 8000),
        0,
      ),
    );
    expect(heard(chord)).toBe('');
  });

  test('hears a digit over speech 20 dB below', () => {
    const tones = pressed(KEYS, { onMs: 100, offMs: 80, rowDb: -8, columnDb: -8 });
    const speech = speechLike(tones.length);
    expect(heard(tones.map((value, i) => value + 0.12 * (speech[i] as number)))).toBe(KEYS);
  });

  test('a reset forgets a half-heard digit', () => {
    const detector = new DtmfDetector(8000);
    const tone = pressed('1', { onMs: 500 }).subarray(300);
    for (let at = 0; at < 20; at++) {
      expect(detector.process(tone.subarray(at * 150, at * 150 + 150), 150)).toBeNull();
      detector.reset();
    }
  });
});

/** Glottal pulses of a wandering pitch through three wandering formants, in syllables. RMS about −20 dBFS. */
function speechLike(length: number): Float32Array {
  let seed = 77;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const samples = new Float32Array(length);
  const memory = new Float64Array(6);
  let formants = [500, 1500, 2500];
  let pitch = 120;
  let phase = 0;
  let loudness = 0;
  for (let i = 0; i < length; i++) {
    if (i % 1600 === 0) {
      formants = [250 + 650 * random(), 850 + 1500 * random(), 2300 + 800 * random()];
      pitch = 80 + 220 * random();
      loudness = random() < 0.2 ? 0 : 0.3 + random();
    }
    phase += (pitch * (1 + 0.03 * Math.sin(i / 900))) / 8000;
    if (phase >= 1) phase -= 1;
    let value = (phase < 0.05 ? 1 : 0) * loudness + 0.01 * (random() - 0.5);
    for (const [n, hz] of formants.entries()) {
      const radius = Math.exp((-Math.PI * 90) / 8000);
      const last = memory[2 * n] as number;
      const next = (1 - radius) * 3 * value + 2 * radius * Math.cos((2 * Math.PI * hz) / 8000) * last;
      const resonated = next - radius * radius * (memory[2 * n + 1] as number);
      memory[2 * n + 1] = last;
      memory[2 * n] = resonated;
      value = resonated;
    }
    samples[i] = Math.max(-1, Math.min(1, value * 4));
  }
  return samples;
}
