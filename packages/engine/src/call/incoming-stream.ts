/**
 * What one leg says, from packets to frames: network side into the jitter buffer, clock side out of it, decoded or
 * concealed, cut to frames of 20 ms. Used by leg-stream.ts on the media thread; allocates nothing per packet.
 */
import { FRAME_SAMPLES, FULL_RATE } from '../audio/bus.ts';
import type { Codec, Decoder } from '../codecs/codec.ts';
import { JitterBuffer } from '../rtp/jitter-buffer.ts';
import type { RtpView } from '../rtp/packet.ts';

const LONGEST_PACKET_MS = 120;
/** Longest payload that is accepted: 60 ms. */
const LONGEST_PAYLOAD_MS = 60;
/** −50 dBFS: below it a packet can be left out or repeated unheard. */
const SILENCE_PEAK = 10 ** (-50 / 20);

export class IncomingStream {
  framesConcealed = 0;
  /** Packets of the right type that the codec could not read. */
  undecodable = 0;
  /** A packet was decoded since this was last set to false. */
  hasDecoded = false;
  readonly codec: Codec;
  readonly buffer: JitterBuffer;
  readonly #decoder: Decoder;
  readonly #samples: Float32Array;
  #held = 0;

  constructor(codec: Codec, ptimeMs: number) {
    this.codec = codec;
    this.#decoder = codec.createDecoder();
    this.buffer = new JitterBuffer({
      clockRate: codec.clockRate,
      ptimeMs,
      maxPayloadBytes: codec.maxBytes((codec.sampleRate * LONGEST_PAYLOAD_MS) / 1000),
    });
    const longestSamples = (codec.sampleRate * LONGEST_PACKET_MS) / 1000;
    this.#samples = new Float32Array(longestSamples + FRAME_SAMPLES[FULL_RATE]);
  }

  /** Network side: a packet of sound. `isRestart`: of a new source. */
  receive(bytes: Uint8Array, view: RtpView, isRestart: boolean, nowMs: number): void {
    if (isRestart) this.buffer.restart();
    const { payloadOffset, payloadLength, sequence, timestamp, isMarker } = view;
    const code = this.buffer.insert(
      bytes,
      payloadOffset,
      payloadLength,
      sequence,
      timestamp,
      isMarker,
      nowMs,
    );
    if (code === 'too_long') this.undecodable++;
  }

  /** Clock side: fills one frame of 20 ms. */
  pull(frame: Float32Array, samples: number, nowMs: number): void {
    while (this.#held < samples) this.#takeNext(samples, nowMs);
    const queued = this.#samples;
    let peak = 0;
    for (let index = 0; index < samples; index++) {
      const value = queued[index]!;
      frame[index] = value;
      peak = Math.max(peak, value < 0 ? -value : value);
    }
    queued.copyWithin(0, samples, this.#held);
    this.#held -= samples;
    this.buffer.noteSilence(peak < SILENCE_PEAK);
  }

  #takeNext(wantedSamples: number, nowMs: number): void {
    const { buffer } = this;
    const code = buffer.take(nowMs);
    if (code === 'buffering') {
      this.#addSilence(wantedSamples - this.#held);
      return;
    }
    const samples = this.#samplesOf(buffer.durationSamples);
    if (code === 'packet') this.#decode(samples);
    else if (code === 'lost') this.#conceal(samples);
    else this.#addSilence(samples);
  }

  #decode(expectedSamples: number): void {
    const { buffer } = this;
    // The delay was shortened: concealment that has begun overlaps with what is decoded now, and so hides the joint.
    if (buffer.isJoint) this.#decoder.conceal(this.#samples, this.#held, 1);
    const decoded = this.#decoder.decode(
      buffer.storage,
      buffer.payloadOffset,
      buffer.payloadLength,
      this.#samples,
      this.#held,
    );
    if (decoded === 0) {
      this.undecodable++;
      this.#conceal(expectedSamples);
      return;
    }
    this.#held += decoded;
    this.hasDecoded = true;
  }

  #conceal(samples: number): void {
    this.#decoder.conceal(this.#samples, this.#held, samples);
    this.#held += samples;
    this.framesConcealed++;
  }

  #addSilence(samples: number): void {
    this.#samples.fill(0, this.#held, this.#held + samples);
    this.#held += samples;
  }

  /** RTP clock units to samples; at least one, so that pull() always comes to an end. */
  #samplesOf(clockUnits: number): number {
    const samples = Math.round((clockUnits * this.codec.sampleRate) / this.codec.clockRate);
    const room = this.#samples.length - this.#held;
    return Math.min(Math.max(samples, 1), room);
  }
}
