/**
 * The packets that a jitter buffer holds, found by sequence number. Structure of arrays, made once; payloads lie in a
 * pool whose slots are used last in, first out, so that a shallow buffer touches little memory. Media thread.
 */
export const RING_PACKETS = 64;
const MASK = RING_PACKETS - 1;

export class PacketRing {
  /** Packets held. All of them must lie within RING_PACKETS sequence numbers. */
  held = 0;
  readonly storage: Uint8Array;
  readonly #slotBytes: number;
  /** By sequence number: where in the pool, −1 for nowhere. */
  readonly #slots = new Int16Array(RING_PACKETS).fill(-1);
  readonly #timestamps = new Int32Array(RING_PACKETS);
  readonly #lengths = new Uint16Array(RING_PACKETS);
  readonly #punctuals = new Float64Array(RING_PACKETS);
  readonly #freeSlots = new Int16Array(RING_PACKETS);
  #free = 0;

  constructor(slotBytes: number) {
    this.#slotBytes = slotBytes;
    this.storage = new Uint8Array(RING_PACKETS * slotBytes);
    for (let slot = RING_PACKETS - 1; slot >= 0; slot--) this.#freeSlots[this.#free++] = slot;
  }

  /** `punctualMs`: when it would have come without delay on the way. The place must be empty. */
  store(
    bytes: Uint8Array,
    offset: number,
    length: number,
    sequence: number,
    timestamp: number,
    punctualMs: number,
  ): void {
    const at = sequence & MASK;
    const slot = this.#freeSlots[--this.#free] ?? 0;
    this.#slots[at] = slot;
    this.#timestamps[at] = timestamp;
    this.#lengths[at] = length;
    this.#punctuals[at] = punctualMs;
    this.held++;
    // Byte by byte: a subarray would be an object per packet.
    const { storage } = this;
    const to = slot * this.#slotBytes;
    for (let i = 0; i < length; i++) storage[to + i] = bytes[offset + i] ?? 0;
  }

  /** Forgets the packet, if it is held; its bytes stay until the next store(). */
  release(sequence: number): void {
    const at = sequence & MASK;
    const slot = this.#slots[at] ?? -1;
    if (slot < 0) return;
    this.#slots[at] = -1;
    this.#freeSlots[this.#free++] = slot;
    this.held--;
  }

  clear(): void {
    for (let sequence = 0; sequence < RING_PACKETS; sequence++) this.release(sequence);
  }

  /** The first one held, from `sequence` on. Only when something is held. */
  firstFrom(sequence: number): number {
    let first = sequence;
    while ((this.#slots[first & MASK] ?? -1) < 0) first = (first + 1) & 0xffff;
    return first;
  }

  timestampOf(sequence: number): number {
    return this.#timestamps[sequence & MASK] ?? 0;
  }

  lengthOf(sequence: number): number {
    return this.#lengths[sequence & MASK] ?? 0;
  }

  /** Where its payload begins in `storage`. */
  offsetOf(sequence: number): number {
    return (this.#slots[sequence & MASK] ?? 0) * this.#slotBytes;
  }

  punctualMsOf(sequence: number): number {
    return this.#punctuals[sequence & MASK] ?? 0;
  }
}
