/**
 * The RTCP session of one leg (RFC 3550 section 6): sends a compound of sender or receiver report, SDES and at the end BYE;
 * reads what the far end reports. Media thread. Nothing here is per sound packet but noteSent(). Whatever comes from the
 * network is walked with its lengths checked; garbage is a code.
 *
 *   round trip = now − (time our last SR was received there + delay until its report), in 1/65536 s:
 *                 A  −  LSR                                  −  DLSR          (section 6.4.1)
 */
import { byteAt, uint16At, uint32At, writeUint16, writeUint32 } from './packet.ts';
import type { ReceptionFigures, RtpReceiver } from './receiver.ts';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const CNAME = 1;
const REPORT_BLOCK_BYTES = 24;
const SENDER_INFO_BYTES = 20;
/** From 1900 (NTP) to 1970 (Unix), s. */
const NTP_TO_UNIX_S = 2_208_988_800;
const MEAN_INTERVAL_MS = 5000;
/** Section 6.3.1: makes up for the bias of timer reconsideration. */
const INTERVAL_COMPENSATION = Math.E - 1.5;
/** A report of a round trip beyond this is an error of the far end. */
const LONGEST_ROUND_TRIP_MS = 30_000;

/** Room that any packet of writeReport() and writeBye() fits in. */
export const RTCP_MAX_BYTES = 512;

export type RtcpCode =
  | 'ok'
  /** Read, and the far end has left. */
  | 'bye'
  | 'short'
  | 'bad_version'
  /** A packet says to be longer than the datagram. What came before it was taken. */
  | 'bad_length'
  /** A compound has to begin with SR or RR, unless its size was reduced by agreement (section 6.1). */
  | 'bad_first';

export interface RtcpSessionOptions {
  ssrc: number;
  /** Section 6.5.1; the same for the life of the call, at most 255 bytes. */
  cname: string;
  /** Wall clock at a moment of the monotonic one, epoch ms: NTP time in sender reports. */
  epochMs(atMs: number): number;
  /** 0 ≤ r < 1. */
  random(): number;
}

