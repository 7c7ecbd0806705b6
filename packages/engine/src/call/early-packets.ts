/**
 * Keeps the last few packets of a codec that is not ours yet: a far end that changes its codec may be quicker than the
 * command that tells us so. Used by leg-stream.ts on the media thread; memory is taken when the first one comes.
 */
const PACKETS = 4;
const MAX_BYTES = 2048;
/** What is older belongs to nothing that is still to be played. */
const MAX_AGE_MS = 150;

export type EarlyPacketReceiver = (bytes: Uint8Array, length: number, arrivalMs: number) => void;

export class EarlyPackets {
  #packets: Uint8Array[] = [];
  readonly #lengths = new Int32Array(PACKETS);
  readonly #arrivals = new Float64Array(PACKETS);
  #next = 0;

  keep(bytes: Uint8Array, length: number, arrivalMs: number): void {
    if (length > MAX_BYTES) return;
    if (this.#packets.length === 0) {
      this.#packets = Array.from({ length: PACKETS }, () => new Uint8Array(MAX_BYTES));
    }
    const packet = this.#packets[this.#next]!;
    for (let index = 0; index < length; index++) packet[index] = bytes[index]!;
    this.#lengths[this.#next] = length;
    this.#arrivals[this.#next] = arrivalMs;
    this.#next = (this.#next + 1) % PACKETS;
  }

  /** Gives all of them in the order in which they came, and forgets them. */
  giveBack(nowMs: number, receive: EarlyPacketReceiver): void {
    for (let count = 0; count < PACKETS; count++) {
      const index = (this.#next + count) % PACKETS;
      const packet = this.#packets[index];
      const length = this.#lengths[index]!;
      if (packet === undefined || length === 0) continue;
      this.#lengths[index] = 0;
      if (nowMs - this.#arrivals[index]! <= MAX_AGE_MS) receive(packet, length, this.#arrivals[index]!);
    }
  }
}
