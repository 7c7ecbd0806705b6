/**
 * SRTP and SRTCP (RFC 3711, 7714) of one direction of a leg: what goes out is encrypted and signed where it lies, what comes in
 * is proved, told from repeats and decrypted. Keys come by SDP (sdp/media-keys.ts). Used by call/leg-stream.ts on the media
 * thread; creates nothing per packet.
 *
 *   RTP    header │ payload, encrypted │ tag                         index = roll-over counter · 2¹⁶ + sequence
 *   RTCP   header, SSRC │ encrypted │ E, index │ tag of 80 bits      index is in the packet; GCM has its tag before it
 */
import { byteAt, int32At, RTP_HEADER_BYTES, uint16At, uint32At } from './packet.ts';
import { createSessionKeys, type SessionKeys, type SrtpSuite } from './srtp-session-keys.ts';

/** Master key and salt of each direction, base64 as in SDP (RFC 4568 6.1). */
export interface SrtpKeys {
  suite: SrtpSuite;
  keyIn: string;
  keyOut: string;
}

const RTCP_HEADER_BYTES = 8;
const RTCP_INDICES = 0x80000000;
const SEQUENCES = 0x10000;
/** Later than so much behind the newest a packet is as good as lost (RFC 3711 3.3.2 asks for 64). */
const WINDOW = 128;
/** Sources of one far end that are told apart: it has one, and another when it begins anew. */
const MAX_SOURCES = 4;

/** What was taken lately, so that it is not taken twice (RFC 3711 3.3.2). */
class ReplayWindow {
  highest = -1;
  readonly #taken = new Float64Array(WINDOW).fill(-1);

  isNew(index: number): boolean {
    return index > this.highest - WINDOW && this.#taken[index % WINDOW] !== index;
  }

  take(index: number): void {
    this.#taken[index % WINDOW] = index;
    if (index > this.highest) this.highest = index;
  }
}

class Source {
  readonly ssrc: number;
  readonly rtp = new ReplayWindow();
  readonly rtcp = new ReplayWindow();

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }
}

export class SrtpSender {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  #rollOver = 0;
  #lastSequence = -1;
  #rtcpIndex = 0;

  constructor(suite: SrtpSuite, key: string) {
    this.#rtp = createSessionKeys(suite, key, 'rtp');
    this.#rtcp = createSessionKeys(suite, key, 'rtcp');
  }

  /** A packet that parseRtp has taken, or that we wrote, in order of its sequence; answers its new length. */
  protect(bytes: Uint8Array, length: number): number {
    const sequence = uint16At(bytes, 2);
    if (sequence < this.#lastSequence) this.#rollOver = (this.#rollOver + 1) >>> 0;
    this.#lastSequence = sequence;
    return this.#rtp.protect(bytes, payloadStart(bytes), length, this.#rollOver);
  }

  protectRtcp(bytes: Uint8Array, length: number): number {
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) % RTCP_INDICES;
    return this.#rtcp.protectRtcp(bytes, length, index);
  }
}

export class SrtpReceiver {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #sources: Source[] = [];

  constructor(suite: SrtpSuite, key: string) {
    this.#rtp = createSessionKeys(suite, key, 'rtp');
    this.#rtcp = createSessionKeys(suite, key, 'rtcp');
  }

  /** Decrypts where it lies; the length of the RTP packet, or -1: forged, repeated, not whole. Then nothing has changed. */
  unprotect(bytes: Uint8Array, length: number): number {
    if (length < RTP_HEADER_BYTES + this.#rtp.tagBytes) return -1;
    const ssrc = int32At(bytes, 8);
    const known = this.#sourceOf(ssrc);
    const sequence = uint16At(bytes, 2);
    const rollOver = known === null ? 0 : rollOverOf(sequence, known.rtp.highest);
    const index = rollOver * SEQUENCES + sequence;
    if (rollOver < 0 || known?.rtp.isNew(index) === false) return -1;
    const plain = this.#rtp.unprotect(bytes, payloadStart(bytes), length, rollOver);
    if (plain >= 0) (known ?? this.#add(ssrc)).rtp.take(index);
    return plain;
  }

  unprotectRtcp(bytes: Uint8Array, length: number): number {
    const indexAt = this.#rtcp.rtcpIndexAt(length);
    if (indexAt < RTCP_HEADER_BYTES) return -1;
    const ssrc = int32At(bytes, 4);
    const known = this.#sourceOf(ssrc);
    const index = uint32At(bytes, indexAt) % RTCP_INDICES;
    if (known?.rtcp.isNew(index) === false) return -1;
    const plain = this.#rtcp.unprotectRtcp(bytes, length);
    if (plain >= 0) (known ?? this.#add(ssrc)).rtcp.take(index);
    return plain;
  }

  #sourceOf(ssrc: number): Source | null {
    const sources = this.#sources;
    for (let index = 0; index < sources.length; index++)
      if (sources[index]!.ssrc === ssrc) return sources[index]!;
    return null;
  }

  /** Only for a packet that was proved. */
  #add(ssrc: number): Source {
    const source = new Source(ssrc);
    this.#sources.push(source);
    if (this.#sources.length > MAX_SOURCES) this.#sources.shift();
    return source;
  }
}

/** RFC 3711 3.3.1: the counter that brings the packet nearest to the newest one. -1: before the first packet of all. */
function rollOverOf(sequence: number, highest: number): number {
  if (highest < 0) return 0;
  const rollOver = Math.floor(highest / SEQUENCES);
  const distance = sequence - (highest % SEQUENCES);
  if (distance > SEQUENCES / 2) return rollOver - 1;
  return distance < -SEQUENCES / 2 ? rollOver + 1 : rollOver;
}

/** Behind CSRCs and extension, which stay readable. */
function payloadStart(bytes: Uint8Array): number {
  const first = byteAt(bytes, 0);
  const start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  return (first & 0x10) === 0 ? start : start + 4 + uint16At(bytes, start + 2) * 4;
}
