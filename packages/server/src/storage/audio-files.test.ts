import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAudioFiles } from './audio-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-audio-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** 48 kHz 16-bit mono: so much silence, then so much tone; sizes of zero, as a crash leaves them. */
function write(id: string, silentMs: number, loudMs: number): string {
  const samples = new Int16Array((silentMs + loudMs) * 48);
  for (let index = silentMs * 48; index < samples.length; index += 1)
    samples[index] = 3000 * Math.sin(index / 10);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  const path = join(folder, `${id}.wav`);
  writeFileSync(path, Buffer.concat([head, new Uint8Array(samples.buffer)]));
  return path;
}

test('a recording that was cut is measured, for how long somebody was heard too, and its header set right', () => {
  const path = write('q1', 12_000, 3_000);
  expect(createAudioFiles(folder).measure('q1')).toEqual({ durationMs: 15_000, loudMs: 3_000 });
  expect(readFileSync(path).readUInt32LE(40)).toBe(15_000 * 96);
});

test('what is not there, or is no sound, is not measured', () => {
  writeFileSync(join(folder, 'text.wav'), 'no sound');
  const files = createAudioFiles(folder);
  expect([files.measure('q1'), files.measure('text'), files.measure('../q1')]).toEqual([null, null, null]);
});
