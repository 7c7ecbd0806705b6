import { describe, expect, it } from 'vitest';
import { QualityBlock, emptyFigures } from './quality-block.ts';

const FIGURES = {
  codec: 'PCMU',
  received: 952,
  rejected: 3,
  framesConcealed: 55,
  buffer: { lost: 50, late: 5, duplicate: 2, jitterMs: 11.5, depthMs: 60, maxDepthMs: 90 },
  rtcp: { roundTripMs: 80, remoteLossPercent: 1.5 },
};

describe('the block of figures', () => {
  it('carries every figure of every port to the other thread', () => {
    const memory = QualityBlock.allocate(3);
    const writer = new QualityBlock(memory);
    const reader = new QualityBlock(memory);
    writer.write(2, FIGURES);
    writer.write(1, { ...FIGURES, codec: '', rtcp: { roundTripMs: null, remoteLossPercent: null } });
    expect(reader.read(2)).toEqual({
      codec: 'PCMU',
      packetsReceived: 952,
      packetsLost: 50,
      packetsLate: 5,
      packetsDuplicate: 2,
      packetsRejected: 3,
      framesConcealed: 55,
      jitterMs: 11.5,
      bufferMs: 60,
      bufferMaxMs: 90,
      roundTripMs: 80,
      remoteLossPercent: 1.5,
      mos: expect.closeTo(3.77, 2) as number,
    });
    expect(reader.read(1)).toMatchObject({ codec: '', roundTripMs: null, remoteLossPercent: null });
  });

  it('estimates from what was lost and late, and from the way to and fro', () => {
    const block = new QualityBlock(QualityBlock.allocate(4));
    const better = { ...FIGURES, buffer: { ...FIGURES.buffer, lost: 0, late: 0 } };
    block.write(0, FIGURES);
    block.write(1, better);
    block.write(2, { ...better, rtcp: { roundTripMs: 800, remoteLossPercent: null } });
    block.write(3, emptyFigures());
    const [bad = 0, good = 0, far = 0, nothing = 0] = [0, 1, 2, 3].map((port) => block.read(port).mos);
    expect(bad).toBeLessThan(good - 0.4);
    expect(far).toBeLessThan(good - 0.4);
    expect(nothing).toBeGreaterThan(4);
  });

  it('is empty again when a port is reused', () => {
    const block = new QualityBlock(QualityBlock.allocate(2));
    block.write(0, FIGURES);
    block.write(0, emptyFigures());
    block.write(1, emptyFigures());
    expect(block.read(0)).toEqual(block.read(1));
    expect(block.read(0).packetsReceived).toBe(0);
  });
});
