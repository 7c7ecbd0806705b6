/**
 * The two primitives of SRTP's first transforms (RFC 3711 4.1, 4.2): AES in counter mode and HMAC-SHA1, over bytes where
 * they lie. Own code because node:crypto makes several objects for each packet and takes ten times as long for packets this
 * small; proved by the vectors of RFC 3711, RFC 2202 and against node:crypto. Media thread; creates nothing per packet.
 */
const BLOCK_BYTES = 16;
const SHA1_BLOCK_BYTES = 64;

const SBOX = new Uint8Array(256);
/**
 * Column of MixColumns for each byte of SubBytes; the other three columns are its rotations. Words have a sign here: without
 * one, half of them would be objects where they are handed on.
 */
const TABLE = new Int32Array(256);
fillTables();

/** FIPS 197 4.2, 5.1.1: powers of 3, whose inverses are found from the other end. */
function fillTables(): void {
  const powers = new Uint8Array(256);
  const logarithms = new Uint8Array(256);
  for (let exponent = 0, value = 1; exponent < 256; exponent++) {
    powers[exponent] = value;
    logarithms[value] = exponent;
    value ^= twice(value);
  }
  for (let value = 0; value < 256; value++) {
    const inverse = value === 0 ? 0 : value === 1 ? 1 : powers[255 - logarithms[value]!]!;
    let mixed = inverse;
    for (let turn = 1; turn <= 4; turn++) mixed ^= (inverse << turn) | (inverse >>> (8 - turn));
    const substitute = (mixed ^ 0x63) & 0xff;
    SBOX[value] = substitute;
    const double = twice(substitute);
    TABLE[value] = (double << 24) | (substitute << 16) | (substitute << 8) | (double ^ substitute);
  }
}

function twice(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff;
}

export class AesCounter {
  readonly #keys: Int32Array;
  readonly #stream = new Uint8Array(BLOCK_BYTES);

  /** `key`: 16 or 32 bytes (FIPS 197 5.2). */
  constructor(key: Uint8Array) {
    const keyWords = key.length / 4;
    // Ten rounds, or fourteen.
    const keys = new Int32Array(4 * (keyWords + 7));
    this.#keys = keys;
    for (let word = 0; word < keyWords; word++) keys[word] = wordAt(key, word * 4);
    for (let word = keyWords, round = 1; word < keys.length; word++) {
      let next = keys[word - 1]!;
      if (word % keyWords === 0) {
        next = substituted((next << 8) | (next >>> 24)) ^ (round << 24);
        round = twice(round);
      } else if (keyWords === 8 && word % keyWords === 4) next = substituted(next);
      keys[word] = keys[word - keyWords]! ^ next;
    }
  }

  /** Adds the key stream that begins with `counter` to `bytes[from … to)`; the counter's last 16 bits count on. */
  apply(bytes: Uint8Array, from: number, to: number, counter: Int32Array): void {
    const stream = this.#stream;
    const high = counter[3]! & 0xffff0000;
    let low = counter[3]! & 0xffff;
    for (let at = from; at < to; at += BLOCK_BYTES) {
      this.#encrypt(counter[0]!, counter[1]!, counter[2]!, high | low);
      low = (low + 1) & 0xffff;
      const count = Math.min(BLOCK_BYTES, to - at);
      for (let index = 0; index < count; index++) bytes[at + index] = bytes[at + index]! ^ stream[index]!;
    }
  }

  /** One block, into #stream (FIPS 197 5.1). */
  #encrypt(in0: number, in1: number, in2: number, in3: number): void {
    const keys = this.#keys;
    let a = in0 ^ keys[0]!;
    let b = in1 ^ keys[1]!;
    let c = in2 ^ keys[2]!;
    let d = in3 ^ keys[3]!;
    const last = keys.length - 4;
    for (let round = 4; round < last; round += 4) {
      const nextA = mixed(a, b, c, d) ^ keys[round]!;
      const nextB = mixed(b, c, d, a) ^ keys[round + 1]!;
      const nextC = mixed(c, d, a, b) ^ keys[round + 2]!;
      const nextD = mixed(d, a, b, c) ^ keys[round + 3]!;
      a = nextA;
      b = nextB;
      c = nextC;
      d = nextD;
    }
    const stream = this.#stream;
    putWord(stream, 0, shifted(a, b, c, d) ^ keys[last]!);
    putWord(stream, 4, shifted(b, c, d, a) ^ keys[last + 1]!);
    putWord(stream, 8, shifted(c, d, a, b) ^ keys[last + 2]!);
    putWord(stream, 12, shifted(d, a, b, c) ^ keys[last + 3]!);
  }
}

