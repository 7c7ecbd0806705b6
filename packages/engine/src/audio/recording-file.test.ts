import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingFile } from './recording-file.ts';
import { longestGapMs, toneLevelDb } from './tone-analysis.ts';
import { parseWav } from './wav-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-file-'));
  path = join(folder, 'r.wav');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Frames of two tones, left and right, at a rate. */
function add(file: RecordingFile, frames: number, sampleRate: number, leftHz: number, rightHz: number): void {
  const length = sampleRate / 50;
  for (let frame = 0; frame < frames; frame++) {
    const samples = new Float32Array(2 * length);
    for (let index = 0; index < length; index++) {
      const at = (frame * length + index) / sampleRate;
      samples[index] = 0.25 * Math.sin(2 * Math.PI * leftHz * at);
      samples[length + index] = 0.25 * Math.sin(2 * Math.PI * rightHz * at);
    }
    file.add(samples, sampleRate);
  }
}

function tracks(): { left: Float32Array; right: Float32Array; seconds: number } {
  const bytes = readFileSync(path);
  const wav = parseWav(bytes);
  if (!wav.ok) throw new Error(wav.code);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + wav.dataOffset), 0, wav.dataBytes / 2);
  const track = (channel: number) =>
    Float32Array.from({ length: samples.length / 2 }, (_, index) => samples[2 * index + channel]! / 32768);
  return { left: track(0), right: track(1), seconds: samples.length / 2 / 48000 };
}

describe('a recording file', () => {
  it('opens as WAV from its first moment on, and after every flush', () => {
    const file = new RecordingFile(path, 2, 'left: caller, right: studio', new Date(2026, 4, 3, 12, 0, 0));
    expect(parseWav(readFileSync(path))).toMatchObject({
      ok: true,
      channels: 2,
      sampleRate: 48000,
      bitsPerSample: 16,
      dataBytes: 0,
      description: 'left: caller, right: studio',
      timeReferenceSamples: 12 * 3600 * 48000,
    });
    add(file, 10, 8000, 500, 900);
    file.flush();
    expect(tracks().seconds).toBeCloseTo(0.2, 6);
    add(file, 120, 8000, 500, 900);
    expect(tracks().seconds).toBeGreaterThan(1.5);
    file.close();
    expect(tracks().seconds).toBeCloseTo(2.6, 6);
    expect(file.durationMs).toBe(2600);
  });

  it('keeps the tracks apart and at their level, at every rate of a leg', () => {
    for (const sampleRate of [8000, 16000, 48000]) {
      const file = new RecordingFile(path, 2, '', new Date());
      add(file, 50, sampleRate, 500, 900);
      file.close();
      const { left, right } = tracks();
      expect(toneLevelDb(left, 48000, 500)).toBeCloseTo(-12, 0);
      expect(toneLevelDb(right, 48000, 900)).toBeCloseTo(-12, 0);
      expect(toneLevelDb(left, 48000, 900)).toBeLessThan(-90);
      rmSync(path);
    }
  });

  it('goes on when the rate changes, and keeps time through what is missing', () => {
    const file = new RecordingFile(path, 2, '', new Date());
    add(file, 25, 8000, 500, 900);
    for (let frame = 0; frame < 5; frame++) file.addMissing();
    add(file, 25, 16000, 500, 900);
    file.close();
    const { left, seconds } = tracks();
    expect(seconds).toBeCloseTo(1.1, 6);
    expect(longestGapMs(left, 48000, -60)).toBeGreaterThan(95);
    expect(longestGapMs(left, 48000, -60)).toBeLessThan(110);
  });

  it('limits what is too loud for 16 bits', () => {
    const file = new RecordingFile(path, 1, '', new Date());
    const loud = Float32Array.from({ length: 960 }, (_, index) => 3 * Math.sin(index / 20));
    for (let frame = 0; frame < 20; frame++) file.add(loud, 48000);
    file.close();
    const bytes = readFileSync(path);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 654));
    expect(Math.max(...samples)).toBeLessThan(32767);
    expect(Math.max(...samples)).toBeGreaterThan(20000);
  });

  it('does not touch a file that is there', () => {
    new RecordingFile(path, 1, '', new Date()).close();
    expect(() => new RecordingFile(path, 1, '', new Date())).toThrow('EEXIST');
  });
});
