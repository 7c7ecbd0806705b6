// Channels that answer by themselves, to every mode; and a user who is busy, absent or on air is left in peace: the call
// rings for somebody else to take.
import { createPhone, type Phone, type PhoneCall, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct } from './harness/product.ts';
import { untilHeard } from './harness/sound.ts';
import { stationCall, stationPhone } from './harness/station-phone.ts';
import { soundFor } from './harness/wait-for.ts';

const annaHz = 900;
const airHz = 700;
const privateHz = 1300;

describe('autoanswer', () => {
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;
  let annasPhone: Phone;

  beforeAll(async () => {
    product = await startProduct();
    producer = await openConsole(product, 'Anna');
    listeners = await createPhone();
    annasPhone = await stationPhone(product, 'anna', tone(annaHz));
    await producer.until('Anna to be reachable', () => producer.channel('anna').mode === 'free');
  });

  afterAll(async () => {
    producer?.close();
    await listeners?.close();
    await annasPhone?.close();
    await product?.stop();
  });

  /** The next free channel answers into that mode; somebody calls it. */
  async function callIn(channel: string, mode: string, hz: number): Promise<PhoneCall> {
    expect(await producer.emit('channelAutoAnswer', { [channel]: mode })).toEqual({ ok: true });
    return listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: `+22030${hz}`,
      source: tone(hz),
    });
  }

  const until = (channel: string, mode: string) =>
    producer.until(`${channel} in ${mode}`, () => producer.channel(channel).mode === mode);

  /** It rings, and nobody is disturbed. */
  async function expectRinging(channel: string, call: PhoneCall): Promise<void> {
    await until(channel, 'ring');
    await soundFor(700);
    expect(producer.channel(channel)).toMatchObject({ mode: 'ring', pending: null });
    expect(call.state).toBe('ringing');
  }

  it('to the air, to hold, to a question', async () => {
    await callIn('studio-1', 'master', airHz);
    await until('studio-1', 'master');
    const waiting = await callIn('studio-2', 'on_hold', 1_100);
    await until('studio-2', 'on_hold');
    await untilHeard('the program on hold', waiting.rtp.hearing, airHz);
    const asked = await callIn('studio-3', 'ivr', 1_500);
    await until('studio-3', 'ivr');
    await untilHeard('the greeting', asked.rtp.hearing, 659.3, -45);
    const modes = ['studio-1', 'studio-2', 'studio-3'].map((id) => producer.channel(id).mode);
    expect(modes).toEqual(['master', 'on_hold', 'ivr']);
  });

  it('to a user: their phone is rung, and the two talk alone', async () => {
    const call = await callIn('studio-4', 'anna', privateHz);
    await until('studio-4', 'anna');
    const anna = await stationCall(annasPhone);
    await untilHeard('Anna hears the caller', anna.rtp.hearing, privateHz);
    await untilHeard('the caller hears Anna', call.rtp.hearing, annaHz);
    expect(producer.channel('anna').mode).toBe('studio-4');
  });

  it('to a user who is talking: the call rings', async () => {
    await expectRinging('studio-5', await callIn('studio-5', 'anna', 1_900));
    expect(producer.channel('studio-4').mode).toBe('anna');
  });

  it('to a user who is on air: the call rings', async () => {
    await producer.emit('channelMode', { anna: 'master' });
    await until('anna', 'master');
    await expectRinging('studio-6', await callIn('studio-6', 'anna', 2_100));
    expect(producer.channel('anna').mode).toBe('master');
  });

  it('to a user who has no phone: the call rings', async () => {
    expect(producer.channel('ben').mode).toBe('defunct');
    await expectRinging('studio-7', await callIn('studio-7', 'ben', 2_300));
  });
});
