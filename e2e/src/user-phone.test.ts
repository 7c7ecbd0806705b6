// A user's real phone: baresip registers with digest, is rung by the desk, is private with a caller, and both go to air in
// one step.
import { readFileSync } from 'node:fs';
import { type Phone, readTracks, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Baresip, startBaresip } from './harness/baresip.ts';
import type { DeskConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import type { Product } from './harness/product.ts';
import { leastDb, untilHeard, untilNotHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { soundFor } from './harness/wait-for.ts';

const hostHz = 500;
const annaHz = 900;
const callerHz = 1300;
const otherHz = 1700;

describe.skipIf(!hasProgram('baresip'))('a user with baresip', () => {
  let station: Station;
  let product: Product;
  let producer: DeskConsole;
  let baresip: Baresip;
  let listeners: Phone;

  beforeAll(async () => {
    station = await startStation(tone(hostHz));
    ({ product, producer, listeners } = station);
    baresip = await startBaresip({
      username: 'anna',
      password: 'anna-sip-secret',
      sipPort: product.sipPort,
      toneHz: annaHz,
    });
  });

  afterAll(async () => {
    await baresip?.stop();
    await station?.close();
  });

  it('registers with digest, is private with a caller, then both go to air in one step', async () => {
    await producer.until('Anna to be reachable', () => producer.channel('anna').mode === 'free');
    await producer.until('the studio desk', () => producer.state().mixer?.host?.connected === true);

    const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
    const other = await listeners.call(uri, { from: '+2203000001', source: tone(otherHz) });
    await producer.until('the first call to ring', () => producer.channel('studio-1').mode === 'ring');
    await producer.emit('channelMode', { 'studio-1': 'master' });
    const caller = await listeners.call(uri, { from: '+2203000002', source: tone(callerHz) });
    await producer.until('the second call to ring', () => producer.channel('studio-2').mode === 'ring');

    await producer.emit('channelMode', { 'studio-2': 'anna' });
    await baresip.event('CALL_ESTABLISHED');
    await producer.until(
      'private',
      () => producer.channel('studio-2').mode === 'anna' && producer.channel('anna').mode === 'studio-2',
    );
    await untilHeard('the caller hears Anna', caller.rtp.hearing, annaHz);
    await untilNotHeard('nobody else is heard in private', caller.rtp.hearing, otherHz);
    await untilNotHeard('the air does not hear the private talk', other.rtp.hearing, annaHz);

    const since = producer.frames.length;
    expect(await producer.emit('channelMode', { anna: 'master' })).toMatchObject({ ok: true });
    await producer.until(
      'both on air',
      () => producer.channel('studio-2').mode === 'master' && producer.channel('anna').mode === 'master',
    );
    const seen = producer.frames
      .slice(since)
      .filter(
        (frame) => frame.event === 'channelUpdate' && (frame.data.anna?.mode || frame.data['studio-2']?.mode),
      );
    expect(seen.map((frame) => [frame.data.anna?.mode, frame.data['studio-2']?.mode])).toEqual([
      ['master', 'master'],
    ]);
    await untilHeard('the other caller hears Anna on air', other.rtp.hearing, annaHz);
    await untilHeard('the other caller hears the caller on air', other.rtp.hearing, callerHz);
    await untilHeard('the caller hears the studio', caller.rtp.hearing, hostHz);
    await untilNotHeard('the caller does not hear themselves', caller.rtp.hearing, callerHz);

    // What baresip itself heard: the air, and not itself.
    await soundFor(1500);
    await producer.emit('channelMode', { anna: 'free' });
    await producer.until('off air', () => producer.channel('anna').mode === 'free');
    await baresip.stop();
    const { tracks, sampleRate } = readTracks(readFileSync(baresip.heardFile));
    const samples = tracks[0] ?? new Float32Array(0);
    const onAir = samples.subarray(
      Math.max(0, samples.length - sampleRate * 2),
      samples.length - Math.floor(sampleRate / 2),
    );
    expect(toneLevelDb(onAir, sampleRate, otherHz)).toBeGreaterThan(-40);
    expect(toneLevelDb(onAir, sampleRate, callerHz)).toBeGreaterThan(-40);
    expect(leastDb(onAir, sampleRate, annaHz)).toBeLessThan(-60);
    other.hangUp();
    caller.hangUp();
  });
});
