/**
 * What one leg says, from packets to frames: network side into the jitter buffer, clock side out of it, decoded or
 * concealed, cut to frames of 20 ms. Used by leg-stream.ts on the media thread; allocates nothing per packet.
 *
 *   receive ─► jitter buffer ─► take ─► decode or conceal ─► line: held ──────────────┬─► frame
 *                                                            └ splice: the delay ─────┘
 *                                                              a few ms shorter or longer
 */
import { FRAME_SAMPLES, FULL_RATE } from '../audio/bus.ts';
import { BackgroundNoise } from '../audio/background-noise.ts';
import { Splice } from '../audio/splice.ts';
import type { Codec, Decoder } from '../codecs/codec.ts';
import { JitterBuffer } from '../rtp/jitter-buffer.ts';
import type { RtpView } from '../rtp/packet.ts';

const LONGEST_PACKET_MS = 120;
/** Longest payload that is accepted: 60 ms. */
const LONGEST_PAYLOAD_MS = 60;
/** When nothing comes any more, the concealment has become noise by then. */
const CONCEAL_MS = 60;
/** −50 dBFS: below it a packet can be left out or repeated unheard. */
const SILENCE_PEAK = 10 ** (-50 / 20);
/** A splice is tried once in so many ticks, which is longer than any pattern of packets and frames. */
const SPLICE_TICKS = 10;
/** From one splice to the next. */
const SPLICE_EVERY_MS = 2000;
/** More than is ever held; a whole number as all others. */
const NOTHING = 0x3fffffff;
/** How alike two places have to be where nothing presses. */
const GOOD_MATCH = 0.85;
/** Sound without likeness (noise, chords): after so long the best place is taken, however good. The lead may go on falling. */
const PATIENCE_MS = 4000;

export class IncomingStream {
  framesConcealed = 0;
  /** Packets of the right type that the codec could not read. */
  undecodable = 0;
  /** A packet was decoded since this was last set to false. */
  hasDecoded = false;
  readonly codec: Codec;
  readonly buffer: JitterBuffer;
  readonly #decoder: Decoder;
  /** Decoded and not played yet: `#held` samples from 0 on. */
  readonly #samples: Float32Array;
  #held = 0;
  readonly #noise: BackgroundNoise;
  /** Played since the last packet was decoded; NaN: none was yet. */
  #restedSamples = Number.NaN;
  readonly #splice: Splice;
  #ticksToSplice = SPLICE_TICKS;
  /** Least that was left over when a frame had been cut off, in the last SPLICE_TICKS: delay of no use to anybody. */
  #leastHeldOver = NOTHING;
  #nextSpliceMs = Number.NEGATIVE_INFINITY;
  /** When the delay began to be wrong, NaN while it is right. */
  #wrongSinceMs = Number.NaN;

