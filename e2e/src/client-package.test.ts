// The client package against the product: answers with their promises, the mirrored state, coming back after the server
// has died.
import { type Client, connect } from '@openline/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, startProduct } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

describe('the client package', () => {
  let product: Product;
  let anna: Client;
  let ben: Client;

  const open = async (name: string, password: string): Promise<Client> => {
    const client = connect(`ws://127.0.0.1:${product.httpPort}/ws`, {
      token: await product.token(name, password),
    });
    await waitFor('the state', () => client.connection === 'open');
    return client;
  };

  beforeAll(async () => {
    product = await startProduct();
    anna = await open('Anna', 'anna-password-1');
    ben = await open('Ben', 'ben-password-1');
  });
  afterAll(async () => {
    anna?.close();
    ben?.close();
    await product?.stop();
  });

  it('resolves an event with what the server answers', async () => {
    expect(await anna.emit('ping', { at: 5 })).toMatchObject({ ok: true, answer: { at: 5 } });
    const created = await anna.emit('buckets:create', { one: { name: 'One' }, two: { name: 'Two' } });
    const ids = created.ok ? Object.values(created.answer) : [];
    expect(ids).toHaveLength(2);
    const list = await anna.emit('buckets:fetch', null);
    const names = list.ok ? list.answer.buckets.map(({ name }) => name) : [];
    expect(names).toEqual(expect.arrayContaining(['One', 'Two']));
    const history = await ben.emit('calls:fetch', {});
    expect(history).toMatchObject({ ok: true, answer: { calls: [], cursor: null } });
  });

  it('resolves a refusal as a value', async () => {
    const refused = await ben.emit('masterOnAir', true);
    expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  it('keeps the same state in every client', async () => {
    const [bucket = ''] = Object.keys(anna.state?.buckets ?? {});
    await anna.emit('currentBucketUpdate', bucket);
    await anna.emit('channelVolume', { 'studio-1': 20, 'no-such-channel': 30, 'studio-2': 40 });
    await anna.emit('masterDelay', 7);
    await anna.emit('masterVolume', 50);
    await ben.emit('channelAutoAnswer', { 'studio-3': 'on_hold' });
    // What concerns both has come when each has had the answer to a later event of its own.
    await ben.emit('noop', null);
    await anna.emit('noop', null);
    expect(shared(ben)).toEqual(shared(anna));
    expect(anna.state?.mixer.channels['studio-1']?.level).toBe(20);
    expect(anna.state?.mixer.master).toMatchObject({ level: 50, delay: 7 });
    const anew = await open('Vera', 'vera-password-1');
    expect(shared(anew)).toEqual(shared(anna));
    anew.close();
  });

  it('comes back by itself after the server has died, with the state', async () => {
    const before = shared(anna);
    product.kill('server');
    await waitFor('the loss to be noticed', () => anna.connection === 'waiting');
    expect(await anna.emit('masterOnAir', true)).toMatchObject({ error: { code: 'connection_lost' } });
    expect(shared(anna)).toEqual(before);
    await waitFor('both to be back', () => [anna, ben].every(({ connection }) => connection === 'open'));
    await waitFor('the engine to be seen again', () => anna.state?.lines['studio']?.status === 'up');
    const { mixer, buckets } = anna.state ?? {};
    expect(buckets).toEqual(before?.buckets);
    expect(mixer?.master).toMatchObject({ level: 50, delay: 7 });
    expect(mixer?.channels['studio-1']?.level).toBe(20);
  });

  /** All but what is of the connection. */
  function shared({ state }: Client) {
    if (!state) return null;
    const { you: _you, server_time: _time, ...rest } = state;
    return rest;
  }
});
