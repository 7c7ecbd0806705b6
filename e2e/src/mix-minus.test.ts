// Six callers on air and the studio desk, each with its own tone: everybody hears everybody but themselves, and nobody hears a
// click when mutes, faders and modes change.
import { type Phone, type PhoneCall, tone } from '@openline/callers';
import { largestClickDb, toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeskConsole } from './harness/desk-console.ts';
import { stationCall } from './harness/station-phone.ts';
import { whileTheClockKept } from './harness/engine-clock.ts';
import { type Product, stationSettings } from './harness/product.ts';
import { untilHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { PATIENCE_MS, soundFor } from './harness/wait-for.ts';

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
    // As they come: the leveller would lift them, and with them the noise of the codec.
    const settings = stationSettings({ audio: { rtp_timeout_ms: 20_000, leveller: false } });
    station = await startStation(tone(hostHz, levelDb), settings);
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
    const deadline = performance.now() + PATIENCE_MS;
    let complaints = await complaintsOfAll();
    // A fault in the mix is in every look; what a busy machine made late is not.
    while (complaints.length > 0 && performance.now() < deadline) complaints = await complaintsOfAll();
    expect(complaints).toEqual([]);
  });

  it.each<[string, Change, Change]>([
    [
      'mute',
      () => producer.emit('channelMuted', { 'studio-1': true }),
      () => producer.emit('channelMuted', { 'studio-1': false }),
    ],
    [
      'fader',
      () => producer.emit('channelVolume', { 'studio-2': 60 }),
      () => producer.emit('channelVolume', { 'studio-2': 90 }),
    ],
    [
      'mode',
      () => producer.emit('channelMode', { 'studio-3': 'on_hold' }),
      () => producer.emit('channelMode', { 'studio-3': 'master' }),
    ],
    ['mute of the host', () => producer.emit('hostMuted', true), () => producer.emit('hostMuted', false)],
    ['fader of the master', () => producer.emit('masterVolume', 60), () => producer.emit('masterVolume', 75)],
    [
      'mute of the master',
      () => producer.emit('masterMuted', true),
      () => producer.emit('masterMuted', false),
    ],
  ])('no click above −50 dBFS at a change of the %s', async (_what, change, back) => {
    const clicks = await whileTheClockKept(product, () => clicksOf(change, back));
    expect(clicks.length).toBe(7);
    for (const [ear, clickDb] of clicks.entries()) expect(clickDb, `in ear ${ear}`).toBeLessThan(-50);
  });

  type Change = () => Promise<unknown>;

  /** What is wrong in the next two seconds of every ear. */
  async function complaintsOfAll(): Promise<string[]> {
    const from = performance.now();
    await soundFor(2000);
    const tones = [hostHz, ...callersHz];
    return [host, ...calls].flatMap((call, i) => {
      const { samples, sampleRate } = call.rtp.hearing.between(from);
      const own = tones[i] ?? 0;
      const others = tones.filter((hz) => hz !== own).map((hz) => toneLevelDb(samples, sampleRate, hz));
      const ownDb = toneLevelDb(samples, sampleRate, own);
      const areRight = others.every((level) => Math.abs(level - levelDb) < 1.5);
      return areRight && Math.min(...others) - ownDb > 60
        ? []
        : [`${own} Hz hears itself at ${ownDb} and the others at ${others.join()} dBFS`];
    });
  }

  /** The loudest at a change and when it is taken back; one figure an ear, dBFS. */
  async function clicksOf(change: Change, back: Change): Promise<number[]> {
    const from = performance.now();
    await soundFor(100);
    for (const make of [change, back]) {
      expect(await make()).toMatchObject({ ok: true });
      await soundFor(200);
    }
    const to = performance.now();
    const all = [hostHz, ...callersHz];
    return [host, ...calls].map((call) => {
      const { samples, sampleRate } = call.rtp.hearing.between(from, to);
      expect(samples.length / sampleRate).toBeGreaterThan(0.4);
      return largestClickDb(samples, sampleRate, all);
    });
  }
});
