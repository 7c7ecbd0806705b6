// Recordings hold what was said: of a channel with caller and studio side apart, of the program; they open also after the
// engine was killed in the middle.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PhoneCall, readTracks, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, recordsOf } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import type { Product } from './harness/product.ts';
import { leastDb, untilHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const hostHz = 500;
const callerHz = 1300;

describe('recording', () => {
  let station: Station;
  let product: Product;
  let producer: DeskConsole;

  beforeAll(async () => {
    station = await startStation(tone(hostHz));
    ({ product, producer } = station);
  });

  afterAll(async () => {
    await station?.close();
  });

  const callToAir = async (from: string): Promise<PhoneCall> => {
    const call = await station.callToAir('studio-1', { from, source: tone(callerHz) });
    await untilHeard('the caller hears the studio', call.rtp.hearing, hostHz);
    return call;
  };

  const wavFiles = () =>
    readdirSync(join(product.dataFolder, 'audio')).filter((name) => name.endsWith('.wav'));

  it('a channel and the program are recorded, and found in the history of calls', async () => {
    const call = await callToAir('+2203000007');
    const since = producer.frames.length;
    expect(await producer.emit('channelRecording', { 'studio-1': true })).toMatchObject({ ok: true });
    expect(await producer.emit('masterRecording', true)).toMatchObject({ ok: true });
    await producer.until(
      'both recording',
      () => producer.channel('studio-1').recording && producer.state().mixer?.master?.recording,
    );
    await soundFor(2500);
    await producer.emit('masterRecording', false);
    await producer.emit('channelMode', { 'studio-1': 'free' });
    await call.whenEnded();

    const recorded = await producer.frame(
      'the call with its recording',
      (frame) =>
        frame.event === 'calls:update' &&
        recordsOf(frame.data).some(
          (each) =>
            (each?.recordings?.length ?? 0) > 0 &&
            each?.recordings?.[0]?.duration_ms > 1000 &&
            each?.type === 'call',
        ),
      since,
    );
    const program = await producer.frame(
      'the program recording',
      (frame) =>
        frame.event === 'calls:update' &&
        recordsOf(frame.data).some(
          (each) => each?.type === 'program' && each?.recordings?.[0]?.duration_ms > 1000,
        ),
      since,
    );
    const urlOf = (data: typeof recorded.data, type: string) =>
      recordsOf(data).find((each) => each?.type === type)?.recordings?.[0]?.audio_url as string;
    const token = await product.token('Vera', 'vera-password-1');
    const load = async (url: string) => {
      const answer = await fetch(new URL(url, product.url), {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      return new Uint8Array(await answer.arrayBuffer());
    };

    const both = readTracks(await load(urlOf(recorded.data, 'call')));
    expect([both.sampleRate, both.tracks.length]).toEqual([48000, 2]);
    const [caller, studio] = both.tracks as [Float32Array, Float32Array];
    expect(toneLevelDb(middle(caller), 48000, callerHz)).toBeGreaterThan(-25);
    expect(leastDb(middle(caller), 48000, hostHz)).toBeLessThan(-60);
    expect(toneLevelDb(middle(studio), 48000, hostHz)).toBeGreaterThan(-25);
    expect(leastDb(middle(studio), 48000, callerHz)).toBeLessThan(-60);

    const air = readTracks(await load(urlOf(program.data, 'program')));
    const mix = middle(air.tracks[0] as Float32Array);
    expect(toneLevelDb(mix, 48000, callerHz)).toBeGreaterThan(-25);
    expect(toneLevelDb(mix, 48000, hostHz)).toBeGreaterThan(-25);
    // Without a sign-in there is nothing to hear.
    expect((await fetch(new URL(urlOf(program.data, 'program'), product.url))).status).toBe(401);
  });

  it.skipIf(!hasProgram('ffprobe'))(
    'after kill -9 of the engine every file opens, but for the last second',
    async () => {
      await callToAir('+2203000008');
      const before = new Set(wavFiles());
      await producer.emit('channelRecording', { 'studio-1': true });
      await producer.emit('masterRecording', true);
      const files = await waitFor('two new files', () => {
        const fresh = wavFiles().filter((name) => !before.has(name));
        return fresh.length === 2 && fresh;
      });
      await soundFor(4000);
      const killed = product.kill('engine');
      expect(killed).toBeGreaterThan(0);
      await waitFor(
        'a new engine',
        async () => product.pid('engine') > 0 && product.pid('engine') !== killed,
      );
      await producer.until('the lines to be back', () => producer.channel('studio-1').mode === 'free');
      for (const name of files) {
        const path = join(product.dataFolder, 'audio', name);
        const probe = spawnSync(
          'ffprobe',
          [
            '-v',
            'error',
            '-show_entries',
            'format=duration:stream=sample_rate,channels',
            '-of',
            'json',
            path,
          ],
          { encoding: 'utf8' },
        );
        expect(probe.status, probe.stderr).toBe(0);
        const found = JSON.parse(probe.stdout) as {
          format: { duration: string };
          streams: { sample_rate: string }[];
        };
        expect(Number(found.format.duration)).toBeGreaterThan(2.5);
        expect(found.streams[0]?.sample_rate).toBe('48000');
        const wav = readTracks(readFileSync(path));
        expect(toneLevelDb(middle(wav.tracks[0] ?? new Float32Array(0)), 48000, callerHz)).toBeGreaterThan(
          -25,
        );
      }
    },
  );
});

/** Without the first and last 300 ms. */
function middle(samples: Float32Array): Float32Array {
  return samples.subarray(14_400, Math.max(14_400, samples.length - 14_400));
}
