/**
 * The universal hash of AES-GCM (NIST SP 800-38D 6.3, 6.4): a product in GF(2¹²⁸) for each block of 16 bytes, by tables of
 * one byte's multiples of the key (4 KB a key). Used by srtp-session-keys.ts on the media thread; creates nothing per packet.
 * Words have a sign, the first has the most significant bits, which are the lowest powers.
 */
import { int32At } from './packet.ts';

const BLOCK_BYTES = 16;
const WORDS = 4;
/** x¹²⁸ = x⁷ + x² + x + 1, turned round as everything here. */
const POLYNOMIAL = 0xe1000000 | 0;

/** What falls out when a byte is shifted out at the end, as it is added to the first word. */
const REDUCTION = new Int32Array(256);
fillReduction();

function fillReduction(): void {
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      high = (high >>> 1) ^ ((low & 1) === 1 ? POLYNOMIAL : 0);
      low >>>= 1;
    }
    REDUCTION[byte] = high;
  }
}

export class Ghash {
  /** The product of the key and each byte, as the first of its block. */
  readonly #products = new Int32Array(256 * WORDS);
  readonly #state = new Int32Array(WORDS);

  /** `key`: 16 bytes, AES of nothing but zeros. */
  constructor(key: Uint8Array) {
    const products = this.#products;
    let a = int32At(key, 0);
    let b = int32At(key, 4);
    let c = int32At(key, 8);
    let d = int32At(key, 12);
    // Each bit by shifts, from the lowest power on; a byte is the sum of its bits.
    for (let bit = 0x80; bit > 0; bit >>>= 1) {
      products.set([a, b, c, d], bit * WORDS);
      const falling = d & 1;
      d = (d >>> 1) | (c << 31);
      c = (c >>> 1) | (b << 31);
      b = (b >>> 1) | (a << 31);
      a = (a >>> 1) ^ (falling === 1 ? POLYNOMIAL : 0);
    }
    for (let byte = 1; byte < 256; byte++) {
      const lowest = byte & -byte;
      if (lowest === byte) continue;
      for (let word = 0; word < WORDS; word++)
        products[byte * WORDS + word] =
          products[(byte ^ lowest) * WORDS + word]! ^ products[lowest * WORDS + word]!;
    }
  }

  begin(): void {
    this.#state.fill(0);
  }

  /** `bytes[from … to)`, filled up with zeros to whole blocks. */
  add(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    for (; at + BLOCK_BYTES <= to; at += BLOCK_BYTES) {
      this.addBlock(
        int32At(bytes, at),
        int32At(bytes, at + 4),
        int32At(bytes, at + 8),
        int32At(bytes, at + 12),
      );
    }
    if (at === to) return;
    this.addBlock(
      restAt(bytes, at, to),
      restAt(bytes, at + 4, to),
      restAt(bytes, at + 8, to),
      restAt(bytes, at + 12, to),
    );
  }

  addBlock(in0: number, in1: number, in2: number, in3: number): void {
    const products = this.#products;
    const state = this.#state;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let word = WORDS - 1; word >= 0; word--) {
      const input = state[word]! ^ (word === 0 ? in0 : word === 1 ? in1 : word === 2 ? in2 : in3);
      for (let shift = 0; shift < 32; shift += 8) {
        const at = ((input >>> shift) & 0xff) * WORDS;
        const falling = d & 0xff;
        d = ((d >>> 8) | (c << 24)) ^ products[at + 3]!;
        c = ((c >>> 8) | (b << 24)) ^ products[at + 2]!;
        b = ((b >>> 8) | (a << 24)) ^ products[at + 1]!;
        a = (a >>> 8) ^ REDUCTION[falling]! ^ products[at]!;
      }
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  /** With the lengths of what was added, in bytes; 16 bytes at `into[0]`. */
  finish(openBytes: number, encryptedBytes: number, into: Uint8Array): void {
    this.addBlock(0, openBytes * 8, 0, encryptedBytes * 8);
    const state = this.#state;
    for (let index = 0; index < BLOCK_BYTES; index++) {
      into[index] = state[index >>> 2]! >>> (24 - 8 * (index & 3));
    }
  }
}

function restAt(bytes: Uint8Array, at: number, to: number): number {
  let word = 0;
  for (let index = at; index < at + 4; index++) word = (word << 8) | (index < to ? bytes[index]! : 0);
  return word;
}