  /** `startDepthMs`: what the delay begins with, where something is known of the network. */
  constructor(codec: Codec, ptimeMs: number, startDepthMs?: number) {
    this.codec = codec;
    this.#decoder = codec.createDecoder();
    this.buffer = new JitterBuffer({
      clockRate: codec.clockRate,
      ptimeMs,
      startDepthMs,
      maxPayloadBytes: codec.maxBytes((codec.sampleRate * LONGEST_PAYLOAD_MS) / 1000),
    });
    this.#noise = new BackgroundNoise(codec.sampleRate);
    this.#splice = new Splice(codec.sampleRate);
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

  /** The sender pauses, and says how loud its background is (RFC 3389). */
  comfortNoise(levelDb: number): void {
    this.#noise.setLevel(levelDb);
  }

  /** Clock side: fills one frame of 20 ms. */
  pull(frame: Float32Array, samples: number, nowMs: number): void {
    while (this.#held < samples) this.#takeNext(samples, nowMs);
    const heldOver = this.#held - samples;
    if (heldOver < this.#leastHeldOver) this.#leastHeldOver = heldOver;
    if (--this.#ticksToSplice === 0) this.#adjustDelay(nowMs);
    const queued = this.#samples;
    let peak = 0;
    for (let index = 0; index < samples; index++) {
      const value = queued[index]!;
      frame[index] = value;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > peak) peak = magnitude;
    }
    if (this.#held > samples) queued.copyWithin(0, samples, this.#held);
    this.#held -= samples;
    this.buffer.heldOverMs = (this.#held * 1000) / this.codec.sampleRate;
    const isResting = this.#restedSamples * 1000 >= CONCEAL_MS * this.codec.sampleRate;
    this.buffer.noteSilence(peak < SILENCE_PEAK || isResting);
  }

  /** Nothing is pulled afterwards. */
  close(): void {
    this.#decoder.close?.();
  }

  /** Within sound: brings the delay nearer to what the buffer wants, by one splice. */
  #adjustDelay(nowMs: number): void {
    const { buffer } = this;
    const leastHeldOver = this.#leastHeldOver;
    this.#ticksToSplice = SPLICE_TICKS;
    this.#leastHeldOver = NOTHING;
    const hasUseless = leastHeldOver >= this.#splice.shortestLag && buffer.isAmple;
    if (!buffer.isShort && !hasUseless && !buffer.canTakeEarly) {
      this.#wrongSinceMs = Number.NaN;
      return;
    }
    if (Number.isNaN(this.#wrongSinceMs)) this.#wrongSinceMs = nowMs;
    if (nowMs < this.#nextSpliceMs) return;
    const leastMatch = nowMs - this.#wrongSinceMs < PATIENCE_MS ? GOOD_MATCH : -1;
    const isSpliced = buffer.isShort
      ? this.#lengthen(leastMatch)
      : this.#shorten(hasUseless ? leastHeldOver : 0, leastMatch);
    if (!isSpliced) return;
    this.#nextSpliceMs = nowMs + SPLICE_EVERY_MS;
    this.#wrongSinceMs = Number.NaN;
  }

  #lengthen(leastMatch: number): boolean {
    const lag = this.#splice.lengthen(this.#samples, this.#held, this.#splice.longestLag, leastMatch);
    this.#held += lag;
    return lag > 0;
  }

  /** `useless`: samples that can go without another packet being taken. */
  #shorten(useless: number, leastMatch: number): boolean {
    let most = useless;
    if (most === 0) {
      const before = this.#held;
      if (!this.#takeEarly()) return false;
      most = this.#held - before;
    }
    const lag = this.#splice.shorten(this.#samples, this.#held, most, leastMatch);
    this.#held -= lag;
    return lag > 0;
  }

  /** Without a splice behind it, the packet's time is held over for a tick or so, and no harm is done. */
  #takeEarly(): boolean {
    const { buffer } = this;
    const samples = Math.round((buffer.durationSamples * this.codec.sampleRate) / this.codec.clockRate);
    if (this.#held + samples > this.#samples.length || !buffer.canTakeEarly) return false;
    if (buffer.takeEarly() !== 'packet') return false;
    this.#decode(samples);
    return true;
  }

  #takeNext(wantedSamples: number, nowMs: number): void {
    const { buffer } = this;
    const code = buffer.take(nowMs);
    if (code === 'buffering') {
      this.#rest(wantedSamples - this.#held);
      return;
    }
    const samples = this.#samplesOf(buffer.durationSamples);
    if (code === 'packet') this.#decode(samples);
    else if (code === 'lost') this.#mend(samples);
    else this.#rest(samples);
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
    this.#noise.follow(this.#samples, this.#held, decoded);
    this.#restedSamples = 0;
    this.#held += decoded;
    this.hasDecoded = true;
  }

  /** From the packet that follows where it says what was lost, else by concealment. */
  #mend(samples: number): void {
    const { buffer } = this;
    const recovered = buffer.hasFollowing
      ? (this.#decoder.recover?.(
          buffer.storage,
          buffer.followingOffset,
          buffer.followingLength,
          this.#samples,
          this.#held,
          samples,
        ) ?? 0)
      : 0;
    if (recovered === 0) this.#conceal(samples);
    if (recovered > 0) this.#restedSamples = 0;
    this.#held += recovered;
  }

  #conceal(samples: number): void {
    this.#decoder.conceal(this.#samples, this.#held, samples);
    this.#held += samples;
    this.#restedSamples += samples;
    this.framesConcealed++;
  }

  /** Nothing is due: what was heard last fades into the background; before the first packet it is silent. */
  #rest(samples: number): void {
    const rested = this.#restedSamples;
    if (Number.isNaN(rested)) this.#samples.fill(0, this.#held, this.#held + samples);
    else if (rested * 1000 < CONCEAL_MS * this.codec.sampleRate) {
      this.#decoder.conceal(this.#samples, this.#held, samples);
    } else this.#noise.fill(this.#samples, this.#held, samples);
    this.#held += samples;
    this.#restedSamples += samples;
  }

  /** RTP clock units to samples; at least one, so that pull() always comes to an end. */
  #samplesOf(clockUnits: number): number {
    const samples = Math.round((clockUnits * this.codec.sampleRate) / this.codec.clockRate);
    const room = this.#samples.length - this.#held;
    return Math.min(Math.max(samples, 1), room);
  }
}
