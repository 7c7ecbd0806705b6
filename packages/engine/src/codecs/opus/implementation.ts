/**
 * What an implementation of Opus (RFC 6716) gives: mono at 48 kHz, frame by frame, without allocating. Two exist:
 * native/libopus.ts where the machine has the library, and opusscript.ts everywhere; opus.ts chooses.
 */
export interface OpusSettings {
  /** Bits a second, 6000 to 510 000. */
  bitrate: number;
  /** 0 to 10: what the encoder may spend. */
  complexity: number;
  /** Redundancy of each packet for the one before it (in-band FEC); the encoder adds it when losses are expected. */
  hasFec: boolean;
  /** What the far end loses, in per cent. */
  expectedLossPercent: number;
  /** Near-empty packets in silence, which need not be sent. */
  hasDtx: boolean;
}

export interface OpusImplementation {
  readonly name: 'libopus' | 'opusscript';
  /** Whether its decoders conceal and recover by themselves. */
  readonly canRecover: boolean;
  /** What its encoders spend when nothing else is said: so much that about 120 legs fit on a core. */
  readonly complexity: number;
  createEncoder(): RawOpusEncoder;
  createDecoder(): RawOpusDecoder;
}

export interface RawOpusEncoder {
  set(settings: OpusSettings): void;
  /** Encodes what is in `pcm` (±1, finite), 2.5 to 60 ms of it; returns bytes written to `packet`, 0 when it failed. */
  encode(samples: number): number;
  readonly pcm: Float32Array;
  /** Read right after encode(): it may be another array after the memory has grown. */
  readonly packet: Uint8Array;
  readonly packetAt: number;
  /** Goes on where the other, of the same implementation, has come to. set() has to follow. */
  takeOver(other: RawOpusEncoder): void;
  /** The next packet needs as little of those before it as Opus can: nothing but the overlap of the sound. */
  standAlone(): void;
  close(): void;
}

export interface RawOpusDecoder {
  /** Decodes to `pcm`; returns samples, 0 for what is no Opus. */
  decode(bytes: Uint8Array, offset: number, length: number): number;
  /** What came before this packet, from its redundancy: `samples` to `pcm`. 0 when this implementation cannot. */
  recover(bytes: Uint8Array, offset: number, length: number, samples: number): number;
  /** `samples` (a multiple of 120) of the codec's own concealment to `pcm`; 0 when this implementation has none. */
  conceal(samples: number): number;
  readonly pcm: Float32Array;
  close(): void;
}

export const OPUS_RATE = 48_000;
/** 120 ms. */
export const LONGEST_OPUS_SAMPLES = 5760;
/** 60 ms, as three frames of the longest length (RFC 6716 §3.2.1) and their lengths. */
export const LONGEST_OPUS_BYTES = 3 * 1275 + 7;

/** `opus_defines.h`: OPUS_APPLICATION_AUDIO. It also costs a third of VOIP. */
export const APPLICATION_AUDIO = 2049;

/** `opus_defines.h`: OPUS_SET_PREDICTION_DISABLED. */
export const PREDICTION_DISABLED = 4042;

/** The controls of an encoder with their values, in the numbers of `opus_defines.h`. */
export function controlsOf(settings: OpusSettings): readonly (readonly [request: number, value: number])[] {
  return [
    [4002, settings.bitrate],
    [4010, settings.complexity],
    [4012, settings.hasFec ? 1 : 0],
    [4014, settings.expectedLossPercent],
    [4016, settings.hasDtx ? 1 : 0],
  ];
}
