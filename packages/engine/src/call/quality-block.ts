/**
 * The RTP figures of every port in shared memory: the media thread writes them about once a second and when a port
 * closes, the main thread reads them when it is asked.
 */
import { codecs } from '../codecs/registry.ts';
import type { Quality } from '../control/contract.ts';

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
/** Behind the plain figures: those that can be absent (NaN), and the codec's index in the registry. */
const ROUND_TRIP = FIELDS.length;
const REMOTE_LOSS = FIELDS.length + 1;
const CODEC = FIELDS.length + 2;
const WIDTH = FIELDS.length + 3;

export class QualityBlock {
  readonly #values: Float64Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  static allocate(maxPorts: number): SharedArrayBuffer {
    return new SharedArrayBuffer(maxPorts * WIDTH * 8);
  }

  write(port: number, quality: Readonly<Quality>): void {
    const at = port * WIDTH;
    for (let field = 0; field < FIELDS.length; field++) this.#values[at + field] = quality[FIELDS[field]!];
    this.#values[at + ROUND_TRIP] = quality.roundTripMs ?? Number.NaN;
    this.#values[at + REMOTE_LOSS] = quality.remoteLossPercent ?? Number.NaN;
    this.#values[at + CODEC] = codecs.findIndex((codec) => codec.name === quality.codec);
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

export function emptyQuality(): Quality {
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
