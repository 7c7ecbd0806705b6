import { describe, expect, it } from 'vitest';
import { estimateMos, qualityOf } from './quality.ts';

describe('estimateMos', () => {
  it('gives 4.4 to clean G.711 (the R of 93.2 of G.107)', () => {
    expect(estimateMos({ codec: 'PCMU', lossPercent: 0, delayMs: 0 })).toBeCloseTo(4.41, 2);
  });

  it('falls with loss, with delay, and faster beyond 177 ms', () => {
    const mos = (lossPercent: number, delayMs: number) =>
      estimateMos({ codec: 'PCMA', lossPercent, delayMs });
    expect(mos(5, 50)).toBeLessThan(mos(1, 50));
    expect(mos(0, 170) - mos(0, 270)).toBeGreaterThan(2 * (mos(0, 70) - mos(0, 170)));
    expect(mos(5, 60)).toBeGreaterThan(3.4);
    expect(mos(5, 60)).toBeLessThan(3.9);
  });

  it('stays between 1 and 4.5', () => {
    expect(estimateMos({ codec: 'PCMU', lossPercent: 100, delayMs: 2000 })).toBe(1);
    expect(estimateMos({ codec: 'X-UNKNOWN', lossPercent: 0, delayMs: 0 })).toBeLessThanOrEqual(4.5);
  });
});

describe('qualityOf', () => {
  const buffer = { lost: 50, late: 5, duplicate: 2, jitterMs: 11, depthMs: 60, maxDepthMs: 90 };
  const parts = { codec: 'PCMU', received: 952, rejected: 3, framesConcealed: 55, buffer };

  it('gathers the figures of the parts', () => {
    const quality = qualityOf({ ...parts, rtcp: { roundTripMs: 80, remoteLossPercent: 1 } });
    expect(quality).toMatchObject({
      packetsReceived: 952,
      packetsLost: 50,
      packetsLate: 5,
      packetsDuplicate: 2,
      packetsRejected: 3,
      framesConcealed: 55,
      bufferMs: 60,
      bufferMaxMs: 90,
      roundTripMs: 80,
    });
    expect(quality.mos).toBeCloseTo(estimateMos({ codec: 'PCMU', lossPercent: 5.5, delayMs: 100 }), 6);
  });

  it('has an answer before anything was received', () => {
    const nothing = { lost: 0, late: 0, duplicate: 0, jitterMs: 0, depthMs: 0, maxDepthMs: 0 };
    const rtcp = { roundTripMs: null, remoteLossPercent: null };
    expect(qualityOf({ ...parts, received: 0, buffer: nothing, rtcp }).mos).toBeGreaterThan(4.3);
  });
});
