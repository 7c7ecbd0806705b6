import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { g722 } from './g722.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Speech-like, loud, silent and noisy parts, 4 s at 16 kHz. */
function testSound(): Int16Array {
  let seed = 3;
  return Int16Array.from({ length: 64_000 }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const noise = seed / 2 ** 31 - 1;
    const sweep = Math.sin(2 * Math.PI * (100 + i / 20) * (i / 16000));
    if (i < 16_000) return 12_000 * sweep + 400 * noise;
    if (i < 24_000) return 0;
    if (i < 32_000) return 32_767 * Math.sign(sweep);
    if (i < 48_000) return 32_000 * noise;
    return (i % 133 < 8 ? 9000 : 0) + 60 * noise;
  });
}

describe.skipIf(!hasFfmpeg)('G.722 against ffmpeg, bit for bit', () => {
  const sound = testSound();
  const bytes = new Uint8Array(sound.length / 2);
  g722.createEncoder().encode(
    Float32Array.from(sound, (value) => value / 32768),
    sound.length,
    bytes,
    0,
  );

  // ffmpeg -f s16le -ar 16000 -ac 1 -i - -c:a g722 -f g722 -
  test('encodes to the same bytes', () => {
    const from = ['-f', 's16le', '-ar', '16000', '-ac', '1', '-i', '-'];
    const run = spawnSync('ffmpeg', ['-v', 'error', ...from, '-c:a', 'g722', '-f', 'g722', '-'], {
      input: new Uint8Array(sound.buffer),
    });
    expect(run.stdout.length).toBe(bytes.length);
    expect(Buffer.compare(run.stdout, bytes)).toBe(0);
  });

  // ffmpeg -f g722 -i - -f s16le -
  test('decodes our bytes and random bytes to the same samples', () => {
    let seed = 8;
    const random = Uint8Array.from({ length: 20_000 }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed >>> 24;
    });
    for (const input of [bytes, random]) {
      const run = spawnSync('ffmpeg', ['-v', 'error', '-f', 'g722', '-i', '-', '-f', 's16le', '-'], {
        input,
      });
      const heard = new Float32Array(input.length * 2);
      g722.createDecoder().decode(input, 0, input.length, heard, 0);
      const ours = Buffer.from(Int16Array.from(heard, (value) => value * 32768).buffer);
      expect(run.stdout.length).toBe(ours.length);
      expect(Buffer.compare(run.stdout, ours)).toBe(0);
    }
  });
});