export class RtcpSession {
  /** null: the far end did not report on our sound yet. */
  roundTripMs: number | null = null;
  remoteLossPercent: number | null = null;
  remoteJitterSamples: number | null = null;
  reportsReceived = 0;
  malformed = 0;
  readonly #options: RtcpSessionOptions;
  readonly #cname: Uint8Array;
  readonly #figures: ReceptionFigures = {
    ssrc: 0,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighestSequence: 0,
    jitterSamples: 0,
  };
  #packetsSent = 0;
  #octetsSent = 0;
  #packetsReported = 0;
  /** Middle 32 bits of the NTP time in the far end's last SR, and when it came. */
  #lastReportNtp = 0;
  #lastReportAtMs = 0;
  #nextReportAtMs = Number.NaN;
  #hasLeft = false;

  constructor(options: RtcpSessionOptions) {
    this.#options = options;
    this.#cname = new TextEncoder().encode(options.cname).subarray(0, 255);
  }

  noteSent(payloadBytes: number): void {
    this.#packetsSent++;
    this.#octetsSent += payloadBytes;
  }

  /** Asked once a tick: true when a report is to be sent now. The first comes after half an interval. */
  isReportDue(nowMs: number): boolean {
    if (Number.isNaN(this.#nextReportAtMs)) this.#nextReportAtMs = nowMs + this.#intervalMs() / 2;
    if (nowMs < this.#nextReportAtMs) return false;
    this.#nextReportAtMs = nowMs + this.#intervalMs();
    return true;
  }

  /** Writes SR (or RR when nothing was sent since the last) and SDES to `bytes[0…]`; answers the length. */
  writeReport(bytes: Uint8Array, receiver: RtpReceiver, rtpTimestamp: number, nowMs: number): number {
    const isSender = this.#packetsSent > this.#packetsReported;
    this.#packetsReported = this.#packetsSent;
    let at = 8;
    if (isSender) at = this.#writeSenderInfo(bytes, at, rtpTimestamp, nowMs);
    const hasBlock = receiver.fillReport(this.#figures);
    if (hasBlock) at = this.#writeBlock(bytes, at, nowMs);
    writeHeader(bytes, 0, hasBlock ? 1 : 0, isSender ? SENDER_REPORT : RECEIVER_REPORT, at);
    writeUint32(bytes, 4, this.#options.ssrc);
    return this.#writeDescription(bytes, at);
  }

  /** A last report, SDES and BYE (section 6.6). */
  writeBye(bytes: Uint8Array, receiver: RtpReceiver, rtpTimestamp: number, nowMs: number): number {
    const at = this.writeReport(bytes, receiver, rtpTimestamp, nowMs);
    writeHeader(bytes, at, 1, GOODBYE, 8);
    writeUint32(bytes, at + 4, this.#options.ssrc);
    return at + 8;
  }

  /** Reads the compound `bytes[0 … length)`, which came at `nowMs`. */
  receive(bytes: Uint8Array, length: number, nowMs: number): RtcpCode {
    const code = this.#read(bytes, length, nowMs);
    if (code === 'ok') return code;
    if (code !== 'bye') this.malformed++;
    return code;
  }

  #read(bytes: Uint8Array, length: number, nowMs: number): RtcpCode {
    if (length < 8) return 'short';
    this.#hasLeft = false;
    let at = 0;
    while (at + 4 <= length) {
      if (byteAt(bytes, at) >>> 6 !== 2) return 'bad_version';
      const type = byteAt(bytes, at + 1);
      if (at === 0 && type !== SENDER_REPORT && type !== RECEIVER_REPORT) return 'bad_first';
      const end = at + 4 + uint16At(bytes, at + 2) * 4;
      if (end > length) return 'bad_length';
      this.#readPacket(bytes, at, end, type, nowMs);
      at = end;
    }
    if (at !== length) return 'bad_length';
    return this.#hasLeft ? 'bye' : 'ok';
  }

  #readPacket(bytes: Uint8Array, at: number, end: number, type: number, nowMs: number): void {
    const count = byteAt(bytes, at) & 0x1f;
    if (type === GOODBYE) this.#hasLeft = true;
    if (type === SENDER_REPORT && at + 8 + SENDER_INFO_BYTES <= end) {
      this.#lastReportNtp = uint32At(bytes, at + 10);
      this.#lastReportAtMs = nowMs;
      this.reportsReceived++;
      this.#readBlocks(bytes, at + 8 + SENDER_INFO_BYTES, end, count, nowMs);
    }
    if (type === RECEIVER_REPORT && at + 8 <= end) {
      this.reportsReceived++;
      this.#readBlocks(bytes, at + 8, end, count, nowMs);
    }
  }

  #readBlocks(bytes: Uint8Array, from: number, end: number, count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      const at = from + i * REPORT_BLOCK_BYTES;
      if (at + REPORT_BLOCK_BYTES > end) return;
      if (uint32At(bytes, at) === this.#options.ssrc >>> 0) this.#readBlock(bytes, at, nowMs);
    }
  }

  #readBlock(bytes: Uint8Array, at: number, nowMs: number): void {
    this.remoteLossPercent = (byteAt(bytes, at + 4) * 100) / 256;
    this.remoteJitterSamples = uint32At(bytes, at + 12);
    const lastReport = uint32At(bytes, at + 16);
    if (lastReport === 0) return;
    const delay = uint32At(bytes, at + 20);
    const roundTrip = (this.#middleNtp(nowMs) - lastReport - delay) >>> 0;
    const roundTripMs = (roundTrip * 1000) / 65536;
    // Clocks of the two ends round differently: slightly less than nothing is nothing.
    if (roundTrip > 0xffff_0000) this.roundTripMs = 0;
    else if (roundTripMs <= LONGEST_ROUND_TRIP_MS) this.roundTripMs = roundTripMs;
  }

  #writeSenderInfo(bytes: Uint8Array, at: number, rtpTimestamp: number, nowMs: number): number {
    const epochMs = this.#options.epochMs(nowMs);
    writeUint32(bytes, at, ntpSeconds(epochMs));
    writeUint32(bytes, at + 4, ntpFraction(epochMs));
    writeUint32(bytes, at + 8, rtpTimestamp);
    writeUint32(bytes, at + 12, this.#packetsSent);
    writeUint32(bytes, at + 16, this.#octetsSent);
    return at + SENDER_INFO_BYTES;
  }

  #writeBlock(bytes: Uint8Array, at: number, nowMs: number): number {
    const figures = this.#figures;
    const hasReport = this.#lastReportNtp !== 0;
    writeUint32(bytes, at, figures.ssrc);
    writeUint32(bytes, at + 4, ((figures.fractionLost << 24) | (figures.cumulativeLost & 0xffffff)) >>> 0);
    writeUint32(bytes, at + 8, figures.extendedHighestSequence);
    writeUint32(bytes, at + 12, figures.jitterSamples);
    writeUint32(bytes, at + 16, this.#lastReportNtp);
    writeUint32(bytes, at + 20, hasReport ? ((nowMs - this.#lastReportAtMs) * 65536) / 1000 : 0);
    return at + REPORT_BLOCK_BYTES;
  }

  #writeDescription(bytes: Uint8Array, at: number): number {
    writeUint32(bytes, at + 4, this.#options.ssrc);
    bytes[at + 8] = CNAME;
    bytes[at + 9] = this.#cname.length;
    bytes.set(this.#cname, at + 10);
    // The list ends with at least one zero, up to the next word.
    const end = at + 4 * Math.ceil((10 + this.#cname.length + 1) / 4);
    bytes.fill(0, at + 10 + this.#cname.length, end);
    writeHeader(bytes, at, 1, SOURCE_DESCRIPTION, end - at);
    return end;
  }

  #middleNtp(nowMs: number): number {
    const epochMs = this.#options.epochMs(nowMs);
    return ((ntpSeconds(epochMs) << 16) | (ntpFraction(epochMs) >>> 16)) >>> 0;
  }

  #intervalMs(): number {
    return (MEAN_INTERVAL_MS * (0.5 + this.#options.random())) / INTERVAL_COMPENSATION;
  }
}

function writeHeader(bytes: Uint8Array, at: number, count: number, type: number, length: number): void {
  bytes[at] = 0x80 | count;
  bytes[at + 1] = type;
  writeUint16(bytes, at + 2, length / 4 - 1);
}

function ntpSeconds(epochMs: number): number {
  return (Math.floor(epochMs / 1000) + NTP_TO_UNIX_S) >>> 0;
}

function ntpFraction(epochMs: number): number {
  const fractionMs = epochMs - Math.floor(epochMs / 1000) * 1000;
  return Math.floor((fractionMs * 2 ** 32) / 1000) >>> 0;
}
