/**
 * The whole product with many listeners on the telephone, for the measurement of the page: real calls with synthetic voices, so that
 * every meter moves as it does in a show. The callers run in the benchmark's own process.
 */
import { createPhone, type Phone, speech } from '@openline/callers';
import { type DeskConsole, openConsole } from '@openline/e2e/harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from '@openline/e2e/harness/product.ts';
import { stationPhone } from '@openline/e2e/harness/station-phone.ts';

const VOICES = 6;

export class BusyDesk {
  readonly product: Product;
  readonly #producer: DeskConsole;
  readonly #listeners: Phone;
  readonly #desk: Phone;

  private constructor(product: Product, producer: DeskConsole, listeners: Phone, desk: Phone) {
    this.product = product;
    this.#producer = producer;
    this.#listeners = listeners;
    this.#desk = desk;
  }

  /** Every strip has a caller: some on air, the others on hold. */
  static async start(strips: number, onAir: number): Promise<BusyDesk> {
    const line = { id: 'studio', type: 'sip', label: 'Studio line', trust: ['127.0.0.1/32'] };
    const product = await startProduct(stationSettings({ lines: [{ ...line, capacity: strips }] }), {
      OPENLINE_LOG: 'warn',
    });
    const producer = await openConsole(product, 'Anna');
    const listeners = await createPhone({ keepMs: 0 });
    const desk = await stationPhone(product, 'desk', speech({ pitchHz: 124, tract: 1, seed: 9 }));
    const busy = new BusyDesk(product, producer, listeners, desk);
    await producer.emit('masterOnAir', true);
    for (let at = 0; at < strips; at += 1) await busy.#call(`studio-${at + 1}`, at, at < onAir);
    return busy;
  }

  async #call(channel: string, at: number, isOnAir: boolean): Promise<void> {
    const producer = this.#producer;
    await this.#listeners.call(`sip:studio@127.0.0.1:${this.product.sipPort}`, {
      from: `+220700${String(1000 + at)}`,
      codec: 'PCMU',
      keepMs: 0,
      source: speech({ pitchHz: 110 + 20 * (at % VOICES), tract: 1, seed: at % VOICES }),
    });
    await producer.until(`${channel} to ring`, () => producer.channel(channel).mode === 'ring');
    const mode = isOnAir ? 'master' : 'on_hold';
    await producer.emit('channelMode', { [channel]: mode });
    await producer.until(`${channel} in ${mode}`, () => producer.channel(channel).mode === mode);
    await producer.emit('channelContactInfo', {
      [channel]: { name: `Listener ${at + 1}`, location: 'Brikama', notes: 'The price of rice' },
    });
  }

  async stop(): Promise<void> {
    this.#producer.close();
    await this.#listeners.close();
    await this.#desk.close();
    await this.product.stop();
  }
}
