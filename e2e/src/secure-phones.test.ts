// Telephones that nobody can listen to: baresip over TLS with SRTP, rung and calling, and a softphone in Chromium that
// registers over WebSocket, calls in and is rung.
import { createPhone, type Phone, readTracks, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Baresip, startBaresip } from './harness/baresip.ts';
import type { DeskConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, stationSettings } from './harness/product.ts';
import { type Softphone, startSoftphone } from './harness/softphone.ts';
import { untilHeard, untilHeardSince, untilNotHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { soundFor } from './harness/wait-for.ts';

const hostHz = 500;
const baresipHz = 900;
const callerHz = 1300;
const softphoneHz = 2100;

describe('telephones that nobody listens to', () => {
  let station: Station;
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;

  beforeAll(async () => {
    station = await startStation(
      tone(hostHz),
      stationSettings({
        lines: [
          {
            id: 'studio',
            number: '+2207000001',
            capacity: 8,
            trust: ['127.0.0.1/32'],
            accounts: [{ username: 'home-office', password: 'softphone-secret' }],
          },
          {
            id: 'safe',
            capacity: 2,
            accounts: [{ username: 'reporter', password: 'reporter-secret', srtp: 'required' }],
          },
        ],
        phones: [
          { user: 'anna', username: 'anna', password: 'anna-sip-secret', srtp: 'required' },
          { user: 'ben', username: 'ben', password: 'ben-sip-secret' },
        ],
      }),
    );
    ({ product, producer, listeners } = station);
  });

  afterAll(async () => {
    await station?.close();
  });

  it.skipIf(!hasProgram('baresip'))(
    'baresip calls in over TLS with SRTP, hears the air and is heard; without SRTP it is refused',
    async () => {
      const reporter = { username: 'reporter', password: 'reporter-secret', toneHz: baresipHz } as const;
      const over = { transport: 'tls', sipPort: product.sipTlsPort } as const;
      const target = `sip:studio@127.0.0.1:${product.sipTlsPort};transport=tls`;
      const plain = await startBaresip({ ...reporter, ...over });
      plain.command('dial', target);
      await plain.event('CALL_CLOSED');
      expect(plain.events.some(({ param }) => param?.includes('488') === true)).toBe(true);
      await plain.stop();

      const baresip = await startBaresip({ ...reporter, ...over, srtp: 'required' });
      try {
        baresip.command('dial', target);
        await producer.until('the call to ring', () => producer.channel('safe-1').mode === 'ring');
        const other = await station.callToAir('studio-1', { from: '+2203000001', source: tone(callerHz) });
        await producer.emit('channelMode', { 'safe-1': 'master' });
        await baresip.event('CALL_ESTABLISHED');
        await other.whenAnswered();
        await untilHeard('the air hears the reporter', other.rtp.hearing, baresipHz);
        await soundFor(1500);
        await producer.emit('channelMode', { 'safe-1': 'free' });
        await baresip.event('CALL_CLOSED');
        other.hangUp();
      } finally {
        await baresip.stop();
      }
      expectHeard(baresip, callerHz);
    },
  );

  it.skipIf(!hasProgram('baresip'))('a user is rung over TLS, and talks in private with SRTP', async () => {
    const baresip = await startBaresip({
      username: 'anna',
      password: 'anna-sip-secret',
      sipPort: product.sipTlsPort,
      toneHz: baresipHz,
      transport: 'tls',
      srtp: 'required',
    });
    try {
      await producer.until('Anna to be reachable', () => producer.channel('anna').mode === 'free');
      const caller = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
        from: '+2203000002',
        source: tone(callerHz),
      });
      await producer.until('the call to ring', () => producer.channel('studio-1').mode === 'ring');
      await producer.emit('channelMode', { 'studio-1': 'anna' });
      await baresip.event('CALL_ESTABLISHED');
      await producer.until('private', () => producer.channel('studio-1').mode === 'anna');
      await caller.whenAnswered();
      await untilHeard('the caller hears Anna', caller.rtp.hearing, baresipHz);
      await soundFor(1500);
      await producer.emit('channelMode', { 'studio-1': 'free', anna: 'free' });
      await producer.until('all are gone', () => producer.channel('studio-1').mode === 'free');
    } finally {
      await baresip.stop();
    }
    expectHeard(baresip, callerHz);
  });

  describe.skipIf(!hasProgram('chromium'))('a softphone in Chromium', () => {
    let softphone: Softphone;

    beforeAll(async () => {
      softphone = await startSoftphone();
    });

    afterAll(async () => {
      await softphone?.close();
    });

    const account = (username: string, password: string) => ({
      url: `ws://127.0.0.1:${product.sipWsPort}`,
      username,
      password,
      toneHz: softphoneHz,
    });

    it('registers over WebSocket, calls in, hears the air and is heard', async () => {
      await softphone.register(account('home-office', 'softphone-secret'));
      await softphone.call('sip:studio@127.0.0.1');
      await producer.until('the call to ring', () => producer.channel('studio-1').mode === 'ring');
      await producer.emit('channelMode', { 'studio-1': 'master' });
      const other = await station.callToAir('studio-2', { from: '+2203000003', source: tone(callerHz) });
      await other.whenAnswered();
      await untilHeard('the other caller hears the softphone', other.rtp.hearing, softphoneHz);
      expect(await softphone.untilHears(callerHz)).toBeGreaterThan(-60);
      await softphone.hangUp();
      await producer.until('the softphone to be gone', () => producer.channel('studio-1').mode === 'free');
      other.hangUp();
      await producer.until('all to be gone', () => producer.channel('studio-2').mode === 'free');
    });

    it('is rung beside a desk phone of the same user, talks, holds and goes on by another path', async () => {
      const deskPhone = await createPhone();
      try {
        const deskPhoneRung = deskPhone.nextCall();
        const server = `sip:127.0.0.1:${product.sipPort}`;
        await deskPhone.register({ server, username: 'ben', password: 'ben-sip-secret' });
        await softphone.register(account('ben', 'ben-sip-secret'));
        const caller = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
          from: '+2203000004',
          source: tone(callerHz),
        });
        await producer.until('the call to ring', () => producer.channel('studio-1').mode === 'ring');
        await producer.emit('channelMode', { 'studio-1': 'ben' });
        await softphone.untilRung();
        const deskCall = await deskPhoneRung;
        await softphone.answer();
        await deskCall.whenEnded();
        await producer.until('private', () => producer.channel('studio-1').mode === 'ben');
        await untilHeard('the caller hears the softphone', caller.rtp.hearing, softphoneHz);
        expect(await softphone.untilHears(callerHz)).toBeGreaterThan(-60);

        await softphone.hold();
        await untilNotHeard('the softphone is on hold', caller.rtp.hearing, softphoneHz);
        await softphone.resume();
        await untilHeard('the softphone is back', caller.rtp.hearing, softphoneHz);
        await softphone.restartIce();
        const restartedMs = performance.now();
        await untilHeardSince('the softphone by its new path', caller.rtp.hearing, softphoneHz, restartedMs);
        await softphone.hangUp();
        await producer.until('Ben to be free', () => producer.channel('ben').mode === 'free');
        caller.hangUp();
        await producer.until('all to be gone', () => producer.channel('studio-1').mode === 'free');
      } finally {
        await deskPhone.close();
      }
    });
  });
});

/** In what it has written down of its call, at the end, when all was set up. */
function expectHeard(baresip: Baresip, hz: number): void {
  const { tracks, sampleRate } = readTracks(readFileSync(baresip.heardFile));
  const samples = tracks[0] ?? new Float32Array(0);
  const end = samples.length - Math.floor(sampleRate / 2);
  expect(toneLevelDb(samples.subarray(Math.max(0, end - sampleRate), end), sampleRate, hz)).toBeGreaterThan(
    -40,
  );
}
