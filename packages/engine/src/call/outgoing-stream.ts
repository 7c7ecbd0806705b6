/**
 * What one leg is sent: collects mixed frames to packets of its ptime, encodes them, counts sequence and timestamp on
 * without a jump, whatever place, codec or direction does meanwhile. Used by leg-stream.ts on the media thread;
 * allocates nothing per packet.
 *
 * Those that hear the same are encoded once (shared-encoding.ts says who): one leads and encodes, the others follow and
 * get a copy of its payload. Each has its own header and its own encryption, and an encoder that rests meanwhile.
 *
 * Where comfort noise was agreed upon, a pause is described instead of sent (sent-pauses.ts), and its end is marked.
 */
import { randomInt } from 'node:crypto';
import { FRAME_SAMPLES, FULL_RATE } from '../audio/bus.ts';
import type { Codec, Encoder, EncoderSettings } from '../codecs/codec.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/packet.ts';
import { SRTP_TRAILER_BYTES } from '../rtp/srtp-session-keys.ts';
import { SEND_NOTHING, SEND_SOUND, SentPauses } from './sent-pauses.ts';

const LONGEST_PACKET_MS = 60;
const FULL_FRAME = FRAME_SAMPLES[FULL_RATE];

export type SendPacket = (bytes: Uint8Array, length: number) => void;

interface Company {
  /** The frame of this tick. */
  sound: Float32Array | null;
  /** Whom it may join, and for how many ticks it has heard the same. */
  candidate: OutgoingStream | null;
  sameTicks: number;
  /** The first of its followers that left it in this tick. */
  heir: OutgoingStream | null;
}

export class OutgoingStream {
  // Whole numbers with a sign, as many bits: a larger one would be an object.
  readonly ssrc = randomInt(1, 0xffffffff) | 0;
  /** RTP timestamp of the next packet. */
  timestamp = randomInt(0, 0xffffffff) | 0;
  readonly #send: SendPacket;
  #sequence = randomInt(0, 0x8000);
  #codec: Codec | null = null;
  #encoder: Encoder | null = null;
  #settings: Partial<EncoderSettings> = {};
  #payloadType = 0;
  /** Of comfort noise; −1: pauses are sent as they are. */
  #noisePayloadType = -1;
  readonly #pauses = new SentPauses();
  #packetSamples = 0;
  #isSending = false;
  #isMarkerDue = true;
  #pending = new Float32Array(0);
  #pendingSamples = 0;
  /** Two, in turn: the socket may hold on to one packet until the next is sent. */
  #packets = [new Uint8Array(0), new Uint8Array(0)];
  #packetInTurn = 0;
  /** What shared-encoding.ts knows of it. */
  readonly company: Company = { sound: null, candidate: null, sameTicks: 0, heir: null };
  #leader: OutgoingStream | null = null;
  readonly #followers: OutgoingStream[] = [];

  /** `send` gets every packet that is full. */
  constructor(send: SendPacket) {
    this.#send = send;
  }

