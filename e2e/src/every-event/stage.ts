/**
 * A station with everything that the events of the original system touch: lines with texts, a gateway that takes calls and texts,
 * the studio desk, a user with a phone, a client of every role. Made once for all rows of the table.
 */
import { createPhone, type Phone, type PhoneCall, tone } from '@openline/callers';
import { type DeskConsole, type Json, openConsole } from '../harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from '../harness/product.ts';
import { heardDb, untilHeardSince } from '../harness/sound.ts';
import { stationPhone } from '../harness/station-phone.ts';
import { waitFor } from '../harness/wait-for.ts';

const beepHz = 1000;

/** Where the gateway of the line sends calls and texts on to: it takes all of them. */
export const farNumber = '+2203009999';

export class Stage {
  readonly product: Product;
  readonly producer: DeskConsole;
  readonly screener: DeskConsole;
  /** A viewer, who sees what everybody is told. */
  readonly witness: DeskConsole;
  readonly #phones: readonly Phone[];
  readonly #listeners: Phone;
  #callers = 0;
  #questions: string[] | null = null;

  private constructor(product: Product, consoles: readonly DeskConsole[], phones: readonly Phone[]) {
    const [producer, screener, witness] = consoles;
    const [listeners] = phones;
    if (!producer || !screener || !witness || !listeners) throw new Error('three clients and a phone');
    this.product = product;
    this.producer = producer;
    this.screener = screener;
    this.witness = witness;
    this.#phones = phones;
    this.#listeners = listeners;
  }

  static async open(): Promise<Stage> {
    const gateway = await createPhone({ onCall: 'answer', source: tone(1300), codecs: ['PCMA'] });
    const line = {
      id: 'studio',
      type: 'sip',
      label: 'Studio line',
      number: '+2207000001',
      capacity: 8,
      trust: ['127.0.0.1/32'],
      gateway: `sip:127.0.0.1:${gateway.sipPort}`,
      patterns: ['^\\+220'],
      sms: true,
    };
    const product = await startProduct(stationSettings({ lines: [line] }));
    const consoles = await Promise.all(['anna', 'ben', 'vera'].map((id) => openConsole(product, id)));
    const listeners = await createPhone();
    const desk = await stationPhone(product, 'desk', tone(500));
    const anna = await stationPhone(product, 'anna', tone(700));
    const stage = new Stage(product, consoles, [listeners, gateway, desk, anna]);
    await stage.witness.until('Anna to be reachable', () => stage.witness.channel('anna').mode === 'free');
    await stage.witness.until('the studio desk', () => stage.witness.state().mixer.host.connected);
    return stage;
  }

