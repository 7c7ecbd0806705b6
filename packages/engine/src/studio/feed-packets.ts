/**
 * Blocks of 10 ms of the studio's feed as packets of L16 on the ring to the media thread, where they meet the jitter buffer
 * of a leg like any other's; and the return out of the packets that come from there. Studio thread.
 */
import { randomInt } from 'node:crypto';
import { Resampler } from '../audio/resampler.ts';
import type { StreamParameters } from '../call/media-plane.ts';
import { l16 } from '../codecs/l16.ts';
import { RTP_HEADER_BYTES, createRtpView, parseRtp, writeRtpHeader } from '../rtp/packet.ts';
import { PEER_ADDRESS, PEER_PORT } from '../webrtc/browser-description.ts';

export const RATE = 48_000;
const BLOCK_SAMPLES = 480;
const RETURN_SAMPLES = 960;
const PAYLOAD_TYPE = 96;

/** What the leg of the feed is told: as if it had been agreed upon. */
export const FEED_STREAM: StreamParameters = {
  codec: 'L16',
  payloadTypeOut: PAYLOAD_TYPE,
  payloadTypeIn: PAYLOAD_TYPE,
  // Digits are for telephones: a tone in the feed is none.
  dtmfPayloadType: 97,
  ptimeMs: 20,
  remoteAddress: PEER_ADDRESS,
  remotePort: PEER_PORT,
  remoteRtcpPort: PEER_PORT,
  isRtcpMux: true,
  isSending: true,
  isReceiving: true,
};

export type WritePacket = (bytes: Uint8Array, length: number, arrivalMs: number) => void;

export class FeedPackets {
  readonly #write: WritePacket;
  readonly #encoder = l16.createEncoder();
  readonly #packet = new Uint8Array(RTP_HEADER_BYTES + l16.maxBytes(BLOCK_SAMPLES));
  readonly #resampler: Resampler | null;
  readonly #resampled = new Float32Array(BLOCK_SAMPLES);
  #ssrc = randomInt(1, 0xffffffff);

  constructor(sampleRate: number, write: WritePacket) {
    this.#write = write;
    this.#resampler = sampleRate === RATE ? null : new Resampler(sampleRate, RATE, sampleRate / 100);
  }

  /** What follows has nothing to do with what was: the receiver times it afresh. */
  restart(): void {
    this.#ssrc = randomInt(1, 0xffffffff);
    this.#resampler?.reset();
  }

  send(block: Float32Array, number: number, arrivalMs: number): void {
    this.#resampler?.process(block, block.length, this.#resampled);
    const samples = this.#resampler === null ? block : this.#resampled;
    const timestamp = (number * BLOCK_SAMPLES) >>> 0;
    const sequence = number & 0xffff;
    const payloadAt = writeRtpHeader(this.#packet, 0, PAYLOAD_TYPE, false, sequence, timestamp, this.#ssrc);
    const bytes = this.#encoder.encode(samples, BLOCK_SAMPLES, this.#packet, payloadAt);
    this.#write(this.#packet, payloadAt + bytes, arrivalMs);
  }
}

/** The packets of the return, a frame of 20 ms each. */
export class ReturnFrames {
  readonly #view = createRtpView();
  readonly #decoder = l16.createDecoder();
  readonly #frame = new Float32Array(RETURN_SAMPLES);

  /** Null: a packet without sound. The frame is valid until the next call. */
  read(bytes: Uint8Array, length: number): Float32Array | null {
    const view = this.#view;
    if (parseRtp(bytes, length, view) !== 'ok' || view.payloadType !== PAYLOAD_TYPE) return null;
    const { payloadOffset, payloadLength } = view;
    const samples = this.#decoder.decode(bytes, payloadOffset, payloadLength, this.#frame, 0);
    return samples === RETURN_SAMPLES ? this.#frame : null;
  }
}
