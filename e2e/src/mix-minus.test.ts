// Six callers on air and the studio desk, each with its own tone: everybody hears everybody but themselves, and nobody hears a
// click when mutes, faders and modes change.
import { type Phone, type PhoneCall, tone } from '@openline/callers';
import { largestClickDb, toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeskConsole } from './harness/desk-console.ts';
import { stationCall } from './harness/station-phone.ts';
import { whileTheClockKept } from './harness/engine-clock.ts';
import type { Product } from './harness/product.ts';
import { untilHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { soundFor } from './harness/wait-for.ts';

// Off any common grid, so that the codec's distortion products do not fall on a tone.
const hostHz = 431.7;
const callersHz = [613.3, 871.9, 1129.1, 1487.3, 1913.7, 2531.9];
/** Seven of them together stay 20 dB below full scale: the noise of G.711 under them is then no click. */
const levelDb = -32;

describe('six callers and the host on air', () => {
  let station: Station;
  let product: Product;
  let producer: DeskConsole;
  let desk: Phone;
  let host: PhoneCall;
  const calls: PhoneCall[] = [];

  beforeAll(async () => {
    station = await startStation(tone(hostHz, levelDb));
    ({ product, producer, desk } = station);
    host = await stationCall(desk);
    for (const [i, hz] of callersHz.entries()) {
      const channel = `studio-${i + 1}`;
      calls.push(
        await station.callToAir(channel, {
          from: `+22030000${i}0`,
          source: tone(hz, levelDb),
          codec: i % 2 === 0 ? 'PCMA' : 'PCMU',
        }),
      );
    }
    for (const call of calls) await untilHeard('the host is heard by everyone', call.rtp.hearing, hostHz);
    await untilHeard('the last caller is heard by the host', host.rtp.hearing, callersHz.at(-1) ?? 0);
  });

  afterAll(async () => {
    await station?.close();
  });

  it('every far end hears every tone but its own, its own at least 60 dB below the others', async () => {
    const ears = await whileTheClockKept(product, heardByAll);
    expect(ears.length).toBe(7);
    for (const { own, others, ownDb } of ears) {
      for (const level of others)
        expect(level, `others in the ear of ${own} Hz`).toBeGreaterThan(levelDb - 1.5);
      for (const level of others) expect(level, `others in the ear of ${own} Hz`).toBeLessThan(levelDb + 1.5);
      expect(Math.min(...others) - ownDb, `own tone of ${own} Hz`).toBeGreaterThan(60);
    }
  });

  it('no click above −50 dBFS at mute, fader and mode changes', async () => {
    const clicks = await whileTheClockKept(product, clicksOfAllChanges);
    expect(clicks.length).toBe(7);
    for (const [ear, clickDb] of clicks.entries()) expect(clickDb, `in ear ${ear}`).toBeLessThan(-50);
  });

  /** Levels in every ear over four seconds, dBFS. */
  async function heardByAll(): Promise<{ own: number; ownDb: number; others: number[] }[]> {
    await soundFor(4500);
    const tones = [hostHz, ...callersHz];
    return [host, ...calls].map((call, i) => {
      const { samples, sampleRate } = call.rtp.hearing.last(4000);
      const own = tones[i] ?? 0;
      const others = tones.filter((hz) => hz !== own).map((hz) => toneLevelDb(samples, sampleRate, hz));
      return { own, ownDb: toneLevelDb(samples, sampleRate, own), others };
    });
  }

  /** One figure an ear, dBFS. */
  async function clicksOfAllChanges(): Promise<number[]> {
    const from = performance.now();
    for (const change of [
      () => producer.emit('channelMuted', { 'studio-1': true }),
      () => producer.emit('channelVolume', { 'studio-2': 60 }),
      () => producer.emit('channelMuted', { 'studio-1': false }),
      () => producer.emit('channelVolume', { 'studio-2': 90 }),
      () => producer.emit('channelMode', { 'studio-3': 'on_hold' }),
      () => producer.emit('hostMuted', true),
      () => producer.emit('masterVolume', 60),
      () => producer.emit('hostMuted', false),
      () => producer.emit('channelMode', { 'studio-3': 'master' }),
      () => producer.emit('masterVolume', 75),
      () => producer.emit('masterMuted', true),
      () => producer.emit('masterMuted', false),
      () => producer.emit('channelVolume', { 'studio-2': 75 }),
    ]) {
      expect(await change()).toMatchObject({ ok: true });
      await soundFor(200);
    }
    const to = performance.now();
    const all = [hostHz, ...callersHz];
    return [host, ...calls].map((call) => {
      const { samples, sampleRate } = call.rtp.hearing.between(from, to);
      expect(samples.length / sampleRate).toBeGreaterThan(2);
      return largestClickDb(samples, sampleRate, all);
    });
  }
});
