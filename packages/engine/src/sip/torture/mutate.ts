/**
 * Damage to messages as a fuzzer does it, from a seeded generator so that every run is the same. Used by the tests
 * here and against a running engine.
 */

/** Mulberry32: 0 to 1, the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What parsers stumble over. */
const SCRAPS = [
  '\r\n',
  '\n',
  '\r',
  '\r\n ',
  ':',
  ';',
  ',',
  '<',
  '>',
  '"',
  '\\',
  '\0',
  '%',
  '@',
  '=',
  ' ',
  '\t',
  '-1',
]
  .concat([
    '99999999999',
    'SIP/2.0',
    'Via: ',
    'Content-Length: 5\r\n',
    '[',
    ']',
    '?',
    '*',
    '\xff\xfe',
    'z9hG4bK',
  ])
  .map((each) => Buffer.from(each, 'latin1'));

type Damage = (bytes: Buffer, at: number, random: () => number) => Buffer;

const DAMAGES: readonly Damage[] = [
  // A byte becomes another.
  (bytes, at, random) => {
    const copy = Buffer.from(bytes);
    copy[at] = Math.floor(random() * 256);
    return copy;
  },
  // Bytes are gone.
  (bytes, at, random) =>
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + Math.floor(random() * 20))]),
  // Something comes in.
  (bytes, at, random) => {
    const scrap = SCRAPS[Math.floor(random() * SCRAPS.length)] ?? Buffer.alloc(0);
    return Buffer.concat([bytes.subarray(0, at), scrap, bytes.subarray(at)]);
  },
  // A piece comes twice, or many times.
  (bytes, at, random) => {
    const piece = bytes.subarray(at, at + Math.floor(random() * 60));
    const copies = Array.from({ length: 1 + Math.floor(random() * 8) }, () => piece);
    return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)]);
  },
  // The end is missing.
  (bytes, at) => bytes.subarray(0, at),
];

export function mutate(original: Buffer, random: () => number): Buffer {
  let bytes = original;
  const damages = 1 + Math.floor(random() * 4);
  for (let count = 0; count < damages; count++) {
    const damage = DAMAGES[Math.floor(random() * DAMAGES.length)];
    const at = Math.floor(random() * bytes.length);
    if (damage !== undefined) bytes = damage(bytes, at, random);
  }
  return bytes;
}
