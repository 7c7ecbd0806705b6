// A GSM gateway that registers with the station: the same caller is known by one number in both directions, and
// numbers are dialled through the gateway, completed with the country of the station.
import { createPhone, type Phone, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';

const calledHz = 1300;

describe('a gateway that registers', () => {
  let product: Product;
  let producer: DeskConsole;
  let gateway: Phone;

  beforeAll(async () => {
    product = await startProduct(
      stationSettings({
        lines: [
          { id: 'inbound', label: 'Inbound', capacity: 1, trust: ['192.0.2.0/24'] },
          {
            id: 'gsm',
            label: 'Mobile',
            number: '+2203000001',
            capacity: 2,
            accounts: [
              { username: 'spare', password: 'spare-sip-secret' },
              { username: 'goip', password: 'goip-sip-secret' },
            ],
          },
        ],
        host: null,
        dial: { allow: ['^\\+220[0-9]{7}$'] },
      }),
    );
    producer = await openConsole(product, 'Anna');
    gateway = await createPhone({ source: tone(calledHz), codecs: ['PCMA'] });
    await gateway.register({
      server: `sip:127.0.0.1:${product.sipPort}`,
      username: 'goip',
      password: 'goip-sip-secret',
    });
  });

  afterAll(async () => {
    producer?.close();
    await gateway?.close();
    await product?.stop();
  });

  it.each([2203001234, '3001234', '+220 300 1234'])(
    'is asked for sip:+2203001234 when %j is dialled, and its call comes up',
    async (number) => {
      const coming = gateway.nextCall();
      const ack = await producer.emit('callNumber', { number, mode: 'on_hold', channel_id: null });
      expect(ack).toMatchObject({ ok: true });
      const call = await coming;
      expect(call.called).toBe('+2203001234');
      await producer.until('ringing out', () => producer.channel('gsm-1').mode === 'ring');
      expect(producer.channel('gsm-1').contact?.number).toBe('+2203001234');
      call.answer();
      await producer.until('on hold', () => producer.channel('gsm-1').mode === 'on_hold');
      await producer.emit('channelMode', { 'gsm-1': 'free' });
      await call.whenEnded();
      await producer.until('free', () => producer.channel('gsm-1').mode === 'free');
    },
  );

  it('is not asked for what the settings do not allow, whatever its spelling', async () => {
    for (const number of ['00491701234567', '+491701234567', '112']) {
      const ack = await producer.emit('callNumber', { number, mode: 'on_hold', channel_id: null });
      expect(ack).toMatchObject({ ok: false, error: { code: 'number_not_allowed' } });
    }
    expect(gateway.calls).toEqual([]);
  });

  it('brings a caller with a national number, who is shown with the full one', async () => {
    const call = await gateway.call(`sip:goip@127.0.0.1:${product.sipPort}`, {
      from: '3001234',
      source: tone(calledHz),
    });
    await producer.until('ringing', () => producer.channel('gsm-1').mode === 'ring');
    expect(producer.channel('gsm-1').contact?.number).toBe('+2203001234');
    call.hangUp();
    await producer.until('free', () => producer.channel('gsm-1').mode === 'free');
  });
});
