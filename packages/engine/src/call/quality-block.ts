/**
 * The RTP figures of every port in shared memory: the media thread writes them about once a second and when a port
 * closes, the main thread reads them when it is asked.
 */
import { codecs } from '../codecs/registry.ts';
import type { Quality } from '../control/contract.ts';
import { UNKNOWN_NETWORK_DELAY_MS, estimateMos } from '../rtp/quality.ts';

/** The plain figures, in this order. */
const FIELDS = [
  'packetsReceived',
  'packetsLost',
  'packetsLate',
  'packetsDuplicate',
  'packetsRejected',
  'framesConcealed',
  'jitterMs',
  'bufferMs',
  'bufferMaxMs',
  'mos',
] as const;
const MOS = FIELDS.length - 1;
/** Behind them: those that can be absent (NaN), the codec's index in the registry, and what the estimate is made of. */
const ROUND_TRIP = FIELDS.length;
const REMOTE_LOSS = FIELDS.length + 1;
const CODEC = FIELDS.length + 2;
const LOSS_PERCENT = FIELDS.length + 3;
const DELAY_MS = FIELDS.length + 4;
const WIDTH = FIELDS.length + 5;

/** What the parts of a leg's receive path know. */
export interface LegFigures {
  codec: string;
  received: number;
  rejected: number;
  framesConcealed: number;
  buffer: BufferFigures;
  rtcp: { readonly roundTripMs: number | null; readonly remoteLossPercent: number | null };
}

interface BufferFigures {
  lost: number;
  late: number;
  duplicate: number;
  jitterMs: number;
  depthMs: number;
  maxDepthMs: number;
}

/** Before anything was received. */
export function emptyFigures(): LegFigures {
  return {
    codec: '',
    received: 0,
    rejected: 0,
    framesConcealed: 0,
    buffer: { lost: 0, late: 0, duplicate: 0, jitterMs: 0, depthMs: 0, maxDepthMs: 0 },
    rtcp: { roundTripMs: null, remoteLossPercent: null },
  };
}

const MOS_PLACES = { lossPercent: LOSS_PERCENT, delayMs: DELAY_MS, mos: MOS } as const;

export class QualityBlock {
  readonly #values: Float64Array<SharedArrayBuffer>;
  /** Of one port, before they are copied: the estimate is made in it. */
  readonly #written = new Float64Array(WIDTH);

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  static allocate(maxPorts: number): SharedArrayBuffer {
    return new SharedArrayBuffer(maxPorts * WIDTH * 8);
  }

  /** Makes no object. */
  write(port: number, figures: LegFigures): void {
    const { buffer, rtcp } = figures;
    const values = this.#written;
    const due = figures.received - buffer.duplicate + buffer.lost;
    const lossPercent = due > 0 ? (100 * (buffer.lost + buffer.late)) / due : 0;
    values[0] = figures.received;
    values[1] = buffer.lost;
    values[2] = buffer.late;
    values[3] = buffer.duplicate;
    values[4] = figures.rejected;
    values[5] = figures.framesConcealed;
    values[6] = buffer.jitterMs;
    values[7] = buffer.depthMs;
    values[8] = buffer.maxDepthMs;
    values[ROUND_TRIP] = rtcp.roundTripMs ?? Number.NaN;
    values[REMOTE_LOSS] = rtcp.remoteLossPercent ?? Number.NaN;
    values[CODEC] = codecIndexOf(figures.codec);
    values[LOSS_PERCENT] = lossPercent > 100 ? 100 : lossPercent;
    const networkMs = rtcp.roundTripMs === null ? UNKNOWN_NETWORK_DELAY_MS : rtcp.roundTripMs / 2;
    values[DELAY_MS] = networkMs + buffer.depthMs;
    estimateMos(figures.codec, values, MOS_PLACES);
    for (let field = 0; field < WIDTH; field++) this.#values[port * WIDTH + field] = values[field]!;
  }

  read(port: number): Quality {
    const at = port * WIDTH;
    const quality = emptyQuality();
    for (let field = 0; field < FIELDS.length; field++)
      quality[FIELDS[field]!] = this.#values[at + field] ?? 0;
    quality.roundTripMs = presentOrNull(this.#values[at + ROUND_TRIP]);
    quality.remoteLossPercent = presentOrNull(this.#values[at + REMOTE_LOSS]);
    quality.codec = codecs[this.#values[at + CODEC] ?? -1]?.name ?? '';
    return quality;
  }
}

function codecIndexOf(name: string): number {
  for (let index = 0; index < codecs.length; index++) if (codecs[index]!.name === name) return index;
  return -1;
}

function emptyQuality(): Quality {
  return {
    codec: '',
    packetsReceived: 0,
    packetsLost: 0,
    packetsLate: 0,
    packetsDuplicate: 0,
    packetsRejected: 0,
    framesConcealed: 0,
    jitterMs: 0,
    bufferMs: 0,
    bufferMaxMs: 0,
    roundTripMs: null,
    remoteLossPercent: null,
    mos: 0,
  };
}

function presentOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
