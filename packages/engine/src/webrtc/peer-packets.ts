/**
 * RTP and RTCP between the media thread and the WebRTC thread: one shared ring each way, packets as they are on the wire
 * but for the encryption. Used by media-thread.ts (by way of peer-socket-io.ts) and webrtc-thread.ts.
 *
 *   int32 port │ int32 unused │ float64 when it came, ms of the monotonic clock │ packet
 */
import { SharedRing } from '../audio/shared-ring.ts';

const HEADER_BYTES = 16;
const MAX_PACKET_BYTES = 2048;
/** About a second of a hundred headsets. */
const RING_BYTES = 1 << 20;

export interface PeerPacketMemory {
  fromPeers: SharedArrayBuffer;
  toPeers: SharedArrayBuffer;
}

export function allocatePeerPackets(): PeerPacketMemory {
  return { fromPeers: SharedRing.allocate(RING_BYTES), toPeers: SharedRing.allocate(RING_BYTES) };
}

/** What performance.now() lacks to be the same in every thread. */
function monotonicOriginMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now();
}

export class PeerPacketWriter {
  readonly #ring: SharedRing;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #port = new Int32Array(this.#header.buffer, 0, 1);
  readonly #arrival = new Float64Array(this.#header.buffer, 8, 1);
  readonly #originMs = monotonicOriginMs();
  #isWakeDue = false;

  constructor(memory: SharedArrayBuffer) {
    this.#ring = new SharedRing(memory);
  }

  /** A packet that finds no room is lost, as on any network. */
  write(port: number, bytes: Uint8Array, length: number, nowMs: number): void {
    if (length > MAX_PACKET_BYTES) return;
    this.#port[0] = port;
    this.#arrival[0] = nowMs + this.#originMs;
    if (this.#ring.write(this.#header, HEADER_BYTES, bytes, length)) this.#isWakeDue = true;
  }

  /** Wakes the reader, where it waits. */
  flush(): void {
    if (!this.#isWakeDue) return;
    this.#isWakeDue = false;
    this.#ring.wake();
  }
}

/** `bytes` is only valid during the call. `arrivalMs` is of the reader's performance.now(). */
export type PeerPacketReceiver = (port: number, bytes: Uint8Array, length: number, arrivalMs: number) => void;

export class PeerPacketReader {
  readonly #ring: SharedRing;
  readonly #message = new Uint8Array(HEADER_BYTES + MAX_PACKET_BYTES);
  readonly #port = new Int32Array(this.#message.buffer, 0, 1);
  readonly #arrival = new Float64Array(this.#message.buffer, 8, 1);
  readonly #packet = new Uint8Array(this.#message.buffer, HEADER_BYTES);
  readonly #originMs = monotonicOriginMs();

  constructor(memory: SharedArrayBuffer) {
    this.#ring = new SharedRing(memory);
  }

  /** Everything that is there. */
  drain(receive: PeerPacketReceiver): void {
    for (let length = this.#ring.read(this.#message); length >= 0; length = this.#ring.read(this.#message)) {
      receive(this.#port[0]!, this.#packet, length - HEADER_BYTES, this.#arrival[0]! - this.#originMs);
    }
  }

  async waitAsync(timeoutMs: number): Promise<void> {
    await this.#ring.waitAsync(timeoutMs);
  }
}
