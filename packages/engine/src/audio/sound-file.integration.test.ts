import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SoundFile } from './sound-file.ts';
import { toneLevelDb } from './tone-analysis.ts';
import { buildWavHeader, patchWavSizes } from './wav-file.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'sound-file-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each track its own tone at −20 dBFS. */
function writeTones(name: string, sampleRate: number, seconds: number, tones: readonly number[]): string {
  const samples = Math.round(sampleRate * seconds);
  const data = new Int16Array(samples * tones.length);
  for (let i = 0; i < samples; i++) {
    for (const [track, hz] of tones.entries())
      data[i * tones.length + track] = 3276.8 * Math.sin((2 * Math.PI * hz * i) / sampleRate);
  }
  const channels = tones.length === 2 ? 2 : 1;
  const header = buildWavHeader({
    channels,
    sampleRate,
    description: '',
    originator: '',
    originatedAt: new Date(0),
  });
  patchWavSizes(header, data.byteLength);
  const path = join(folder, `${name}.wav`);
  writeFileSync(path, Buffer.concat([header, new Uint8Array(data.buffer)]));
  return path;
}

function readAll(file: SoundFile): Float32Array {
  const pieces: number[] = [];
  for (let piece = file.next(); piece !== null; piece = file.next()) pieces.push(...piece);
  file.close();
  return Float32Array.from(pieces);
}

it.each([8000, 16000, 22050, 44100, 48000])('reads a file at %i Hz whole, at 48 kHz', (sampleRate) => {
  const file = new SoundFile(writeTones(`mono-${sampleRate}`, sampleRate, 1.25, [440]));
  expect(file.durationMs).toBe(1250);
  const sound = readAll(file);
  expect(sound.length / 48).toBeGreaterThanOrEqual(1250);
  expect(sound.length / 48).toBeLessThanOrEqual(1450);
  expect(toneLevelDb(sound.subarray(4800, 52800), 48000, 440)).toBeCloseTo(-20, 1);
});

it('gives both sides of a call at their own level', () => {
  const sound = readAll(new SoundFile(writeTones('call', 48000, 1, [440, 1000])));
  expect(toneLevelDb(sound.subarray(0, 48000), 48000, 440)).toBeCloseTo(-20, 1);
  expect(toneLevelDb(sound.subarray(0, 48000), 48000, 1000)).toBeCloseTo(-20, 1);
});

it('begins where it is told to', () => {
  const file = new SoundFile(writeTones('late', 48000, 2, [440]), 1500);
  expect(file.durationMs).toBe(2000);
  expect(readAll(file).length / 48).toBeLessThanOrEqual(700);
});

it('says what cannot be played, and leaves no file open', () => {
  const text = join(folder, 'text.wav');
  writeFileSync(text, 'this is no sound');
  expect(() => new SoundFile(text)).toThrow('not a WAV file');
  expect(() => new SoundFile(writeTones('empty', 48000, 0, [440]))).toThrow('no sound');
  expect(() => new SoundFile(writeTones('odd', 11111, 0.5, [440]))).toThrow('11111 Hz');
  expect(() => new SoundFile(join(folder, 'none.wav'))).toThrow('ENOENT');
});
