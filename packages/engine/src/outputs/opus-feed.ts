/**
 * One Opus encoder for all who listen to the same program at the same rate: they get the packets, a copy each as they
 * see fit. It rests while nobody is there. Used by the program stream and the Icecast outputs, outputs thread.
 */
import { createOpusEncoder } from '../codecs/opus/opus.ts';
import { PROGRAM_FRAME_SAMPLES } from './program-tap.ts';

/** RFC 6716: the largest packet of one frame. */
const MAX_PACKET_BYTES = 1_275;

export type PacketListener = (packet: Uint8Array) => void;

export interface PacketSource {
  /** Returns what ends it. The packet is valid during the call only. */
  listen(listener: PacketListener): () => void;
}

export class OpusFeed implements PacketSource {
  readonly #encoder: ReturnType<typeof createOpusEncoder>;
  readonly #packet = new Uint8Array(MAX_PACKET_BYTES);
  readonly #listeners = new Set<PacketListener>();

  constructor(bitrateKbps: number) {
    this.#encoder = createOpusEncoder({ bitrate: bitrateKbps * 1_000 });
  }

  listen(listener: PacketListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  frame(samples: Float32Array): void {
    if (this.#listeners.size === 0) return;
    const length = this.#encoder.encode(samples, PROGRAM_FRAME_SAMPLES, this.#packet, 0);
    const packet = this.#packet.subarray(0, length);
    for (const listener of this.#listeners) listener(packet);
  }

  close(): void {
    this.#encoder.close();
  }
}
