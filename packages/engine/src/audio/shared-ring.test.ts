import { describe, expect, it } from 'vitest';
import { JsonRing, SharedRing } from './shared-ring.ts';

function bytesOf(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

describe('a shared ring', () => {
  it('gives messages back in order, whole, across its end', () => {
    const memory = SharedRing.allocate(64);
    const writer = new SharedRing(memory);
    const reader = new SharedRing(memory);
    const out = new Uint8Array(64);
    for (let round = 0; round < 1000; round++) {
      const length = round % 23;
      const message = Uint8Array.from({ length }, (_, index) => (round * 7 + index) & 0xff);
      const half = length >> 1;
      expect(writer.write(message.subarray(0, half), half, message.subarray(half), length - half)).toBe(true);
      expect(reader.read(out)).toBe(length);
      expect(out.slice(0, length)).toEqual(message);
    }
    expect(reader.read(out)).toBe(-1);
  });

  it('refuses what does not fit, and takes it once there is room', () => {
    const ring = new SharedRing(SharedRing.allocate(32));
    const out = new Uint8Array(32);
    const message = new Uint8Array(12);
    expect(ring.write(message, 12)).toBe(true);
    expect(ring.write(message, 12)).toBe(true);
    expect(ring.write(message, 12)).toBe(false);
    expect(ring.write(bytesOf(), 0)).toBe(false);
    expect(ring.read(out)).toBe(12);
    expect(ring.write(bytesOf(1, 2, 3), 3)).toBe(true);
    expect(ring.read(out)).toBe(12);
    expect(ring.read(out)).toBe(3);
    expect(out.slice(0, 3)).toEqual(bytesOf(1, 2, 3));
  });

  it('goes on when its 32-bit counters wrap', () => {
    const memory = SharedRing.allocate(64);
    // 20 bytes before both counters come round.
    new Int32Array(memory, 0, 2).fill(-20);
    const ring = new SharedRing(memory);
    const out = new Uint8Array(64);
    for (let round = 0; round < 8; round++) {
      expect(ring.write(bytesOf(round, 1, 2, 3, 4), 5)).toBe(true);
      expect(ring.read(out)).toBe(5);
      expect(out[0]).toBe(round);
    }
  });

  it('cannot be made of a size that does not divide its counters', () => {
    expect(() => SharedRing.allocate(100)).toThrow(RangeError);
  });
});

describe('JSON on a ring', () => {
  it('loses and overtakes nothing when the reader is slow', () => {
    const memory = SharedRing.allocate(64);
    const writer = new JsonRing<{ n: number }>(memory);
    const reader = new JsonRing<{ n: number }>(memory);
    for (let n = 0; n < 50; n++) writer.send({ n });
    expect(writer.flush()).toBe(false);
    const received: number[] = [];
    while (received.length < 50) {
      for (let message = reader.receive(); message !== undefined; message = reader.receive()) {
        received.push(message.n);
      }
      writer.flush();
    }
    expect(received).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(writer.flush()).toBe(true);
  });

  it('wakes a reader that waits with its event loop', async () => {
    const memory = SharedRing.allocate(64);
    const reader = new JsonRing<string>(memory);
    const woken = reader.waitAsync(10_000);
    new JsonRing<string>(memory).send('now');
    await woken;
    expect(reader.receive()).toBe('now');
  });
});
