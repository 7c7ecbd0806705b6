/**
 * The few parts of DER (X.690) that a certificate is made of: every function answers the bytes of one value, its tag and
 * length before it. Used by self-made-certificate.ts.
 */
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

function value(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** X.690 8.1.3. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export function sequence(...parts: Buffer[]): Buffer {
  return value(0x30, Buffer.concat(parts));
}

export function set(...parts: Buffer[]): Buffer {
  return value(0x31, Buffer.concat(parts));
}

/** Not negative, big end first. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return value(0x02, (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short);
}

/** "1.2.840.113549.1.1.11" */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const groups = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return value(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes]));
}

export function octetString(bytes: Buffer): Buffer {
  return value(0x04, bytes);
}

export function utf8String(text: string): Buffer {
  return value(0x0c, Buffer.from(text));
}

export const nothing = value(0x05, Buffer.alloc(0));

export function boolean(isTrue: boolean): Buffer {
  return value(0x01, Buffer.from([isTrue ? 0xff : 0]));
}

/** RFC 5280 4.1.2.5: two digits of the year until 2049, four from then on. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(digits.slice(2)))
    : value(0x18, Buffer.from(digits));
}

/** [number] around values. */
export function tagged(number: number, ...parts: Buffer[]): Buffer {
  return value(CONTEXT | CONSTRUCTED | number, Buffer.concat(parts));
}

/** [number] in the place of a value's own tag. */
export function implicit(number: number, content: Buffer): Buffer {
  return value(CONTEXT | number, content);
}
