/**
 * What one leg is sent: collects mixed frames to packets of its ptime, encodes them, counts sequence and timestamp on
 * without a jump, whatever place, codec or direction does meanwhile. Used by leg-stream.ts on the media thread;
 * allocates nothing per packet.
 */
import { randomInt } from 'node:crypto';
import { FRAME_SAMPLES, FULL_RATE } from '../audio/bus.ts';
import type { Codec, Encoder, EncoderSettings } from '../codecs/codec.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/packet.ts';
import { SRTP_TRAILER_BYTES } from '../rtp/srtp.ts';

const LONGEST_PACKET_MS = 60;
const FULL_FRAME = FRAME_SAMPLES[FULL_RATE];

export type SendPacket = (bytes: Uint8Array, length: number) => void;

export class OutgoingStream {
  readonly ssrc = randomInt(1, 0xffffffff);
  /** RTP timestamp of the next packet. */
  timestamp = randomInt(0, 0xffffffff);
  #sequence = randomInt(0, 0x8000);
  #codec: Codec | null = null;
  #encoder: Encoder | null = null;
  #payloadType = 0;
  #packetSamples = 0;
  #isSending = false;
  #isMarkerDue = true;
  #pending = new Float32Array(0);
  #pendingSamples = 0;
  /** Two, in turn: the socket may hold on to one packet until the next is sent. */
  #packets = [new Uint8Array(0), new Uint8Array(0)];
  #packetInTurn = 0;

  apply(
    codec: Codec,
    payloadType: number,
    ptimeMs: number,
    isSending: boolean,
    settings: Partial<EncoderSettings> = {},
  ): void {
    const packetMs = Math.min(Math.max(ptimeMs, 10), LONGEST_PACKET_MS);
    const packetSamples = (codec.sampleRate * packetMs) / 1000;
    if (codec !== this.#codec || packetSamples !== this.#packetSamples) {
      if (codec !== this.#codec) {
        this.close();
        this.#encoder = codec.createEncoder();
      }
      this.#codec = codec;
      this.#packetSamples = packetSamples;
      this.#pending = new Float32Array(packetSamples + FULL_FRAME);
      this.#pendingSamples = 0;
      const bytes = RTP_HEADER_BYTES + codec.maxBytes(packetSamples) + SRTP_TRAILER_BYTES;
      this.#packets = [new Uint8Array(bytes), new Uint8Array(bytes)];
    }
    this.#payloadType = payloadType;
    this.#isSending = isSending;
    this.set(settings);
  }

  set(settings: Partial<EncoderSettings>): void {
    this.#encoder?.set?.(settings);
  }

  /** Nothing is pushed afterwards, but for what follows another apply(). */
  close(): void {
    this.#encoder?.close?.();
    this.#encoder = null;
    this.#codec = null;
  }

  /** Time went by without frames (a clock overrun, a hold): the timestamp keeps pace with it (RFC 3550 section 5.1). */
  skip(frames: number): void {
    if (this.#codec === null) return;
    this.timestamp = (this.timestamp + (frames * this.#codec.clockRate) / 50) >>> 0;
    this.#isMarkerDue = true;
  }

  /** One 20 ms frame; `send` is called for every packet that is full. */
  push(frame: Float32Array, samples: number, send: SendPacket): void {
    if (!this.#isSending) {
      this.#pendingSamples = 0;
      this.skip(1);
      return;
    }
    if (this.#pendingSamples === 0 && samples === this.#packetSamples) {
      this.#encode(frame, send);
      return;
    }
    const pending = this.#pending;
    for (let index = 0; index < samples; index++) pending[this.#pendingSamples + index] = frame[index]!;
    this.#pendingSamples += samples;
    while (this.#pendingSamples >= this.#packetSamples) {
      this.#encode(pending, send);
      pending.copyWithin(0, this.#packetSamples, this.#pendingSamples);
      this.#pendingSamples -= this.#packetSamples;
    }
  }

  #encode(samples: Float32Array, send: SendPacket): void {
    if (this.#codec === null || this.#encoder === null) return;
    const packet = this.#packets[this.#packetInTurn]!;
    this.#packetInTurn = 1 - this.#packetInTurn;
    const payloadAt = writeRtpHeader(
      packet,
      0,
      this.#payloadType,
      this.#isMarkerDue,
      this.#sequence,
      this.timestamp,
      this.ssrc,
    );
    const payloadBytes = this.#encoder.encode(samples, this.#packetSamples, packet, payloadAt);
    this.#isMarkerDue = false;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.timestamp =
      (this.timestamp + (this.#packetSamples * this.#codec.clockRate) / this.#codec.sampleRate) >>> 0;
    send(packet, payloadAt + payloadBytes);
  }
}
