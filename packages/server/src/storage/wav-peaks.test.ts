import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWavPeaks } from './wav-peaks.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'openline-peaks-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stereo at 8 kHz; `sampleAt` is asked for each frame, the right channel is silent. */
function wav(frames: number, sampleAt: (frame: number) => number, bitsPerSample = 16): string {
  const file = Buffer.alloc(44 + frames * 4);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + frames * 4, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(2, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(32_000, 28);
  file.writeUInt16LE(4, 32);
  file.writeUInt16LE(bitsPerSample, 34);
  file.write('data', 36);
  file.writeUInt32LE(frames * 4, 40);
  for (let frame = 0; frame < frames; frame++) file.writeInt16LE(sampleAt(frame), 44 + frame * 4);
  const path = join(folder, 'a.wav');
  writeFileSync(path, file);
  return path;
}

test('the outline follows the loudness: silence, half, full', async () => {
  const path = wav(24_000, (frame) => (frame < 8000 ? 0 : frame < 16_000 ? -16_384 : 32_767));
  const outline = await readWavPeaks(path);
  expect(outline?.durationMs).toBe(3000);
  expect(outline?.peaks).toHaveLength(400);
  expect(outline?.peaks[50]).toBe(0);
  expect(outline?.peaks[200]).toBe(50);
  expect(outline?.peaks[399]).toBe(100);
});

test('a recording shorter than the picture has a stretch a sample', async () => {
  expect((await readWavPeaks(wav(3, () => 32_767)))?.peaks).toEqual([100, 100, 100]);
  expect(await readWavPeaks(wav(0, () => 0))).toEqual({ durationMs: 0, peaks: [] });
});

test('what is no recording of ours has no outline', async () => {
  expect(await readWavPeaks(wav(10, () => 1, 24))).toBeNull();
  const path = join(folder, 'b.wav');
  writeFileSync(path, 'not a WAV file');
  expect(await readWavPeaks(path)).toBeNull();
});
