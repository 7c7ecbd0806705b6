/**
 * One page of an Ogg stream (RFC 3533 section 6) around whole packets. Used by ogg-opus-stream.ts, outputs thread.
 *
 *    0               1               2               3
 *   | "OggS"                                                        |
 *   | version 0     | flags         | granule position (64 bits)    …
 *   …                               | serial number                 …
 *   …                               | page number                   …
 *   …                               | CRC-32                        …
 *   …                               | segments      | lengths of the segments …, then the packets
 */
const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const GRANULE_AT = 6;
const SERIAL_AT = 14;
const NUMBER_AT = 18;
const CRC_AT = 22;
const SEGMENTS_AT = 26;
const MAX_SEGMENTS = 255;
const FULL_SEGMENT = 255;

export interface OggPage {
  serial: number;
  /** Counts the pages of the stream. */
  number: number;
  /** Of the last sample that can be decoded with this page. */
  granule: number;
  isFirst?: boolean;
  packets: readonly Uint8Array[];
}

export function buildOggPage({ serial, number, granule, isFirst = false, packets }: OggPage): Buffer {
  // A packet is as many full segments as fit, and one that is not full (6: "lacing values").
  const segments = packets.reduce((sum, { length }) => sum + Math.floor(length / FULL_SEGMENT) + 1, 0);
  if (segments > MAX_SEGMENTS) throw new RangeError(`${segments} segments do not fit on a page`);
  const bytes = packets.reduce((sum, { length }) => sum + length, 0);
  const page = Buffer.alloc(HEADER_BYTES + segments + bytes);
  page.write('OggS', 'latin1');
  page[FLAGS_AT] = isFirst ? 2 : 0;
  page.writeBigUInt64LE(BigInt(granule), GRANULE_AT);
  page.writeUInt32LE(serial, SERIAL_AT);
  page.writeUInt32LE(number >>> 0, NUMBER_AT);
  page[SEGMENTS_AT] = segments;
  let at = HEADER_BYTES;
  for (const { length } of packets) {
    const full = Math.floor(length / FULL_SEGMENT);
    page.fill(FULL_SEGMENT, at, at + full);
    page[at + full] = length % FULL_SEGMENT;
    at += full + 1;
  }
  for (const packet of packets) {
    page.set(packet, at);
    at += packet.length;
  }
  page.writeUInt32LE(oggCrc(page), CRC_AT);
  return page;
}

/** Polynomial 0x04c11db7, from 0, nothing reflected (RFC 3533 section 6, field 7). */
export function oggCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!) >>> 0;
  return crc;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});
