/**
 * How good a call sounds, estimated from what the network did to it: the E-model (ITU-T G.107) with everything that we
 * cannot know left at its default. Media thread, when a leg's figures are asked for.
 */
import type { Quality } from '../control/contract.ts';

/** Impairment of a codec and its concealment (ITU-T G.113 appendix I): Ie, and Bpl, its robustness against loss. */
interface CodecImpairment {
  equipment: number;
  lossRobustness: number;
}

const IMPAIRMENTS: { readonly [codec: string]: CodecImpairment } = {
  // With concealment (G.711 appendix I); 4.3 without.
  PCMU: { equipment: 0, lossRobustness: 25.1 },
  PCMA: { equipment: 0, lossRobustness: 25.1 },
  L16: { equipment: 0, lossRobustness: 25.1 },
  // Wideband: no worse than G.711 on its scale; its decoder needs a while after a loss.
  G722: { equipment: 0, lossRobustness: 15 },
};
const UNKNOWN_CODEC: CodecImpairment = { equipment: 5, lossRobustness: 10 };
/** Assumed one way through the network when RTCP does not tell. */
const UNKNOWN_NETWORK_DELAY_MS = 30;

export interface MosInput {
  codec: string;
  /** Of what was to be heard: lost and late, 0-100. */
  lossPercent: number;
  /** Mouth to ear, ms. */
  delayMs: number;
}

/** 1 (bad) to 4.4 (as good as narrow-band gets). */
export function estimateMos(input: MosInput): number {
  const { equipment, lossRobustness } = IMPAIRMENTS[input.codec] ?? UNKNOWN_CODEC;
  const { lossPercent, delayMs } = input;
  const lossImpairment = equipment + ((95 - equipment) * lossPercent) / (lossPercent + lossRobustness);
  const delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const rating = 93.2 - lossImpairment - delayImpairment;
  if (rating <= 0) return 1;
  const mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.min(4.5, Math.max(1, mos));
}

/** What the parts of a leg's receive path know. */
export interface QualityInput {
  codec: string;
  received: number;
  rejected: number;
  framesConcealed: number;
  buffer: {
    lost: number;
    late: number;
    duplicate: number;
    jitterMs: number;
    depthMs: number;
    maxDepthMs: number;
  };
  rtcp: { roundTripMs: number | null; remoteLossPercent: number | null };
}

export function qualityOf(input: QualityInput): Quality {
  const { buffer, rtcp } = input;
  const missed = buffer.lost + buffer.late;
  const due = input.received - buffer.duplicate + buffer.lost;
  const networkMs = rtcp.roundTripMs === null ? UNKNOWN_NETWORK_DELAY_MS : rtcp.roundTripMs / 2;
  const mos = estimateMos({
    codec: input.codec,
    lossPercent: due > 0 ? Math.min(100, (100 * missed) / due) : 0,
    delayMs: networkMs + buffer.depthMs,
  });
  return {
    codec: input.codec,
    packetsReceived: input.received,
    packetsLost: buffer.lost,
    packetsLate: buffer.late,
    packetsDuplicate: buffer.duplicate,
    packetsRejected: input.rejected,
    framesConcealed: input.framesConcealed,
    jitterMs: buffer.jitterMs,
    bufferMs: buffer.depthMs,
    bufferMaxMs: buffer.maxDepthMs,
    roundTripMs: rtcp.roundTripMs,
    remoteLossPercent: rtcp.remoteLossPercent,
    mos,
  };
}
