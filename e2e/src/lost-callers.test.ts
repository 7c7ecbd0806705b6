// Networks as they are: a caller who vanishes without a word, and one whose packets are lost and late.
import { type Phone, RtpEnd, tone } from '@openline/callers';
import { longestGapMs } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, type Json, recordsOf } from './harness/desk-console.ts';
import { freePort } from './harness/free-port.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { withLateness } from './harness/engine-clock.ts';
import { stationCall } from './harness/station-phone.ts';
import { type Product, stationSettings } from './harness/product.ts';
import { callerUntilDropped, runSipp } from './harness/sipp.ts';
import { untilHeard, usualDb } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { soundFor } from './harness/wait-for.ts';

describe('on a bad network', () => {
  let station: Station;
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;
  let desk: Phone;

  beforeAll(async () => {
    station = await startStation(tone(500), stationSettings({ audio: { rtp_timeout_ms: 3000 } }));
    ({ product, producer, listeners, desk } = station);
  });

  afterAll(async () => {
    await station?.close();
  });

  it.skipIf(!hasProgram('sipp'))(
    'a caller who vanishes is free within the RTP timeout, and the record says why',
    async () => {
      const caller = await RtpEnd.open({ source: tone(1300) });
      const sipp = runSipp({
        scenario: callerUntilDropped,
        target: `127.0.0.1:${product.sipPort}`,
        localPort: await freePort(),
        mediaPort: caller.port,
        from: '+2203007777',
      });
      await producer.until('ring', () => producer.channel('studio-1').mode === 'ring');
      await producer.emit('channelMode', { 'studio-1': 'master' });
      await caller.learnRemote('PCMA', 8);
      await producer.until('on air', () => producer.channel('studio-1').mode === 'master');
      const since = producer.frames.length;
      await sipp.stop();
      caller.close();
      const vanishedAt = performance.now();
      await producer.until('free', () => producer.channel('studio-1').mode === 'free');
      // The station's RTP timeout is 3 s here.
      const afterMs = performance.now() - vanishedAt;
      expect(afterMs).toBeGreaterThan(2500);
      expect(afterMs).toBeLessThan(10_000);
      const record = await producer.frame(
        'the record',
        (frame) => frame.event === 'calls:update' && JSON.stringify(frame.data).includes('rtp_timeout'),
        since,
      );
      expect(JSON.stringify(record.data)).toContain('+2203007777');
    },
  );

  it.skipIf(!hasProgram('sipp'))(
    'a caller who sends no sound at all is shown where they are put',
    async () => {
      const ear = await RtpEnd.open();
      const sipp = runSipp({
        scenario: callerUntilDropped,
        target: `127.0.0.1:${product.sipPort}`,
        localPort: await freePort(),
        mediaPort: ear.port,
        from: '+2203006666',
      });
      await producer.until('ring', () => producer.channel('studio-1').mode === 'ring');
      const since = producer.frames.length;
      await producer.emit('channelMode', { 'studio-1': 'on_hold' });
      // Before the RTP timeout, which is their end.
      const isOf = (mode: string) => (frame: { event: string; data: Json }) =>
        frame.event === 'channelUpdate' && frame.data['studio-1']?.mode === mode;
      const shown = await producer.frame(
        'on hold or free',
        (frame) => isOf('on_hold')(frame) || isOf('free')(frame),
        since,
      );
      expect(isOf('on_hold')(shown)).toBe(true);
      await producer.emit('channelMode', { 'studio-1': 'free' });
      const verdict = await sipp.exit;
      expect(verdict.code, verdict.log).toBe(0);
      ear.close();
    },
  );

  it('5 % loss with 40 ms jitter is concealed, the buffer adapts, the record has the figures', async () => {
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203008888',
      source: tone(1300),
    });
    await producer.until('ring', () => producer.channel('studio-1').mode === 'ring');
    await producer.emit('channelMode', { 'studio-1': 'master' });
    await producer.until('on air', () => producer.channel('studio-1').mode === 'master');
    const studio = (await stationCall(desk)).rtp;
    await untilHeard('the studio hears the caller', studio.hearing, 1300);
    call.rtp.impair({ lossPercent: 5, jitterMs: 40, seed: 7 });
    // Time for the buffer to learn.
    await soundFor(3000);
    const { measured: heard, lateMs } = await withLateness(product, async () => {
      const from = performance.now();
      await soundFor(6000);
      return studio.hearing.between(from);
    });
    // Concealed: the tone goes on, with no hole longer than a few lost packets in a row.
    expect(usualDb(heard.samples, heard.sampleRate, 1300)).toBeGreaterThan(-24);
    expect(longestGapMs(heard.samples, heard.sampleRate, -45)).toBeLessThan(60 + lateMs);
    const since = producer.frames.length;
    call.hangUp();
    await producer.until('free', () => producer.channel('studio-1').mode === 'free');
    const record = await producer.frame(
      'the record with its figures',
      (frame) =>
        frame.event === 'calls:update' &&
        recordsOf(frame.data).some((each) => each?.number === '+2203008888' && each?.quality != null),
      since,
    );
    const quality = recordsOf(record.data).find((each) => each?.number === '+2203008888')
      ?.quality as unknown as Record<string, number>;
    expect(quality.loss_percent).toBeGreaterThan(2);
    expect(quality.loss_percent).toBeLessThan(10);
    expect(quality.concealed_frames).toBeGreaterThan(5);
    expect(quality.jitter_ms).toBeGreaterThan(5);
    expect(quality.buffer_max_ms).toBeGreaterThan(50);
  });
});
