/**
 * RTP packets, read and written in place (RFC 3550 section 5.1). Called by the media thread for every packet, so
 * nothing is created: the reader fills a view that the caller keeps.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|X|  CC   |M|     PT      |        sequence number        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                           timestamp                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                             SSRC                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                  CSRC, 32 bits each, CC times                 |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | X: profile (16 bits), length in words (16 bits), that many    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | payload …        | P: padding, its last byte is its length    |
 */
export const RTP_HEADER_BYTES = 12;

/** What parseRtp found. One per socket, filled again for every packet. */
export interface RtpView {
  payloadType: number;
  isMarker: boolean;
  sequence: number;
  /** As the SSRC a whole number with a sign: half of all values would be objects without it. */
  timestamp: number;
  ssrc: number;
  payloadOffset: number;
  payloadLength: number;
}

export type RtpParseCode =
  | 'ok'
  /** Fewer bytes than the header, its CSRC list or its extension say. */
  | 'short'
  | 'bad_version'
  /** RTCP on the same port (RFC 5761): hand it to the RTCP session. */
  | 'rtcp'
  | 'bad_padding';

export function createRtpView(): RtpView {
  return {
    payloadType: 0,
    isMarker: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    payloadOffset: 0,
    payloadLength: 0,
  };
}

/**
 * Reads the packet `bytes[0 … length)` into `into`. `into` means something only when the answer is 'ok'; an empty
 * payload is 'ok' (some gateways keep NAT bindings open with it).
 */
export function parseRtp(bytes: Uint8Array, length: number, into: RtpView): RtpParseCode {
  if (length < RTP_HEADER_BYTES) return isRtcp(bytes, length) ? 'rtcp' : 'short';
  const first = byteAt(bytes, 0);
  if (first >>> 6 !== 2) return 'bad_version';
  const second = byteAt(bytes, 1);
  if (second >= 192 && second <= 223) return 'rtcp';

  let offset = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (offset + 4 > length) return 'short';
    offset += 4 + uint16At(bytes, offset + 2) * 4;
  }
  if (offset > length) return 'short';

  let end = length;
  if ((first & 0x20) !== 0) {
    const padding = byteAt(bytes, length - 1);
    if (padding === 0 || offset + padding > length) return 'bad_padding';
    end -= padding;
  }

  into.payloadType = second & 0x7f;
  into.isMarker = second >= 128;
  into.sequence = uint16At(bytes, 2);
  into.timestamp = int32At(bytes, 4);
  into.ssrc = int32At(bytes, 8);
  into.payloadOffset = offset;
  into.payloadLength = end - offset;
  return 'ok';
}

/**
 * RTP or RTCP on one port: RFC 5761 section 4 keeps RTP payload types 64-95 free, so that a second byte of 192-223
 * can only be an RTCP packet type.
 */
export function isRtcp(bytes: Uint8Array, length: number): boolean {
  if (length < 4) return false;
  const second = byteAt(bytes, 1);
  return byteAt(bytes, 0) >>> 6 === 2 && second >= 192 && second <= 223;
}

/** Writes a header without CSRC, extension or padding at `bytes[offset]`; answers where the payload begins. */
export function writeRtpHeader(
  bytes: Uint8Array,
  offset: number,
  payloadType: number,
  isMarker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): number {
  bytes[offset] = 0x80;
  bytes[offset + 1] = (isMarker ? 0x80 : 0) | payloadType;
  writeUint16(bytes, offset + 2, sequence);
  writeUint32(bytes, offset + 4, timestamp);
  writeUint32(bytes, offset + 8, ssrc);
  return offset + RTP_HEADER_BYTES;
}

/** 0 past the end: the callers have checked the length, the compiler cannot know. */
export function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}

export function uint16At(bytes: Uint8Array, offset: number): number {
  return (byteAt(bytes, offset) << 8) | byteAt(bytes, offset + 1);
}

/** The same bits as those of uint32At(). */
export function int32At(bytes: Uint8Array, offset: number): number {
  return (uint16At(bytes, offset) << 16) | uint16At(bytes, offset + 2);
}

export function uint32At(bytes: Uint8Array, offset: number): number {
  return ((uint16At(bytes, offset) << 16) | uint16At(bytes, offset + 2)) >>> 0;
}

export function writeUint16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** a − b of sequence numbers, −32768 … 32767, right across the wrap. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** a − b of RTP timestamps, right across the wrap. */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}
