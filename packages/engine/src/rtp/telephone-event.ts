/**
 * Key presses as RTP events (RFC 4733), in both directions. The receiver (media thread) gives each press once, though it
 * comes in many packets of which any may be lost, doubled or out of order; the sender serves simulated phones.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     event     |E|R| volume    |          duration             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * All packets of a press carry the timestamp of its beginning; duration grows; the last is sent three times with E set.
 */
import { byteAt, timestampDistance, uint16At, writeUint16 } from './packet.ts';

const DIGITS = '0123456789*#ABCD';
const EVENT_BYTES = 4;
/** Presses that are remembered, so that a packet that lags behind is not taken for a new one. */
const REMEMBERED = 8;
const LONGEST_DURATION = 0xffff;
const END_PACKETS = 3;

export class TelephoneEventReceiver {
  /** Of the press reported last; grows until its end. */
  durationMs = 0;
  /** Its end has come. */
  isEnded = true;
  readonly #msPerSample: number;
  readonly #timestamps = new Int32Array(REMEMBERED);
  #remembered = 0;
  #event = -1;
  #duration = 0;
  #timestamp = 0;
  /** Duration of the finished segments of a long press (RFC 4733 section 2.5.1.3). */
  #segmentsDuration = 0;

  constructor(clockRate: number) {
    this.#msPerSample = 1000 / clockRate;
  }

  /** The digit when this packet is the first that came of a press, else null (also for anything malformed). */
  receive(
    bytes: Uint8Array,
    payloadOffset: number,
    payloadLength: number,
    timestamp: number,
    isMarker: boolean,
  ): string | null {
    if (payloadLength < EVENT_BYTES) return null;
    const event = byteAt(bytes, payloadOffset);
    const digit = DIGITS[event];
    if (digit === undefined) return null;
    const isEnd = (byteAt(bytes, payloadOffset + 1) & 0x80) !== 0;
    const duration = uint16At(bytes, payloadOffset + 2);

    const isKnown = this.#isRemembered(timestamp);
    if (isKnown && timestamp !== this.#timestamp) return null;
    const isNew = !isKnown && !this.#isContinued(event, timestamp, duration, isMarker);
    if (!isKnown) this.#remember(timestamp);
    if (isNew) this.#begin(event);
    this.#timestamp = timestamp;
    this.#duration = Math.max(this.#duration, duration);
    this.isEnded ||= isEnd;
    this.durationMs = (this.#segmentsDuration + this.#duration) * this.#msPerSample;
    return isNew ? digit : null;
  }

  #begin(event: number): void {
    this.#event = event;
    this.#duration = 0;
    this.#segmentsDuration = 0;
    this.isEnded = false;
  }

  #isContinued(event: number, timestamp: number, duration: number, isMarker: boolean): boolean {
    if (this.isEnded || isMarker || event !== this.#event) return false;
    const ahead = timestampDistance(timestamp, this.#timestamp);
    // The next segment begins where the longest duration that fits has ended.
    if (ahead === LONGEST_DURATION) {
      this.#segmentsDuration += LONGEST_DURATION;
      this.#duration = 0;
      return true;
    }
    // Against section 2.5.1.2, some gateways advance the timestamp with every packet of one press.
    return ahead > 0 && ahead * this.#msPerSample <= 250 && duration > this.#duration;
  }

  #isRemembered(timestamp: number): boolean {
    const count = Math.min(this.#remembered, REMEMBERED);
    for (let i = 0; i < count; i++) if (this.#timestamps[i] === timestamp) return true;
    return false;
  }

  #remember(timestamp: number): void {
    this.#timestamps[this.#remembered % REMEMBERED] = timestamp;
    this.#remembered++;
  }
}

/** Writes the packets of one press after the other; the caller sends them, one every `ptimeMs`. */
export class TelephoneEventSender {
  /** For the RTP header of what write() wrote. */
  timestamp = 0;
  isMarker = false;
  readonly #ptimeMs: number;
  readonly #packetSamples: number;
  #event = -1;
  #duration = 0;
  #fullDuration = 0;
  #endsToSend = 0;

  constructor(clockRate: number, ptimeMs: number) {
    this.#ptimeMs = ptimeMs;
    this.#packetSamples = (clockRate * ptimeMs) / 1000;
  }

  get isSending(): boolean {
    return this.#event >= 0;
  }

  /** False: not a key, or the last press is still being sent. `timestamp` is that of the next sound packet. */
  press(digit: string, durationMs: number, timestamp: number): boolean {
    const event = digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
    if (event < 0 || this.isSending) return false;
    this.#event = event;
    this.#duration = 0;
    const packets = Math.max(1, Math.round(durationMs / this.#ptimeMs));
    this.#fullDuration = Math.min(LONGEST_DURATION, packets * this.#packetSamples);
    this.#endsToSend = END_PACKETS;
    this.timestamp = timestamp;
    return true;
  }

  /** Writes a payload of four bytes; 0 when nothing is being sent. */
  write(bytes: Uint8Array, offset: number): number {
    if (!this.isSending) return 0;
    this.isMarker = this.#duration === 0;
    this.#duration = Math.min(this.#fullDuration, this.#duration + this.#packetSamples);
    const isEnd = this.#duration === this.#fullDuration;
    bytes[offset] = this.#event;
    // −10 dBm0, as phones do.
    bytes[offset + 1] = (isEnd ? 0x80 : 0) | 10;
    writeUint16(bytes, offset + 2, this.#duration);
    if (isEnd && --this.#endsToSend === 0) this.#event = -1;
    return EVENT_BYTES;
  }
}
