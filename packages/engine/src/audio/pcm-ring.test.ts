import { expect, it } from 'vitest';
import { PcmRing } from './pcm-ring.ts';

const ramp = (from: number, count: number) =>
  Float32Array.from({ length: count }, (_, index) => (from + index) / 32768);
const read = (ring: PcmRing, count: number) => {
  const out = new Float32Array(count).fill(9);
  const taken = ring.read(out);
  return { taken, values: [...out].map((value) => value * 32768) };
};

it('gives what was written, in order, round and round, and silence behind it', () => {
  const ring = new PcmRing(PcmRing.allocate(8));
  for (let round = 0; round < 5; round++) {
    expect(ring.write(ramp(round * 6, 6), 0, 6)).toBe(6);
    expect(read(ring, 4)).toEqual({ taken: 4, values: [0, 1, 2, 3].map((i) => round * 6 + i) });
    expect(read(ring, 4)).toEqual({ taken: 2, values: [round * 6 + 4, round * 6 + 5, 0, 0] });
  }
});

it('takes what fits and no more', () => {
  const ring = new PcmRing(PcmRing.allocate(8));
  expect(ring.write(ramp(0, 20), 0, 20)).toBe(8);
  expect(ring.write(ramp(0, 20), 8, 12)).toBe(0);
  expect(read(ring, 3).values).toEqual([0, 1, 2]);
  expect(ring.write(ramp(0, 20), 8, 12)).toBe(3);
  expect(read(ring, 8).values).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
});

it('is over when it was ended and is empty, and as new when it is reset', () => {
  const ring = new PcmRing(PcmRing.allocate(8));
  ring.write(ramp(0, 2), 0, 2);
  expect(ring.isOver).toBe(false);
  ring.end();
  expect(ring.isOver).toBe(false);
  read(ring, 2);
  expect(ring.isOver).toBe(true);
  ring.reset();
  expect(ring.isOver).toBe(false);
  expect(ring.room).toBe(8);
});

it('clips what is louder than full scale', () => {
  const ring = new PcmRing(PcmRing.allocate(4));
  ring.write(new Float32Array([2, -2, 0.5]), 0, 3);
  expect(read(ring, 3).values).toEqual([32767, -32768, 16384]);
});
