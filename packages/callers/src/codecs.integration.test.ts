/** Codecs between a real engine and real telephones: baresip with Opus, and a telephone that changes its codec while it talks. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { longestGapMs, toneLevelDb } from '@openline/engine';
import type { Place } from '@openline/engine';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { PhoneCall } from './phone-call.ts';
import { silence, tone } from './sources.ts';
import { EngineProcess, eventually } from './testing/engine-process.ts';

const AIR: Place = { kind: 'air' };
const MODULES = '/usr/lib/baresip/modules';
const hasBaresipWithOpus =
  spawnSync('baresip', ['-h']).error === undefined && existsSync(join(MODULES, 'opus.so'));

let engine: EngineProcess;
let phone: Phone;

beforeEach(async () => {
  engine = await EngineProcess.start();
  phone = await createPhone({ host: engine.host });
});

afterEach(async () => {
  await phone.close();
  await engine.stop();
});

async function onAir(from: string, codec: string, source = silence): Promise<PhoneCall> {
  const call = await phone.call(engine.uri, { from, codec, source });
  await answer(from);
  await call.whenAnswered();
  return call;
}

async function answer(user: string): Promise<void> {
  const { leg } = await engine.until('leg.offered', ({ remote }) => remote.user === user);
  await engine.request('leg.answer', { leg, place: AIR });
  await engine.until('leg.media', (event) => event.leg === leg);
}

async function untilHeard({ rtp }: PhoneCall, hz: number, levelDb: number): Promise<boolean> {
  return eventually(`${hz} Hz at ${levelDb} dB`, () => {
    const { samples, sampleRate } = rtp.hearing.last(300);
    return samples.length > 0 && Math.abs(toneLevelDb(samples, sampleRate, hz) - levelDb) < 2;
  });
}

it('a telephone goes from narrowband to Opus and back while it talks, without a gap', async () => {
  const listener = await onAir('+2203101', 'L16');
  const speaker = await onAir('+2203102', 'PCMA', tone(1000, -20));
  await untilHeard(listener, 1000, -20);
  // On a busy machine one change may meet packets that are late; a fault would be in each of them.
  for (const codec of ['OPUS', 'PCMA']) {
    const gapsMs: number[] = [];
    // Math.min of none is infinite.
    while (Math.min(...gapsMs) > 20) {
      expect(gapsMs.length, `gaps of ${gapsMs.join(', ')} ms`).toBeLessThan(6);
      if (gapsMs.length > 0) await speaker.changeCodec(codec === 'OPUS' ? 'PCMA' : 'OPUS');
      const fromMs = performance.now();
      expect(await speaker.changeCodec(codec)).toBe(true);
      expect(speaker.stream?.codec).toBe(codec);
      await eventually('a second of sound', () => listener.rtp.hearing.arrivals(fromMs).length > 50);
      const { samples, sampleRate } = listener.rtp.hearing.between(fromMs);
      gapsMs.push(longestGapMs(samples, sampleRate, -40));
    }
    await untilHeard(listener, 1000, -20);
  }
});

it.skipIf(!hasBaresipWithOpus)('baresip calls in with Opus, and is heard in wideband', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openline-baresip-'));
  let baresip: ChildProcess | null = null;
  try {
    await writeFile(join(folder, 'tone.wav'), toneWav(6000));
    await writeFile(join(folder, 'accounts'), '<sip:2203103@127.0.0.1>;regint=0;audio_codecs=opus/48000/2\n');
    await writeFile(join(folder, 'contacts'), '');
    await writeFile(
      join(folder, 'config'),
      [
        'sip_listen 127.0.0.1:0',
        `module_path ${MODULES}`,
        ...['opus', 'g711', 'account', 'uuid', 'menu', 'aufile'].map((each) => `module ${each}.so`),
        'opus_stereo no',
        'opus_sprop_stereo no',
        'opus_inbandfec yes',
        'audio_srate 48000',
        'audio_channels 1',
        `audio_source aufile,${join(folder, 'tone.wav')}`,
        '',
      ].join('\n'),
    );
    const listener = await onAir('+2203104', 'L16');
    baresip = spawn('baresip', ['-f', folder, '-e', `/dial ${engine.uri}`], { stdio: 'ignore' });
    await answer('2203103');
    expect(await untilHeard(listener, 6000, -12)).toBe(true);
  } finally {
    if (baresip !== null && baresip.exitCode === null) {
      const gone = once(baresip, 'exit');
      baresip.kill('SIGKILL');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  }
});

/** A minute at 48 kHz, −12 dBFS: a telephone of 8 kHz could not say 6 kHz. */
function toneWav(hz: number): Buffer {
  const samples = 60 * 48_000;
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(48_000, 24);
  bytes.writeUInt32LE(96_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) {
    bytes.writeInt16LE(Math.round(8231 * Math.sin((2 * Math.PI * hz * i) / 48_000)), 44 + 2 * i);
  }
  return bytes;
}