/** SubBytes, ShiftRows and MixColumns of one column. */
function mixed(a: number, b: number, c: number, d: number): number {
  const first = TABLE[a >>> 24]!;
  const second = TABLE[(b >>> 16) & 0xff]!;
  const third = TABLE[(c >>> 8) & 0xff]!;
  const fourth = TABLE[d & 0xff]!;
  return (
    first ^
    ((second >>> 8) | (second << 24)) ^
    ((third >>> 16) | (third << 16)) ^
    ((fourth >>> 24) | (fourth << 8))
  );
}

/** SubBytes and ShiftRows of one column. */
function shifted(a: number, b: number, c: number, d: number): number {
  return (
    (SBOX[a >>> 24]! << 24) |
    (SBOX[(b >>> 16) & 0xff]! << 16) |
    (SBOX[(c >>> 8) & 0xff]! << 8) |
    SBOX[d & 0xff]!
  );
}

function substituted(word: number): number {
  return shifted(word, word, word, word);
}

export class HmacSha1 {
  /** States behind the key's own block, inside and outside (RFC 2104). */
  readonly #inner = new Int32Array(5);
  readonly #outer = new Int32Array(5);
  readonly #state = new Int32Array(5);
  readonly #words = new Int32Array(80);
  readonly #tail = new Uint8Array(2 * SHA1_BLOCK_BYTES);

  /** `key`: at most 64 bytes. */
  constructor(key: Uint8Array) {
    const block = new Uint8Array(SHA1_BLOCK_BYTES);
    for (const [state, pad] of [
      [this.#inner, 0x36],
      [this.#outer, 0x5c],
    ] as const) {
      block.fill(pad);
      for (let index = 0; index < key.length; index++) block[index] = key[index]! ^ pad;
      state.set([0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0]);
      this.#block(state, block, 0);
    }
  }

  /** Of `bytes[0 … length)` and, behind them, the 32 bits of `suffix` (null: none); 20 bytes at `into[0]`. */
  sign(bytes: Uint8Array, length: number, suffix: number | null, into: Uint8Array): void {
    const state = this.#state;
    const tail = this.#tail;
    state.set(this.#inner);
    let at = 0;
    for (; at + SHA1_BLOCK_BYTES <= length; at += SHA1_BLOCK_BYTES) this.#block(state, bytes, at);
    let rest = length - at;
    for (let index = 0; index < rest; index++) tail[index] = bytes[at + index]!;
    if (suffix !== null) {
      putWord(tail, rest, suffix);
      rest += 4;
    }
    this.#finish(state, rest, SHA1_BLOCK_BYTES + length + (suffix === null ? 0 : 4));
    for (let word = 0; word < 5; word++) putWord(tail, word * 4, state[word]!);
    state.set(this.#outer);
    this.#finish(state, 20, SHA1_BLOCK_BYTES + 20);
    for (let word = 0; word < 5; word++) putWord(into, word * 4, state[word]!);
  }

  /** Pads what is in the tail (FIPS 180-4 5.1.1) and takes it in. */
  #finish(state: Int32Array, count: number, totalBytes: number): void {
    const tail = this.#tail;
    const end = count + 9 <= SHA1_BLOCK_BYTES ? SHA1_BLOCK_BYTES : 2 * SHA1_BLOCK_BYTES;
    tail[count] = 0x80;
    tail.fill(0, count + 1, end - 4);
    putWord(tail, end - 4, totalBytes * 8);
    for (let at = 0; at < end; at += SHA1_BLOCK_BYTES) this.#block(state, tail, at);
  }

  /** FIPS 180-4 6.1.2. */
  #block(state: Int32Array, bytes: Uint8Array, at: number): void {
    const words = this.#words;
    for (let index = 0; index < 16; index++) words[index] = wordAt(bytes, at + index * 4);
    for (let index = 16; index < 80; index++) {
      const word = words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!;
      words[index] = (word << 1) | (word >>> 31);
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let index = 0; index < 80; index++) {
      const round =
        index < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : index < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : index < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const next = (((a << 5) | (a >>> 27)) + round + e + words[index]!) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    state[0] = (state[0]! + a) | 0;
    state[1] = (state[1]! + b) | 0;
    state[2] = (state[2]! + c) | 0;
    state[3] = (state[3]! + d) | 0;
    state[4] = (state[4]! + e) | 0;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
