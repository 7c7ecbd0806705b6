/**
 * A queue of messages between two threads: one writes, one reads, nobody locks. Made once at start on a
 * SharedArrayBuffer; used for commands, events (as JSON) and recorded audio (as bytes). Full means refused: the
 * writer decides whether to keep or to drop.
 *
 *   int32[0] bytes ever written (mod 2^32) │ int32[1] bytes ever read │ data: (length, payload padded to 4)…
 */
const HEADER_BYTES = 8;
const WRITTEN = 0;
const READ = 1;

export class SharedRing {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #lengths: Int32Array<SharedArrayBuffer>;
  readonly #data: Uint8Array<SharedArrayBuffer>;
  readonly #mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 2);
    this.#lengths = new Int32Array(memory, HEADER_BYTES);
    this.#data = new Uint8Array(memory, HEADER_BYTES);
    this.#mask = this.#data.length - 1;
  }

  /** `capacityBytes` is a power of two. */
  static allocate(capacityBytes: number): SharedArrayBuffer {
    if (capacityBytes < 8 || (capacityBytes & (capacityBytes - 1)) !== 0) {
      throw new RangeError(`ring of ${capacityBytes} bytes: not a power of two`);
    }
    return new SharedArrayBuffer(HEADER_BYTES + capacityBytes);
  }

  /** Writer's side. One message made of two parts (a header and its samples); false when it does not fit. */
  write(first: Uint8Array, firstLength: number, second?: Uint8Array, secondLength = 0): boolean {
    const length = firstLength + secondLength;
    const written = Atomics.load(this.#counters, WRITTEN);
    const used = (written - Atomics.load(this.#counters, READ)) >>> 0;
    const needed = 4 + ((length + 3) & ~3);
    if (needed > this.#data.length - used) return false;
    this.#lengths[(written & this.#mask) >> 2] = length;
    this.#copyIn((written + 4) & this.#mask, first, firstLength);
    if (second !== undefined) this.#copyIn((written + 4 + firstLength) & this.#mask, second, secondLength);
    Atomics.store(this.#counters, WRITTEN, (written + needed) | 0);
    return true;
  }

  /** Writer's side: wakes a reader that waits. */
  wake(): void {
    Atomics.notify(this.#counters, WRITTEN);
  }

  /** Reader's side. Copies the next message to `out[0…]`; returns its length, −1 when there is none. */
  read(out: Uint8Array): number {
    const read = Atomics.load(this.#counters, READ);
    if (read === Atomics.load(this.#counters, WRITTEN)) return -1;
    const length = this.#lengths[(read & this.#mask) >> 2] ?? 0;
    if (length > out.length) throw new RangeError(`message of ${length} bytes for a buffer of ${out.length}`);
    const at = (read + 4) & this.#mask;
    const untilEnd = Math.min(length, this.#data.length - at);
    for (let index = 0; index < untilEnd; index++) out[index] = this.#data[at + index]!;
    for (let index = untilEnd; index < length; index++) out[index] = this.#data[index - untilEnd]!;
    Atomics.store(this.#counters, READ, (read + 4 + ((length + 3) & ~3)) | 0);
    return length;
  }

  /** Reader's side, a thread that may block: returns when there is a message, or after `timeoutMs`. */
  wait(timeoutMs: number): void {
    const read = Atomics.load(this.#counters, READ);
    Atomics.wait(this.#counters, WRITTEN, read, timeoutMs);
  }

  /** Reader's side, a thread with an event loop: resolves when there is a message, or after `timeoutMs`. */
  async waitAsync(timeoutMs: number): Promise<void> {
    const read = Atomics.load(this.#counters, READ);
    await Atomics.waitAsync(this.#counters, WRITTEN, read, timeoutMs).value;
  }

  #copyIn(at: number, bytes: Uint8Array, length: number): void {
    const data = this.#data;
    const untilEnd = Math.min(length, data.length - at);
    for (let index = 0; index < untilEnd; index++) data[at + index] = bytes[index]!;
    for (let index = untilEnd; index < length; index++) data[index - untilEnd] = bytes[index]!;
  }
}

/**
 * JSON messages on a ring. The writer keeps what does not fit and sends it before anything later, so nothing is lost
 * or overtaken. Values are trusted: both ends are this program.
 */
export class JsonRing<Message> {
  readonly #ring: SharedRing;
  readonly #scratch: Uint8Array;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  readonly #kept: string[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.#ring = new SharedRing(memory);
    this.#scratch = new Uint8Array(memory.byteLength);
  }

  send(message: Message): void {
    this.#kept.push(JSON.stringify(message));
    this.flush();
  }

  /** Sends what was kept; false while something has to wait still. */
  flush(): boolean {
    for (let text = this.#kept[0]; text !== undefined; text = this.#kept[0]) {
      const { written } = this.#encoder.encodeInto(text, this.#scratch);
      if (!this.#ring.write(this.#scratch, written)) return false;
      this.#kept.shift();
      this.#ring.wake();
    }
    return true;
  }

  receive(): Message | undefined {
    const length = this.#ring.read(this.#scratch);
    if (length < 0) return undefined;
    return JSON.parse(this.#decoder.decode(this.#scratch.subarray(0, length))) as Message;
  }

  /** For a thread that may block. */
  wait(timeoutMs: number): void {
    this.#ring.wait(timeoutMs);
  }

  /** For a thread with an event loop. */
  async waitAsync(timeoutMs: number): Promise<void> {
    await this.#ring.waitAsync(timeoutMs);
  }
}
