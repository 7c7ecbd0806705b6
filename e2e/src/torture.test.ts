// Hostile SIP at the running engine while six callers are on air: all messages of RFC 4475 and many thousand mutated ones,
// over UDP and TCP. Nothing crashes, the clock keeps its time, the calls are unharmed.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { createPhone, type Phone, type PhoneCall, randomFrom, tone } from '@openline/callers';
import { TORTURE_MESSAGES } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { watchClock } from './harness/engine-clock.ts';
import { type Product, startProduct } from './harness/product.ts';
import { untilHeard } from './harness/sound.ts';
import { witnessLateness } from './harness/witness.ts';

const callersHz = [610, 870, 1130, 1490, 1910, 2530];
const mutations = 100_000;

describe('hostile SIP with six callers on air', () => {
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;
  const calls: PhoneCall[] = [];

  beforeAll(async () => {
    product = await startProduct();
    producer = await openConsole(product, 'Anna');
    listeners = await createPhone();
    for (const [i, hz] of callersHz.entries()) {
      const channel = `studio-${i + 1}`;
      calls.push(
        await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
          from: `+22030000${i}0`,
          source: tone(hz, -24),
          keepMs: 600_000,
        }),
      );
      await producer.until(`${channel} to ring`, () => producer.channel(channel).mode === 'ring');
      await producer.emit('channelMode', { [channel]: 'master' });
      await producer.until(`${channel} on air`, () => producer.channel(channel).mode === 'master');
    }
    const [first, ...others] = calls as [PhoneCall, ...PhoneCall[]];
    for (const call of others)
      await untilHeard('everyone hears the first', call.rtp.hearing, callersHz[0] ?? 0);
    await untilHeard('the first hears the last', first.rtp.hearing, callersHz.at(-1) ?? 0);
  });

  afterAll(async () => {
    producer?.close();
    await listeners?.close();
    await product?.stop();
  });

  it('the messages of RFC 4475 and 100,000 mutated ones do no harm', { timeout: 240_000 }, async () => {
    expect(TORTURE_MESSAGES.length).toBe(49);
    const engine = product.pid('engine');
    const from = performance.now();
    const rounds: Round[] = [];
    const random = randomFrom(4475);
    for (let sent = 0; sent < mutations; sent += mutations / 5)
      rounds.push(await attack(mutations / 5, random));
    // What holds the engine up holds it up in every round; a busy machine leaves one in peace. Some more, until one is.
    for (let extra = 0; extra < 20 && !rounds.some(keptTime); extra++)
      rounds.push(await attack(2500, random));
    for (const message of TORTURE_MESSAGES) await overTcp(product.sipPort, message.bytes);
    const to = performance.now();

    expect(product.pid('engine')).toBe(engine);
    for (const { ticks } of rounds) expect(ticks).toBeGreaterThan(20);
    expect(rounds.filter(keptTime), JSON.stringify(rounds)).not.toEqual([]);
    for (const [i, call] of calls.entries()) {
      expect(call.state, `call ${i}`).toBe('answered');
      const { samples, sampleRate } = call.rtp.hearing.between(from, to);
      expect(samples.length / sampleRate).toBeGreaterThan((0.95 * (to - from)) / 1000);
    }
    // Still everybody hears everybody, and a listener can still ring in.
    for (const call of calls.slice(1))
      await untilHeard('everyone hears the first', call.rtp.hearing, callersHz[0] ?? 0);
    const late = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, { from: '+2203009000' });
    await producer.until('ring', () => producer.channel('studio-7').mode === 'ring');
    late.hangUp();
  });

  interface Round {
    lateMaxMs: number;
    ticks: number;
    witnessMaxMs: number;
  }

  /** The original messages and `count` mutated ones, at about 4,000 a second. */
  async function attack(count: number, random: () => number): Promise<Round> {
    const clock = await watchClock(product);
    const witness = witnessLateness();
    const socket = createSocket('udp4');
    socket.on('message', () => {});
    socket.on('error', () => {});
    const send = (bytes: Uint8Array) =>
      new Promise<void>((resolve) => socket.send(bytes, product.sipPort, '127.0.0.1', () => resolve()));
    for (const message of TORTURE_MESSAGES) await send(message.bytes);
    for (let i = 0; i < count; i++) {
      const original = TORTURE_MESSAGES[Math.floor(random() * TORTURE_MESSAGES.length)];
      await send(mutate(original?.bytes ?? new Uint8Array(1), random));
      // The socket's buffer is finite, and what is dropped tests nothing.
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { maxMs } = await witness.stop();
    const { lateMaxMs, ticks } = await clock.stop();
    socket.close();
    return { lateMaxMs, ticks, witnessMaxMs: maxMs };
  }
});

/** Beside an idle thread, which a busy machine holds up as well. */
const keptTime = ({ lateMaxMs, witnessMaxMs }: { lateMaxMs: number; witnessMaxMs: number }) =>
  lateMaxMs < Math.max(5, 2 * witnessMaxMs);

/** Flips, cuts, doubles and inserts: one to four changes. */
function mutate(original: Uint8Array, random: () => number): Uint8Array {
  let bytes = Uint8Array.from(original);
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(random() * bytes.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) bytes[at] = Math.floor(random() * 256);
    if (kind === 1) bytes = bytes.slice(0, Math.max(1, at));
    if (kind === 2) {
      const piece = bytes.subarray(at, at + Math.floor(random() * 40));
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)]);
    }
    if (kind === 3) bytes = Uint8Array.from([...bytes.subarray(0, at), 13, 10, ...bytes.subarray(at)]);
  }
  return bytes;
}

function overTcp(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.setTimeout(3000, () => socket.destroy());
  });
}
