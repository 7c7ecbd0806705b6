import { describe, expect, it } from 'vitest';
import { decibelsOfLevel, levelsOfTravel, levelWithin, travelOfLevel } from './level.ts';

describe('a level in words', () => {
  it.each([
    [75, '', 0],
    [100, '+', 10],
    [50, '−', 10],
    [1, '−', 60],
    [80, '+', 2],
    [74, '', 0],
  ] as const)('says %i as %s%i dB', (level, sign, dB) => {
    expect(decibelsOfLevel(level)).toEqual({ sign, dB });
  });

  it('keeps a level within what the protocol allows, and whole', () => {
    expect([levelWithin(-3), levelWithin(0), levelWithin(55.4), levelWithin(140)]).toEqual([1, 1, 55, 100]);
  });

  it('maps the travel of the fader onto all levels', () => {
    expect([travelOfLevel(1), travelOfLevel(100)]).toEqual([0, 1]);
    expect(1 + levelsOfTravel(1)).toBe(100);
  });
});
