import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { pcma, pcmu } from './g711.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const hasSox = spawnSync('sox', ['--version']).status === 0;

const laws = [
  { codec: pcmu, ffmpegFormat: 'mulaw', soxEncoding: 'u-law', bits: 14 },
  { codec: pcma, ffmpegFormat: 'alaw', soxEncoding: 'a-law', bits: 13 },
];

describe.each(laws)('$codec.name', ({ codec, ffmpegFormat, soxEncoding, bits }) => {
  const step = 2 ** (16 - bits);
  const values = Array.from({ length: 2 ** bits }, (_, i) => i * step - 32768);

  function encoded(): Uint8Array {
    const pcm = Float32Array.from(values, (value) => value / 32768);
    const bytes = new Uint8Array(values.length);
    codec.createEncoder().encode(pcm, pcm.length, bytes, 0);
    return bytes;
  }

  function pcm16(): Buffer {
    const pcm = Buffer.alloc(values.length * 2);
    for (const [i, value] of values.entries()) pcm.writeInt16LE(value, i * 2);
    return pcm;
  }

  // ffmpeg -f mulaw|alaw -ar 8000 -ac 1 -i - -f s16le -
  test.skipIf(!hasFfmpeg)('decodes every byte as ffmpeg does', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const ours = new Float32Array(256);
    codec.createDecoder().decode(bytes, 0, 256, ours, 0);
    const run = spawnSync(
      'ffmpeg',
      ['-v', 'error', '-f', ffmpegFormat, '-ar', '8000', '-ac', '1', '-i', '-', '-f', 's16le', '-'],
      { input: bytes },
    );
    expect(run.stdout.length).toBe(512);
    expect(Array.from(ours, (value) => value * 32768)).toEqual(
      Array.from({ length: 256 }, (_, i) => run.stdout.readInt16LE(i * 2)),
    );
  });

  // sox -t raw -e signed -b 16 -r 8000 -c 1 - -t raw -e u-law|a-law -
  test.skipIf(!hasSox)(
    'encodes every positive value of its linear scale as sox (the reference tables) does',
    () => {
      const from = ['-t', 'raw', '-e', 'signed', '-b', '16', '-r', '8000', '-c', '1', '-'];
      const run = spawnSync('sox', ['-D', ...from, '-t', 'raw', '-e', soxEncoding, '-'], { input: pcm16() });
      const ours = encoded();
      expect(run.stdout.length).toBe(ours.length);
      // Below 0 sox sends a value that lies on a decision value to the lower step, ours mirrors the positive side.
      expect(values.filter((value, i) => value >= 0 && ours[i] !== run.stdout[i])).toEqual([]);
    },
  );

  // ffmpeg puts the decision value at a segment's end in the middle of its two steps, the standard a little below.
  test.skipIf(!hasFfmpeg)(
    'encodes as ffmpeg does but for at most 1 % of the values, at the ends of the segments',
    () => {
      const run = spawnSync(
        'ffmpeg',
        ['-v', 'error', '-f', 's16le', '-ar', '8000', '-ac', '1', '-i', '-', '-f', ffmpegFormat, '-'],
        { input: pcm16() },
      );
      const ours = encoded();
      const differing = values.filter((_, i) => ours[i] !== run.stdout[i]);
      expect(run.stdout.length).toBe(ours.length);
      expect(differing.length).toBeLessThan(values.length / 100);
      expect(differing.filter((value) => !isAtSegmentEnd(codec.name, Math.abs(value)))).toEqual([]);
    },
  );
});

function isAtSegmentEnd(law: string, magnitude: number): boolean {
  return [1, 2, 3, 4, 5, 6, 7].some((segment) => {
    const end = law === 'PCMU' ? (128 << segment) - 132 : 256 << (segment - 1);
    return magnitude >= end && magnitude < end + (2 << segment);
  });
}
