/**
 * How good a call sounds, estimated from what the network did to it: the E-model (ITU-T G.107) with everything that we
 * cannot know left at its default. Media thread, when a leg's figures are asked for.
 */
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
export const UNKNOWN_NETWORK_DELAY_MS = 30;

/**
 * From loss and delay in `figures` to the estimate in it: 1 (bad) to 4.4 (as good as narrow-band gets). In place, because
 * numbers that are handed on may become objects.
 */
export function estimateMos(codec: string, figures: Float64Array, at: MosPlaces): void {
  const { equipment, lossRobustness } = IMPAIRMENTS[codec] ?? UNKNOWN_CODEC;
  const lossPercent = figures[at.lossPercent]!;
  const delayMs = figures[at.delayMs]!;
  const lossImpairment = equipment + ((95 - equipment) * lossPercent) / (lossPercent + lossRobustness);
  const delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const rating = 93.2 - lossImpairment - delayImpairment;
  const mos = rating <= 0 ? 1 : 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  figures[at.mos] = mos < 1 ? 1 : mos > 4.5 ? 4.5 : mos;
}

/** Where in the figures they are. */
export interface MosPlaces {
  /** Of what was to be heard: lost and late, 0-100. */
  readonly lossPercent: number;
  /** Mouth to ear, ms. */
  readonly delayMs: number;
  readonly mos: number;
}
