import { describe, expect, it } from 'vitest';
import { BlockCutter } from './block-cutter.ts';

const RATE = 48_000;
const BLOCK = 480;

interface Block {
  number: number;
  first: number;
  last: number;
  arrivalMs: number;
}

/** Samples that say where they belong. */
function setUp() {
  const blocks: Block[] = [];
  const cutter = new BlockCutter(RATE, (samples, number, arrivalMs) => {
    blocks.push({ number, first: samples[0]!, last: samples[BLOCK - 1]!, arrivalMs });
  });
  const add = (position: number, count: number, arrivalMs = 0) =>
    cutter.add(
      Float32Array.from({ length: count }, (_, index) => position + index),
      count,
      position,
      arrivalMs,
    );
  return { blocks, cutter, add };
}

const block = (number: number, arrivalMs = 0): Block => ({
  number,
  first: number * BLOCK,
  last: (number + 1) * BLOCK - 1,
  arrivalMs,
});

describe('pieces of any length', () => {
  it.each([1, 48, 365, 480, 960, 2_400])('of %d samples become blocks of 10 ms without a seam', (count) => {
    const { blocks, add } = setUp();
    for (let at = 0; at < 5 * BLOCK; at += count) add(at, count);
    expect(blocks.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((number) => block(number)));
  });

  it('bear the time at which what completes them came', () => {
    const { blocks, add } = setUp();
    add(0, 300, 10);
    add(300, 300, 17);
    expect(blocks).toEqual([block(0, 17)]);
  });
});

describe('pieces that are out of order', () => {
  it('are put in their place', () => {
    const { blocks, add } = setUp();
    add(240, 240, 1);
    expect(blocks).toEqual([]);
    add(0, 240, 2);
    expect(blocks).toEqual([block(0, 2)]);
  });

  it('and twice there are taken once', () => {
    const { blocks, add } = setUp();
    add(0, 240);
    add(0, 240);
    expect(blocks).toEqual([]);
    add(240, 240);
    expect(blocks).toEqual([block(0)]);
  });

  it('and too late for their block are dropped', () => {
    const { blocks, add } = setUp();
    add(0, 5 * BLOCK);
    add(0, 240);
    add(5 * BLOCK, BLOCK);
    expect(blocks.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a piece that is missing', () => {
  it('takes its block with it, once it has been waited for, and no other', () => {
    const { blocks, add } = setUp();
    add(0, BLOCK + 48);
    for (let at = BLOCK + 96; at < 8 * BLOCK; at += 48) add(at, 48);
    expect(blocks.map(({ number }) => number)).toEqual([0, 2, 3, 4, 5, 6, 7]);
    expect(blocks.every(({ number, first, last }) => first === number * BLOCK && last === first + 479)).toBe(
      true,
    );
  });
});

describe('a jump', () => {
  it('of less than half a second leaves out what lies between', () => {
    const { blocks, add } = setUp();
    add(0, BLOCK);
    expect(add(30 * BLOCK, 4 * BLOCK)).toBe(true);
    expect(blocks.map(({ number }) => number)).toEqual([0, 30, 31, 32, 33]);
  });

  it('of more asks for a new beginning, and takes nothing of it', () => {
    const { blocks, cutter, add } = setUp();
    add(0, BLOCK + 100);
    expect(add(1_000_000, BLOCK)).toBe(false);
    expect(add(-1_000_000, BLOCK)).toBe(false);
    cutter.restart();
    add(0, BLOCK, 7);
    expect(blocks).toEqual([block(0), block(0, 7)]);
  });
});
