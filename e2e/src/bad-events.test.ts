// What a broken or hostile client may send: the right answer, nothing changed, the connection open.
import { createPhone, type Phone, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectConsole, type DeskConsole, openConsole, recordsOf } from './harness/desk-console.ts';
import { type Product, startProduct } from './harness/product.ts';

describe('bad events', () => {
  let product: Product;
  let producer: DeskConsole;
  let witness: DeskConsole;
  let listeners: Phone;

  beforeAll(async () => {
    product = await startProduct();
    producer = await openConsole(product, 'Anna');
    witness = await openConsole(product, 'Ben');
    listeners = await createPhone();
    await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203001111',
      source: tone(900),
    });
    // At both, with who it is: what follows is not to be taken for the change that a refused event made.
    for (const desk of [producer, witness]) {
      await desk.until('ring', () => desk.channel('studio-1').mode === 'ring');
      await desk.until('who it is', () => desk.channel('studio-1').caller != null);
    }
  });

  afterAll(async () => {
    producer?.close();
    witness?.close();
    await listeners?.close();
    await product?.stop();
  });

  const refused: [string, string, unknown, string, string | undefined][] = [
    ['a wrong type', 'channelMuted', { 'studio-1': 'yes' }, 'bad_data', 'studio-1'],
    ['a level out of range', 'channelVolume', { 'studio-1': 101 }, 'bad_data', 'studio-1'],
    ['data of the wrong shape', 'channelMode', 'master', 'bad_data', undefined],
    ['an unknown channel', 'channelMode', { 'studio-99': 'master' }, 'unknown_channel', 'studio-99'],
    ['an impossible mode', 'channelMode', { 'studio-2': 'master' }, 'channel_free', 'studio-2'],
    ['an unknown user', 'channelMode', { 'studio-1': 'nobody' }, 'unknown_user', 'studio-1'],
    ['a user without a phone', 'channelMode', { 'studio-1': 'anna' }, 'user_unreachable', 'studio-1'],
    [
      'dialling on a busy channel',
      'channelCallNumber',
      { 'studio-1': { number: '+2203001', mode: 'on_hold' } },
      'channel_not_free',
      'studio-1',
    ],
  ];

  it.each(refused)(
    '%s is refused with its code, and nothing changes',
    async (_what, event, data, code, key) => {
      const before = mixerOf(producer);
      const since = producer.frames.length;
      await witness.emit('ping', 1);
      const seen = witness.frames.length;
      const ack = await producer.emit(event, data);
      expect(ack.ok).toBe(false);
      const error = await producer.frame('event_error', (frame) => frame.event === 'event_error', since);
      expect(error.data.event).toBe(event);
      expect(error.data.code).toBe(code);
      expect(error.data.key ?? undefined).toBe(key);
      expect(error.data.msg).toMatch(/^.{8,}\.$/);
      expect(await producer.emit('ping', 1)).toMatchObject({ ok: true });
      expect(mixerOf(producer)).toBe(before);
      const changes = witness.frames
        .slice(seen)
        .filter(
          (frame) => frame.event === 'channelUpdate' && !('quality' in (recordsOf(frame.data)[0] ?? {})),
        );
      expect(changes).toEqual([]);
    },
  );

  it('of several keys the good ones apply and each bad one is named', async () => {
    const since = producer.frames.length;
    await producer.emit('channelVolume', { 'studio-2': 50, 'studio-99': 50, 'studio-3': 0 });
    const errors = producer.frames.slice(since).filter((frame) => frame.event === 'event_error');
    expect(errors.map((frame) => String(frame.data.key)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'studio-3',
      'studio-99',
    ]);
    await witness.until('the good key', () => witness.channel('studio-2').level === 50);
  });

  it.each([
    ['not JSON', '{"event":', 'not_json'],
    ['no event', '{"data":1}', 'no_event'],
    ['not an object', '[1,2,3]', 'no_event'],
    ['an unknown event', '{"event":"launchMissiles","data":null}', 'unknown_event'],
    ['a frame over the limit', JSON.stringify({ event: 'ping', data: 'x'.repeat(1_500_000) }), 'too_large'],
  ])('%s gives client:error and the connection stays open', async (_what, text, code) => {
    const since = producer.frames.length;
    producer.sendRaw(text);
    const error = await producer.frame('client:error', (frame) => frame.event === 'client:error', since);
    expect(error.data.code).toBe(code);
    expect(await producer.emit('ping', 'still here')).toMatchObject({ ok: true });
  });

  it('a viewer may look and not touch', async () => {
    const viewer = await openConsole(product, 'Vera');
    const ack = await viewer.emit('channelMode', { 'studio-1': 'on_hold' });
    expect(ack).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(viewer.channel('studio-1').mode).toBe('ring');
    viewer.close();
  });

  it('without a sign-in there is no WebSocket', async () => {
    await expect(connectConsole(`ws://127.0.0.1:${product.httpPort}/ws?token=wrong`)).rejects.toThrow();
    const answer = await fetch(`${product.url}/ws`, {
      headers: { connection: 'upgrade', upgrade: 'websocket' },
    }).catch(() => null);
    expect(answer === null || answer.status >= 400).toBe(true);
  });
});

/** The mixer without the figures of call quality: they change by themselves, whatever a client sends. */
function mixerOf(desk: DeskConsole): string {
  return JSON.stringify(desk.state().mixer, (key, value: unknown) => (key === 'quality' ? undefined : value));
}
