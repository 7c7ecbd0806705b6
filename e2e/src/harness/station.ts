/** A station in the middle of its day: the product, a producer's console, the studio desk connected, listeners at their phones. */
import { createPhone, type Phone, type PhoneCall, type Source } from '@openline/callers';
import { type DeskConsole, openConsole } from './desk-console.ts';
import { type Product, startProduct } from './product.ts';
import { stationPhone } from './station-phone.ts';

export interface Station {
  product: Product;
  /** Anna's. */
  producer: DeskConsole;
  /** One telephone that carries any number of calls. */
  listeners: Phone;
  /** The studio desk, picked up. */
  desk: Phone;
  /** Rings in and is taken to air on `channel`, the next free one of the line. */
  callToAir(channel: string, options: { from: string; source: Source; codec?: string }): Promise<PhoneCall>;
  close(): Promise<void>;
}

export async function startStation(deskSource: Source, settings?: Record<string, unknown>): Promise<Station> {
  const product = await startProduct(settings);
  const producer = await openConsole(product, 'Anna');
  const listeners = await createPhone();
  const desk = await stationPhone(product, 'desk', deskSource);
  await producer.until('the studio desk', () => producer.state().mixer?.host?.connected === true);
  return {
    product,
    producer,
    listeners,
    desk,
    async callToAir(channel, options) {
      const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, options);
      await producer.until(`${channel} to ring`, () => producer.channel(channel).mode === 'ring');
      await producer.emit('channelMode', { [channel]: 'master' });
      await producer.until(`${channel} on air`, () => producer.channel(channel).mode === 'master');
      return call;
    },
    async close() {
      producer.close();
      await listeners.close();
      await desk.close();
      await product.stop();
    },
  };
}
