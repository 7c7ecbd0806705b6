import { describe, expect, it } from 'vitest';
import { SharedRing } from '../audio/shared-ring.ts';
import { ProgramReader } from './program-reader.ts';
import { PROGRAM_FRAME_SAMPLES, ProgramTap } from './program-tap.ts';

const FRAME_BYTES = 8 * 1_024;

function setUp(ringBytes = 16 * FRAME_BYTES) {
  const memory = SharedRing.allocate(ringBytes);
  const tap = new ProgramTap(new SharedRing(memory));
  const heard: [before: number, after: number][] = [];
  const reader = new ProgramReader(new SharedRing(memory), (before, after) => {
    heard.push([Math.round(before[959]! * 100), Math.round(after[0]! * 100)]);
  });
  /** A frame that is known by its value: `value` before the delay, one less after it. */
  const capture = (value: number, skipped = 0): void =>
    tap.capture(
      {
        programBefore: new Float32Array(PROGRAM_FRAME_SAMPLES).fill(value / 100),
        programAfter: new Float32Array(PROGRAM_FRAME_SAMPLES).fill((value - 1) / 100),
      },
      skipped,
    );
  return { tap, reader, heard, capture };
}

describe('the program on its way to the outputs', () => {
  it('comes before and after the delay, once and in order', () => {
    const { tap, reader, heard, capture } = setUp();
    tap.want(true);
    capture(10);
    capture(20);
    reader.takeAll();
    capture(30);
    reader.takeAll();
    expect(heard).toEqual([
      [10, 9],
      [20, 19],
      [30, 29],
    ]);
  });

  it('is not written while there is no output', () => {
    const { tap, reader, heard, capture } = setUp();
    capture(10, 5);
    tap.want(true);
    capture(20);
    tap.want(false);
    capture(30);
    reader.takeAll();
    expect(heard).toEqual([[20, 19]]);
  });

  it('has silence where the clock skipped', () => {
    const { tap, reader, heard, capture } = setUp();
    tap.want(true);
    capture(10);
    capture(20, 2);
    reader.takeAll();
    expect(heard).toEqual([
      [10, 9],
      [0, 0],
      [0, 0],
      [20, 19],
    ]);
  });

  it('keeps its time when nobody has read for long', () => {
    const { tap, reader, heard, capture } = setUp(4 * FRAME_BYTES);
    tap.want(true);
    for (let value = 1; value <= 8; value++) capture(value);
    reader.takeAll();
    const taken = heard.length;
    capture(9);
    reader.takeAll();
    expect(taken).toBeLessThan(8);
    expect(heard).toHaveLength(9);
    expect(heard.at(-1)).toEqual([9, 8]);
    expect(heard[taken]).toEqual([0, 0]);
  });
});
