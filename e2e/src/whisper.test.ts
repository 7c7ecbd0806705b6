// A user on air whispers to one caller: that caller alone hears it; not the air, not the program, nobody else. It ends by
// itself when either leaves the air, and outlives the server.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPhone, type Phone, type PhoneCall, readTracks, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct } from './harness/product.ts';
import { heardDb, leastDb, untilHeard, untilNotHeard } from './harness/sound.ts';
import { stationCall, stationPhone } from './harness/station-phone.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const hostHz = 500;
const annaHz = 900;
const firstHz = 1300;
const secondHz = 1700;

describe('whisper', () => {
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;
  let desk: Phone;
  let annasPhone: Phone;
  let anna: PhoneCall;
  let host: PhoneCall;
  let first: PhoneCall;
  let second: PhoneCall;

  beforeAll(async () => {
    product = await startProduct();
    producer = await openConsole(product, 'Anna');
    listeners = await createPhone();
    desk = await stationPhone(product, 'desk', tone(hostHz));
    annasPhone = await stationPhone(product, 'anna', tone(annaHz));
    await producer.until('Anna to be reachable', () => producer.channel('anna').mode === 'free');
    await producer.emit('channelMode', { anna: 'master' });
    await producer.until('Anna on air', () => producer.channel('anna').mode === 'master');
    first = await onAir('studio-1', firstHz);
    second = await onAir('studio-2', secondHz);
    anna = await stationCall(annasPhone);
    host = await stationCall(desk);
    for (const each of [first, second, host]) await untilHeard('Anna on air', each.rtp.hearing, annaHz);
  });

  afterAll(async () => {
    producer?.close();
    for (const phone of [listeners, desk, annasPhone]) await phone?.close();
    await product?.stop();
  });

  async function onAir(channel: string, hz: number): Promise<PhoneCall> {
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: `+22030${hz}`,
      source: tone(hz),
    });
    await producer.until(`${channel} to ring`, () => producer.channel(channel).mode === 'ring');
    await producer.emit('channelMode', { [channel]: 'master' });
    await producer.until(`${channel} on air`, () => producer.channel(channel).mode === 'master');
    return call;
  }

  const whispered = (to: string | null) =>
    producer.until('the whisper to be shown', () => producer.state().users.anna.whisper === to);

  it('is heard by the one caller alone', async () => {
    await producer.emit('masterRecording', true);
    expect(await producer.emit('userWhisper', { anna: 'studio-1' })).toEqual({ ok: true });
    await whispered('studio-1');
    await untilNotHeard('Anna off the air', second.rtp.hearing, annaHz);
    await untilNotHeard('Anna off the air', host.rtp.hearing, annaHz);
    await soundFor(1_500);
    expect(heardDb(first.rtp.hearing, annaHz)).toBeGreaterThan(-30);
    for (const each of [second, host, anna]) await untilNotHeard('Anna', each.rtp.hearing, annaHz);
    // Everything else stays.
    for (const hz of [hostHz, firstHz]) expect(heardDb(second.rtp.hearing, hz)).toBeGreaterThan(-30);
    for (const hz of [hostHz, firstHz, secondHz]) expect(heardDb(anna.rtp.hearing, hz)).toBeGreaterThan(-30);

    const since = producer.frames.length;
    await producer.emit('masterRecording', false);
    await producer.frame('the program', ({ event }) => event === 'calls:update', since);
    const [file = ''] = readdirSync(join(product.dataFolder, 'audio'));
    const { tracks } = readTracks(new Uint8Array(readFileSync(join(product.dataFolder, 'audio', file))));
    const lastSecond = (tracks[0] ?? new Float32Array(0)).slice(-48_000);
    expect(leastDb(lastSecond, 48_000, annaHz)).toBeLessThan(-60);
    expect(toneLevelDb(lastSecond, 48_000, hostHz)).toBeGreaterThan(-30);
  });

  it('outlives the server, and can be ended by the next one', async () => {
    producer.close();
    product.kill('server');
    await waitFor('the server to be back', async () => (await product.health())?.status === 'ok');
    producer = await openConsole(product, 'Anna');
    await whispered('studio-1');
    await untilHeard('Anna, by the one caller', first.rtp.hearing, annaHz);
    await untilNotHeard('Anna off the air', second.rtp.hearing, annaHz);
    expect(await producer.emit('userWhisper', { anna: null })).toEqual({ ok: true });
    await whispered(null);
    await untilHeard('Anna on air again', second.rtp.hearing, annaHz);
  });

  it('ends by itself when the caller is put on hold', async () => {
    await producer.emit('userWhisper', { anna: 'studio-1' });
    await whispered('studio-1');
    await untilNotHeard('Anna off the air', second.rtp.hearing, annaHz);
    await producer.emit('channelMode', { 'studio-1': 'on_hold' });
    await whispered(null);
    await untilHeard('Anna on air again', second.rtp.hearing, annaHz);
    expect(await producer.emit('userWhisper', { anna: 'studio-1' })).toMatchObject({
      ok: false,
      error: { code: 'whisper_off_air', key: 'anna' },
    });
  });

  it('ends by itself when the user leaves the air', async () => {
    await producer.emit('userWhisper', { anna: 'studio-2' });
    await whispered('studio-2');
    expect(await producer.emit('channelMode', { anna: 'free' })).toEqual({ ok: true });
    await whispered(null);
    await untilNotHeard('Anna', second.rtp.hearing, annaHz);
    await untilHeard('the studio, still', second.rtp.hearing, hostHz);
  });
});
