/**
 * The codec port. One file a codec; registered in registry.ts; every codec passes conformance.ts. Used by the media
 * thread only: encode, decode and conceal allocate nothing.
 */
export interface Codec {
  /** Encoding name in SDP (RFC 3551), upper case. */
  readonly name: string;
  /** RTP clock rate, Hz (for G.722 it differs from the sample rate). */
  readonly clockRate: number;
  /** Rate of the decoded samples, Hz: 8000, 16000 or 48000. */
  readonly sampleRate: number;
  /** RFC 3551 static payload type, null when dynamic. */
  readonly staticPayloadType: number | null;
  /** Lengths of packets that it can make, ms; any multiple of 10 when absent. */
  readonly packetMs?: readonly number[];
  /** Upper bound of the bytes of `samples` encoded samples. */
  maxBytes(samples: number): number;
  createEncoder(): Encoder;
  createDecoder(): Decoder;
}

/** What some codecs can be told, from the next packet on. */
export interface EncoderSettings {
  /** Bits a second. */
  bitrate: number;
  /** Redundancy of each packet for the one before it. */
  hasFec: boolean;
  /** What the far end loses, in per cent. */
  expectedLossPercent: number;
}

export interface Encoder {
  /** Encodes `samples` samples (float, ±1 full scale) from `pcm[0]`; writes at `out[offset]`. Returns bytes written. */
  encode(pcm: Float32Array, samples: number, out: Uint8Array, offset: number): number;
  set?(settings: Partial<EncoderSettings>): void;
  /**
   * Goes on where `other`, of the same codec, has come to: whoever was given the packets of that one can be given these.
   * Its settings stay its own. Absent where a packet needs nothing of those before it.
   */
  takeOver?(other: Encoder): void;
  /**
   * Whoever was given these packets is to be given those of `other`, which gets the same sound. False: not yet, it would
   * be heard. Absent as above.
   */
  join?(other: Encoder): boolean;
  /** Gives back what it holds outside of JavaScript's memory. Not used afterwards. */
  close?(): void;
}

export interface Decoder {
  /**
   * Decodes the payload `bytes[offset … offset+length)` to `pcm[at…]`. Returns samples written, 0 for a payload that
   * is not of this codec (never throws).
   */
  decode(bytes: Uint8Array, offset: number, length: number, pcm: Float32Array, at: number): number;
  /**
   * Writes the lost frame of `samples` samples before the packet `bytes[offset … offset+length)` from that packet's
   * redundancy. Returns samples written, 0 when it has none: then conceal().
   */
  recover?(
    bytes: Uint8Array,
    offset: number,
    length: number,
    pcm: Float32Array,
    at: number,
    samples: number,
  ): number;
  /** Writes `samples` samples of concealment for a lost frame; repeated calls fade (silence after 60 ms). */
  conceal(pcm: Float32Array, at: number, samples: number): void;
  /** As that of an encoder. */
  close?(): void;
}
