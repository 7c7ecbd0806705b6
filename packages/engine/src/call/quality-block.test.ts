import { describe, expect, it } from 'vitest';
import type { Quality } from '../control/contract.ts';
import { QualityBlock, emptyQuality } from './quality-block.ts';

const FIGURES: Quality = {
  codec: 'PCMA',
  packetsReceived: 1,
  packetsLost: 2,
  packetsLate: 3,
  packetsDuplicate: 4,
  packetsRejected: 5,
  framesConcealed: 6,
  jitterMs: 7.5,
  bufferMs: 8.5,
  bufferMaxMs: 9.5,
  roundTripMs: 10.5,
  remoteLossPercent: 11.5,
  mos: 4.25,
};

describe('the block of figures', () => {
  it('carries every figure of every port to the other thread', () => {
    const memory = QualityBlock.allocate(3);
    const writer = new QualityBlock(memory);
    const reader = new QualityBlock(memory);
    writer.write(2, FIGURES);
    writer.write(1, { ...FIGURES, roundTripMs: null, remoteLossPercent: null, codec: '' });
    expect(reader.read(2)).toEqual(FIGURES);
    expect(reader.read(1)).toEqual({ ...FIGURES, roundTripMs: null, remoteLossPercent: null, codec: '' });
  });

  it('is empty again when a port is reused', () => {
    const block = new QualityBlock(QualityBlock.allocate(1));
    block.write(0, FIGURES);
    block.write(0, emptyQuality());
    expect(block.read(0)).toEqual(emptyQuality());
  });
});