  apply(
    codec: Codec,
    payloadType: number,
    ptimeMs: number,
    isSending: boolean,
    settings: Partial<EncoderSettings> = {},
    noisePayloadType: number | null = null,
  ): void {
    const packetMs = Math.min(Math.max(ptimeMs, 10), LONGEST_PACKET_MS);
    const packetSamples = (codec.sampleRate * packetMs) / 1000;
    const isNewCodec = codec !== this.#codec;
    if (isNewCodec || packetSamples !== this.#packetSamples) {
      this.#beAlone();
      if (isNewCodec) {
        this.close();
        this.#encoder = codec.createEncoder();
        this.#settings = {};
      }
      this.#codec = codec;
      this.#packetSamples = packetSamples;
      this.#pending = new Float32Array(packetSamples + FULL_FRAME);
      this.#pendingSamples = 0;
      const bytes = RTP_HEADER_BYTES + codec.maxBytes(packetSamples) + SRTP_TRAILER_BYTES;
      this.#packets = [new Uint8Array(bytes), new Uint8Array(bytes)];
    }
    const noise = noisePayloadType ?? -1;
    if (isSending !== this.#isSending || noise < 0 !== this.#noisePayloadType < 0) this.#beAlone();
    if (!isSending || isNewCodec) this.#pauses.restart();
    this.#noisePayloadType = noise;
    this.#payloadType = payloadType;
    this.#isSending = isSending;
    this.set(settings);
  }

  set(settings: Partial<EncoderSettings>): void {
    const next = { ...this.#settings, ...settings };
    if (areSame(next, this.#settings)) return;
    this.#beAlone();
    this.#settings = next;
    this.#encoder?.set?.(settings);
  }

  /** Nothing is pushed afterwards, but for what follows another apply(). */
  close(): void {
    this.#beAlone();
    this.#encoder?.close?.();
    this.#encoder = null;
    this.#codec = null;
  }

  /** Time went by without frames (a clock overrun, a hold): the timestamp keeps pace with it (RFC 3550 section 5.1). */
  skip(frames: number): void {
    if (this.#codec === null) return;
    this.timestamp = (this.timestamp + (frames * this.#codec.clockRate) / 50) | 0;
    this.#isMarkerDue = true;
  }

  /** One 20 ms frame. */
  push(frame: Float32Array, samples: number): void {
    if (this.#leader !== null) return;
    if (!this.#isSending) {
      this.#pendingSamples = 0;
      this.skip(1);
      return;
    }
    if (this.#pendingSamples === 0 && samples === this.#packetSamples) {
      this.#encode(frame);
      return;
    }
    const pending = this.#pending;
    for (let index = 0; index < samples; index++) pending[this.#pendingSamples + index] = frame[index]!;
    this.#pendingSamples += samples;
    while (this.#pendingSamples >= this.#packetSamples) {
      this.#encode(pending);
      pending.copyWithin(0, this.#packetSamples, this.#pendingSamples);
      this.#pendingSamples -= this.#packetSamples;
    }
  }

  /** Who encodes for this one, null: itself. */
  get leader(): OutgoingStream | null {
    return this.#leader;
  }

  /** Whether the two would make the same packets of the same sound. */
  isLike(other: OutgoingStream): boolean {
    return (
      this.#codec !== null &&
      this.#codec === other.#codec &&
      this.#packetSamples === other.#packetSamples &&
      this.#isSending &&
      other.#isSending &&
      this.#noisePayloadType < 0 === other.#noisePayloadType < 0 &&
      areSame(this.#settings, other.#settings)
    );
  }

  /**
   * From the next packet on, with all who follow this one; between two frames. False: not yet. `leader` is like it, leads
   * itself, and has been given the same sound for a while.
   */
  join(leader: OutgoingStream): boolean {
    if (this.#encoder === null || leader.#encoder === null) return false;
    if (this.#pendingSamples !== 0 || leader.#pendingSamples !== 0) return false;
    if (this.#encoder.join?.(leader.#encoder) === false) return false;
    for (const follower of this.#followers) leader.#lead(follower);
    this.#followers.length = 0;
    leader.#lead(this);
    return true;
  }

  /** Goes on by itself where its leader has come to; nobody who listens notices. */
  leave(): void {
    const leader = this.#leader;
    if (leader === null) return;
    leader.#followers.splice(leader.#followers.indexOf(this), 1);
    this.#leader = null;
    if (leader.#encoder !== null) this.#encoder?.takeOver?.(leader.#encoder);
    this.#pending.set(leader.#pending);
    this.#pendingSamples = leader.#pendingSamples;
    this.#pauses.follow(leader.#pauses);
  }

  /** Another has left its leader in this tick, before its next packet: this one goes with it. */
  leaveWith(heir: OutgoingStream): void {
    const leader = this.#leader;
    if (leader === null) return;
    leader.#followers.splice(leader.#followers.indexOf(this), 1);
    heir.#lead(this);
  }

  #lead(follower: OutgoingStream): void {
    follower.#leader = this;
    this.#followers.push(follower);
  }

  /** What changes now is not for the others: one of them leads on. */
  #beAlone(): void {
    this.leave();
    const heir = this.#followers[0];
    if (heir === undefined) return;
    heir.leave();
    for (const follower of this.#followers) heir.#lead(follower);
    this.#followers.length = 0;
  }

  #encode(samples: Float32Array): void {
    if (this.#codec === null || this.#encoder === null) return;
    if (this.#noisePayloadType >= 0 && this.#isPause(this.#codec, samples)) return;
    const packet = this.#nextPacket();
    const bytes = this.#encoder.encode(samples, this.#packetSamples, packet, RTP_HEADER_BYTES);
    // Before it is encrypted where it lies.
    for (let index = 0; index < this.#followers.length; index++) this.#followers[index]!.#copy(packet, bytes);
    this.#sendNext(packet, bytes);
  }

  /** True: it is one, and has been described to all where that was due. */
  #isPause({ sampleRate }: Codec, samples: Float32Array): boolean {
    const count = this.#packetSamples;
    const level = this.#pauses.take(samples, count, (count * 1000) / sampleRate);
    if (level === SEND_SOUND) return false;
    for (let index = 0; index < this.#followers.length; index++) this.#followers[index]!.#sendPause(level);
    this.#sendPause(level);
    return true;
  }

  /** RFC 3389 3: the level, and nothing of the spectrum. The mark is kept for the sound that follows (RFC 3551 4.1). */
  #sendPause(level: number): void {
    if (level !== SEND_NOTHING) {
      const packet = this.#nextPacket();
      packet[RTP_HEADER_BYTES] = level;
      this.#writeHeader(packet, this.#noisePayloadType, false);
      this.#send(packet, RTP_HEADER_BYTES + 1);
    }
    this.#countOn();
    this.#isMarkerDue = true;
  }

  #copy(leaders: Uint8Array, bytes: number): void {
    const packet = this.#nextPacket();
    const end = RTP_HEADER_BYTES + bytes;
    for (let index = RTP_HEADER_BYTES; index < end; index++) packet[index] = leaders[index]!;
    this.#sendNext(packet, bytes);
  }

  #nextPacket(): Uint8Array {
    this.#packetInTurn = 1 - this.#packetInTurn;
    return this.#packets[this.#packetInTurn]!;
  }

  #sendNext(packet: Uint8Array, bytes: number): void {
    this.#writeHeader(packet, this.#payloadType, this.#isMarkerDue);
    this.#isMarkerDue = false;
    this.#countOn();
    this.#send(packet, RTP_HEADER_BYTES + bytes);
  }

  #writeHeader(packet: Uint8Array, payloadType: number, isMarked: boolean): void {
    writeRtpHeader(packet, 0, payloadType, isMarked, this.#sequence, this.timestamp, this.ssrc);
    this.#sequence = (this.#sequence + 1) & 0xffff;
  }

  /** By the time of one packet. */
  #countOn(): void {
    const { clockRate, sampleRate } = this.#codec!;
    this.timestamp = (this.timestamp + (this.#packetSamples * clockRate) / sampleRate) | 0;
  }
}

function areSame(one: Partial<EncoderSettings>, other: Partial<EncoderSettings>): boolean {
  return (
    one.bitrate === other.bitrate &&
    one.hasFec === other.hasFec &&
    one.expectedLossPercent === other.expectedLossPercent
  );
}
