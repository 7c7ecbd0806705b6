import { describe, expect, it } from 'vitest';
import { seededRandom } from './testing/simulated-network.ts';
import { TelephoneEventReceiver, TelephoneEventSender } from './telephone-event.ts';

interface EventPacket {
  timestamp: number;
  isMarker: boolean;
  payload: Uint8Array;
}

/** The packets of one press, as our own sender writes them. */
function press(digit: string, timestamp: number, durationMs = 100): EventPacket[] {
  const sender = new TelephoneEventSender(8000, 20);
  expect(sender.press(digit, durationMs, timestamp)).toBe(true);
  const packets: EventPacket[] = [];
  while (sender.isSending) {
    const payload = new Uint8Array(4);
    expect(sender.write(payload, 0)).toBe(4);
    packets.push({ timestamp: sender.timestamp, isMarker: sender.isMarker, payload });
  }
  return packets;
}

function digitsOf(receiver: TelephoneEventReceiver, packets: readonly EventPacket[]): string {
  return packets
    .map(({ payload, timestamp, isMarker }) =>
      // As parseRtp gives it.
      receiver.receive(payload, 0, payload.length, timestamp | 0, isMarker),
    )
    .filter((digit) => digit !== null)
    .join('');
}

const receive = (packets: readonly EventPacket[]) => digitsOf(new TelephoneEventReceiver(8000), packets);
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('sending', () => {
  it('marks the first packet, grows the duration, keeps the timestamp and sends the end three times', () => {
    const packets = press('5', 1600, 60);
    expect(packets.map(({ payload }) => Buffer.from(payload).toString('hex'))).toEqual([
      '050a00a0',
      '050a0140',
      '058a01e0',
      '058a01e0',
      '058a01e0',
    ]);
    expect(packets.map(({ isMarker }) => isMarker)).toEqual([true, false, false, false, false]);
    expect(new Set(packets.map(({ timestamp }) => timestamp))).toEqual(new Set([1600]));
  });

  it('refuses what is no key, and a second press at once', () => {
    const sender = new TelephoneEventSender(8000, 20);
    expect(sender.press('E', 100, 0)).toBe(false);
    expect(sender.press('', 100, 0)).toBe(false);
    expect(sender.press('#', 100, 0)).toBe(true);
    expect(sender.press('1', 100, 0)).toBe(false);
    expect(new TelephoneEventSender(8000, 20).write(new Uint8Array(4), 0)).toBe(0);
  });
});

describe('receiving', () => {
  it('tells the end of one press from the next one with timestamps of any size', () => {
    for (const timestamp of [0, 0x7fff_fff0, 0xa000_0000, 0xffff_fff0]) {
      expect(receive([...press('4', timestamp), ...press('4', timestamp + 8000)])).toBe('44');
    }
  });

  it('gives every key once', () => {
    const keys = '0123456789*#ABCD';
    expect(receive(keys.split('').flatMap((key, i) => press(key, 1000 + i * 2400)))).toBe(keys);
  });

  it('gives the same key twice when it is pressed twice', () => {
    expect(receive([...press('7', 1000), ...press('7', 3400)])).toBe('77');
  });

  it.each([
    ['the start', (packets: EventPacket[]) => packets.slice(2)],
    ['all three ends', (packets: EventPacket[]) => packets.slice(0, -3)],
    ['all but one', (packets: EventPacket[]) => packets.slice(3, 4)],
  ])('gives it once when %s was lost', (_, lose) => {
    expect(receive([...lose(press('1', 1000)), ...lose(press('1', 3400)), ...lose(press('2', 5800))])).toBe(
      '112',
    );
  });

  it('gives it once when packets come out of order, also behind the next press', () => {
    const first = press('1', 1000);
    const second = press('2', 3400);
    expect(receive([...first.toReversed(), ...second])).toBe('12');
    expect(
      receive([...first.slice(0, 4), ...second.slice(0, 2), ...first.slice(4), ...second.slice(2)]),
    ).toBe('12');
  });

  it('gives each once under any loss, doubling and reordering that leaves one packet of it', () => {
    const random = seededRandom(17);
    for (let round = 0; round < 300; round++) {
      const keys = Array.from({ length: 6 }, () => '0123456789*#'[Math.floor(random() * 12)] ?? '0');
      const packets = keys.flatMap((key, i) => {
        const all = press(key, 5000 + i * 2400).filter((_, n) => n === 3 || random() < 0.6);
        return all.flatMap((packet) => (random() < 0.2 ? [packet, packet] : [packet]));
      });
      for (let i = 1; i < packets.length; i++) {
        const [a, b] = [packets[i - 1], packets[i]];
        if (a && b && a.timestamp === b.timestamp && random() < 0.3) packets.splice(i - 1, 2, b, a);
      }
      expect(receive(packets)).toBe(keys.join(''));
    }
  });

  it('follows the duration to the end', () => {
    const receiver = new TelephoneEventReceiver(8000);
    const packets = press('9', 0, 200);
    digitsOf(receiver, packets.slice(0, 3));
    expect(receiver).toMatchObject({ durationMs: 60, isEnded: false });
    digitsOf(receiver, packets.slice(3));
    expect(receiver).toMatchObject({ durationMs: 200, isEnded: true });
  });

  it('takes the segments of a very long press for one', () => {
    const receiver = new TelephoneEventReceiver(8000);
    const packets = [
      { timestamp: 1000, isMarker: true, payload: hex('0b0a00a0') },
      { timestamp: 1000, isMarker: false, payload: hex('0b0affff') },
      { timestamp: 1000 + 0xffff, isMarker: false, payload: hex('0b0a00a0') },
      { timestamp: 1000 + 0xffff, isMarker: false, payload: hex('0b8a0320') },
    ];
    expect(digitsOf(receiver, packets)).toBe('#');
    expect(receiver.durationMs).toBeCloseTo((0xffff + 800) / 8);
  });

  it('takes a press once from a gateway that advances the timestamp with every packet', () => {
    const packets = press('4', 1000).map((packet, n) => ({
      ...packet,
      timestamp: 1000 + Math.min(n, 4) * 160,
    }));
    expect(receive([...packets, ...press('4', 9000)])).toBe('44');
  });

  it('ignores short payloads and events that are no keys', () => {
    const receiver = new TelephoneEventReceiver(8000);
    expect(receiver.receive(hex('050a00'), 0, 3, 1, true)).toBeNull();
    expect(receiver.receive(hex('100a00a0'), 0, 4, 2, true)).toBeNull();
    expect(receiver.receive(hex('ff8affff'), 0, 4, 3, true)).toBeNull();
  });
});
