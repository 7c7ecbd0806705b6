import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildWavHeader, parseWav, patchWavSizes } from './wav-file.ts';

const hasFfprobe = spawnSync('ffprobe', ['-version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'openline-wav-'));
afterAll(() => rmSync(folder, { recursive: true }));

function probe(file: string): {
  format: { duration: string; tags: Record<string, string> };
  streams: object[];
} {
  const run = spawnSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', file]);
  expect(run.stderr.toString()).toBe('');
  const report: unknown = JSON.parse(run.stdout.toString());
  return report as ReturnType<typeof probe>;
}

describe.skipIf(!hasFfprobe)('our WAV files in ffprobe', () => {
  test.each([1, 2] as const)('%i channels: format, duration and the bext fields are there', (channels) => {
    const header = buildWavHeader({
      channels,
      sampleRate: 48000,
      description: 'Program',
      originator: 'Openline',
      originatedAt: new Date(2026, 4, 6, 7, 8, 9),
    });
    patchWavSizes(header, 48000 * channels * 2);
    const file = join(folder, `${channels}.wav`);
    writeFileSync(file, Buffer.concat([header, Buffer.alloc(48000 * channels * 2, 1)]));
    const report = probe(file);
    expect(report.streams).toMatchObject([{ codec_name: 'pcm_s16le', sample_rate: '48000', channels }]);
    expect(Number(report.format.duration)).toBe(1);
    expect(report.format.tags).toMatchObject({
      comment: 'Program',
      encoded_by: 'Openline',
      date: '2026-05-06',
      creation_time: '07:08:09',
      time_reference: String((7 * 3600 + 8 * 60 + 9) * 48000),
    });
  });

  test('a file whose writer died opens with what the header last said, and half a sample more does no harm', () => {
    const header = buildWavHeader({
      channels: 1,
      sampleRate: 48000,
      description: '',
      originator: 'Openline',
      originatedAt: new Date(),
    });
    patchWavSizes(header, 96_000);
    const file = join(folder, 'cut.wav');
    writeFileSync(file, Buffer.concat([header, Buffer.alloc(96_000 + 4001)]));
    expect(Number(probe(file).format.duration)).toBeCloseTo(1, 1);
  });
});

describe.skipIf(!hasFfprobe)('files of others', () => {
  // ffmpeg -f lavfi -i sine=frequency=440:duration=1 -ac 2 -ar 44100 -c:a <codec> x.wav
  test.each([
    { codec: 'pcm_s16le', format: 'pcm', bitsPerSample: 16 },
    { codec: 'pcm_s24le', format: 'pcm', bitsPerSample: 24 },
    { codec: 'pcm_f32le', format: 'float', bitsPerSample: 32 },
  ])('$codec by ffmpeg is understood', ({ codec, format, bitsPerSample }) => {
    const file = join(folder, `${codec}.wav`);
    const sine = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=1'];
    expect(
      spawnSync('ffmpeg', ['-v', 'error', ...sine, '-ac', '2', '-ar', '44100', '-c:a', codec, file]).status,
    ).toBe(0);
    expect(parseWav(readFileSync(file))).toMatchObject({
      ok: true,
      format,
      bitsPerSample,
      channels: 2,
      sampleRate: 44_100,
      dataBytes: (44_100 * 2 * bitsPerSample) / 8,
    });
  });
});