  async close(): Promise<void> {
    for (const client of [this.producer, this.screener, this.witness]) client.close();
    await this.product.stop();
    for (const phone of this.#phones) await phone.close();
  }

  /** The producer sends it and it is accepted. `told`: the witness is told so of it, from then on. */
  async accept(event: string, data: unknown, told?: Told): Promise<Json> {
    const [own, seen] = [this.producer.frames.length, this.witness.frames.length];
    const ack = await this.producer.emit(event, data);
    if (!ack.ok) throw new Error(`${event} ${JSON.stringify(data)}: ${JSON.stringify(ack)}`);
    if (!told) return ack;
    const [client, since] = told.to === 'self' ? [this.producer, own] : [this.witness, seen];
    const frame = await client.frame(
      `${told.event} after ${event}; last were ${JSON.stringify(client.frames.slice(-5)).slice(0, 1500)}`,
      (each) => each.event === told.event && (told.fits?.(each.data) ?? true),
      since,
    );
    const isTold = this.producer.frames.slice(own).some((each) => each.event === told.event);
    if (told.to === 'others' && isTold) throw new Error(`${told.event} came to the sender too`);
    return frame.data;
  }

  /** A listener calls, and is put into that mode. */
  async caller(mode: 'ring' | 'on_hold' | 'master' | 'ivr'): Promise<{ channel: string; call: PhoneCall }> {
    this.#callers += 1;
    const from = `+22030${String(10_000 + this.#callers)}`;
    const call = await this.#listeners.call(`sip:studio@127.0.0.1:${this.product.sipPort}`, {
      from,
      source: tone(900),
    });
    let channel = '';
    await this.witness.until('the call to ring', () => {
      channel =
        this.#channels().find(
          (id) =>
            this.witness.channel(id).contact?.number === from && this.witness.channel(id).mode !== 'free',
        ) ?? '';
      return channel !== '';
    });
    if (mode !== 'ring') {
      await this.accept('channelMode', { [channel]: mode });
      await this.until(channel, mode);
    }
    return { channel, call };
  }

  until(channel: string, mode: string): Promise<void> {
    return this.witness.until(
      `${channel} to be in ${mode}`,
      () => this.witness.channel(channel).mode === mode,
    );
  }

  /** Everybody has hung up. */
  async clear(): Promise<void> {
    const busy = this.#channels().filter((id) => this.witness.channel(id).mode !== 'free');
    for (const id of busy) await this.producer.emit('channelMode', { [id]: 'free' });
    if (this.witness.channel('anna').mode !== 'free')
      await this.producer.emit('channelMode', { anna: 'free' });
    await this.witness.until('every channel to be free', () =>
      [...this.#channels(), 'anna'].every((id) => this.witness.channel(id).mode === 'free'),
    );
  }

  /** A new bucket; its id. */
  async bucket(name: string): Promise<string> {
    const told = { to: 'self', event: 'buckets:created' } as const;
    const id = String((await this.accept('buckets:create', { t: { name } }, told)).t);
    await this.witness.frame(
      'the bucket',
      ({ event, data }) => event === 'buckets:update' && data[id]?.name === name,
    );
    return id;
  }

  /** A text that went out; its id. */
  async message(content = 'Thank you'): Promise<string> {
    const text = { type: 'sms_out', endpoint: farNumber, content, channel_id: null, reply_to: null };
    const sent = await this.accept('messages:send', { t: text }, { to: 'self', event: 'messages:sent' });
    const id = String(sent.t);
    await this.witness.frame(
      'the text to be sent',
      ({ event, data }) => event === 'messages:update' && ['sent', 'delivered'].includes(data[id]?.status),
    );
    return id;
  }

  /** A call that has ended; the id of its record. */
  async pastCall(): Promise<string> {
    const { channel } = await this.caller('on_hold');
    const id = String(this.witness.channel(channel).call_id);
    await this.clear();
    await this.witness.frame(
      'the record to be closed',
      ({ event, data }) =>
        event === 'calls:update' && data[id]?.hangup_cause !== null && data[id] !== undefined,
    );
    return id;
  }

  /** A recorded question that no row has used yet; several are recorded at a time, because that takes a while. */
  async question(): Promise<string> {
    this.#questions ??= await this.#recordQuestions(6);
    const id = this.#questions.shift();
    if (id === undefined) throw new Error('more questions were wanted than were recorded');
    return id;
  }

  async #recordQuestions(count: number): Promise<string[]> {
    const ids = () => [
      ...new Set(
        this.witness.frames
          .filter(({ event }) => event === 'questions:update')
          .flatMap(({ data }) => Object.keys(data)),
      ),
    ];
    const callers: { channel: string; call: PhoneCall }[] = [];
    for (let index = 0; index < count; index += 1) callers.push(await this.caller('ivr'));
    // The greeting and the beep; then they hang up, without having pressed a key.
    for (const { call } of callers) {
      await untilHeardSince('the beep', call.rtp.hearing, beepHz, 0, -30);
    }
    await waitFor('the beep to be over', () =>
      callers.every(({ call }) => heardDb(call.rtp.hearing, beepHz, 100) < -50),
    );
    for (const { call } of callers) call.hangUp();
    await this.witness.until('the questions', () => ids().length >= count);
    await this.clear();
    return ids();
  }

  #channels(): string[] {
    const { channels } = this.witness.state().mixer;
    return Object.keys(channels).filter((id) => channels[id].line_id === 'studio');
  }
}

export interface Told {
  /** `others`: and not the sender. */
  to: 'self' | 'all' | 'others';
  event: string;
  fits?: (data: Json) => boolean;
}
