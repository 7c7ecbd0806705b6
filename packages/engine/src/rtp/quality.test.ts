import { describe, expect, it } from 'vitest';
import { estimateMos } from './quality.ts';

function mosOf(codec: string, lossPercent: number, delayMs: number): number {
  const figures = Float64Array.of(lossPercent, delayMs, 0);
  estimateMos(codec, figures, { lossPercent: 0, delayMs: 1, mos: 2 });
  return figures[2]!;
}

describe('estimateMos', () => {
  it('gives 4.4 to clean G.711 (the R of 93.2 of G.107)', () => {
    expect(mosOf('PCMU', 0, 0)).toBeCloseTo(4.41, 2);
  });

  it('falls with loss, with delay, and faster beyond 177 ms', () => {
    const mos = (lossPercent: number, delayMs: number) => mosOf('PCMA', lossPercent, delayMs);
    expect(mos(5, 50)).toBeLessThan(mos(1, 50));
    expect(mos(0, 170) - mos(0, 270)).toBeGreaterThan(2 * (mos(0, 70) - mos(0, 170)));
    expect(mos(5, 60)).toBeGreaterThan(3.4);
    expect(mos(5, 60)).toBeLessThan(3.9);
  });

  it('stays between 1 and 4.5', () => {
    expect(mosOf('PCMU', 100, 2000)).toBe(1);
    expect(mosOf('X-UNKNOWN', 0, 0)).toBeLessThanOrEqual(4.5);
  });
});
