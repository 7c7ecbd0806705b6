// A program of the former system against the product: no sign-in, its address, its spellings, a call to air.
import { createPhone, type Phone, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectConsole, type DeskConsole } from './harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';

describe('a client of the former system', () => {
  let product: Product;
  let listeners: Phone;
  let older: DeskConsole;

  beforeAll(async () => {
    product = await startProduct(stationSettings({ older_clients: { allow: ['127.0.0.0/8'] } }));
    listeners = await createPhone();
    older = await connectConsole(`ws://127.0.0.1:${product.httpPort}/?user_id=701`);
  });
  afterAll(async () => {
    older?.close();
    await listeners?.close();
    await product?.stop();
  });

  it('takes a call to air and lets it go', async () => {
    expect(older.state().you).toMatchObject({ user_id: '701', role: 'producer' });
    expect(older.state().operators).toEqual(older.state().users);
    await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203001111',
      source: tone(900),
    });
    await older.until('the call to ring', () => older.channel('studio-1').mode === 'ring');
    await older.emit('channelMode', { 'studio-1': 'master' });
    await older.until('the call on air', () => older.channel('studio-1').mode === 'master');
    await older.emit('channelMode', { 'studio-1': 'free' });
    await older.until('the call to be over', () => older.channel('studio-1').mode === 'free');
  });

  it('is answered in its own spelling', async () => {
    const since = older.frames.length;
    expect(await older.emit('messageFavoriteSet', ['no-such-message'])).toMatchObject({ ok: false });
    const error = await older.frame('the refusal', ({ event }) => event === 'event_error', since);
    expect(error.data).toMatchObject({ event: 'messageFavoriteSet', code: 'unknown_message' });
  });
});
