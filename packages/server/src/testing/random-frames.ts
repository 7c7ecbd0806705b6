/** Frames that no client of ours would send: texts that are no events, and bytes that are no frames. Seeded. */
import type { Random } from './random.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'channelmode',
  'ack',
  'initialize',
];
const OPCODES = [0x0, 0x1, 0x2, 0x3, 0x7, 0x8, 0x9, 0xa, 0xb, 0xf];

/** Made of a good frame, or of nothing. */
export function rawText(random: Random, good: string): string | Buffer {
  const at = random.below(good.length);
  switch (random.below(10)) {
    case 0:
      return good.slice(0, at);
    case 1:
      return `${good.slice(0, at)}${String.fromCharCode(random.below(65_536))}${good.slice(at + 1)}`;
    case 2:
      return JSON.stringify({
        event: random.pick(NAMES),
        data: null,
        id: random.pick([null, 1, {}, 'x'.repeat(101)]),
      });
    case 3:
      return '['.repeat(1 + random.below(5_000));
    case 4:
      return `{"event":"ping","data":${'{"a":'.repeat(random.below(60))}1${'}'.repeat(random.below(60))}}`;
    case 5:
      return `${good.slice(0, -1)},"event":"${random.pick(NAMES) ?? ''}","data":${random.below(9)}}`;
    case 6:
      return Buffer.from(good);
    case 7:
      return `{"event":"ping","data":"${'x'.repeat(65_536 - random.below(100))}"}`;
    case 8:
      return (
        random.pick(['', 'null', '1', '"x"', '[]', '{}', '[{"event":"ping"}]', '\u0000', '\ufeff{}']) ?? ''
      );
    default:
      return good + good;
  }
}

/** RFC 6455 5.2: a header with anything in it, and a payload that need not be as long as it says. */
export function rawBytes(random: Random): Buffer {
  const isFinal = random.chance(0.7) ? 0x80 : 0;
  const reserved = random.chance(0.2) ? random.below(8) << 4 : 0;
  const opcode = random.pick(OPCODES) ?? 0;
  const isMasked = random.chance(0.7) ? 0x80 : 0;
  const length = random.pick([0, 1, 2, 60, 125, 126, 127]) ?? 0;
  const payload = Buffer.from(Array.from({ length: random.below(80) }, () => random.below(256)));
  return Buffer.concat([Buffer.from([isFinal | reserved | opcode, isMasked | length]), payload]);
}
