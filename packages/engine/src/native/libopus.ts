/**
 * Opus by the library of the system (`libopus.so.0`), called through `koffi`: half the cost of the WebAssembly one, and
 * with concealment and FEC. null where either is missing. Chosen by codecs/opus/opus.ts.
 *
 * Calls are made with buffers that were prepared once; koffi then allocates nothing.
 */
import { createRequire } from 'node:module';
import {
  APPLICATION_AUDIO,
  LONGEST_OPUS_BYTES,
  LONGEST_OPUS_SAMPLES,
  OPUS_RATE,
  PREDICTION_DISABLED,
  controlsOf,
} from '../codecs/opus/implementation.ts';
import type {
  OpusImplementation,
  OpusSettings,
  RawOpusDecoder,
  RawOpusEncoder,
} from '../codecs/opus/implementation.ts';

/** `OpusEncoder *` and `OpusDecoder *`, as koffi gives them: never looked into. */
type Pointer = bigint | object;

interface Library {
  createEncoder(rate: number, channels: number, application: number, error: [number]): Pointer | null;
  createDecoder(rate: number, channels: number, error: [number]): Pointer | null;
  destroyEncoder(encoder: Pointer): void;
  destroyDecoder(decoder: Pointer): void;
  encoderBytes(channels: number): number;
  copy(to: Pointer, from: Pointer, bytes: number): Pointer;
  control(encoder: Pointer, request: number, type: 'int', value: number): number;
  encode(encoder: Pointer, pcm: Float32Array, samples: number, packet: Uint8Array, room: number): number;
  decode(
    decoder: Pointer,
    packet: Uint8Array | null,
    length: number,
    pcm: Float32Array,
    room: number,
    isRecovery: number,
  ): number;
}

const NAMES: readonly string[] = ['libopus.so.0'];

/** One encodes or decodes at a time in a thread. */
const pcm = new Float32Array(LONGEST_OPUS_SAMPLES);
const packet = new Uint8Array(LONGEST_OPUS_BYTES);

class LibEncoder implements RawOpusEncoder {
  readonly pcm = pcm;
  readonly packet = packet;
  readonly packetAt = 0;
  readonly #library: Library;
  readonly #encoder: Pointer;
  #isAlone = false;

  constructor(library: Library) {
    this.#library = library;
    this.#encoder = made(library.createEncoder(OPUS_RATE, 1, APPLICATION_AUDIO, [0]));
  }

  set(settings: OpusSettings): void {
    for (const [request, value] of controlsOf(settings)) {
      this.#library.control(this.#encoder, request, 'int', value);
    }
  }

  encode(samples: number): number {
    const bytes = this.#library.encode(this.#encoder, pcm, samples, packet, packet.length);
    if (this.#isAlone) this.#predict(true);
    return bytes > 0 ? bytes : 0;
  }

  /** An encoder lies in one piece and may be copied: `opus.h`, of opus_encoder_init(). */
  takeOver(other: LibEncoder): void {
    this.#library.copy(this.#encoder, other.#encoder, this.#library.encoderBytes(1));
    this.#isAlone = other.#isAlone;
  }

  standAlone(): void {
    this.#predict(false);
  }

  #predict(isAllowed: boolean): void {
    this.#isAlone = !isAllowed;
    this.#library.control(this.#encoder, PREDICTION_DISABLED, 'int', isAllowed ? 0 : 1);
  }

  close(): void {
    this.#library.destroyEncoder(this.#encoder);
  }
}

class LibDecoder implements RawOpusDecoder {
  readonly pcm = pcm;
  readonly #library: Library;
  readonly #decoder: Pointer;

  constructor(library: Library) {
    this.#library = library;
    this.#decoder = made(library.createDecoder(OPUS_RATE, 1, [0]));
  }

  decode(bytes: Uint8Array, offset: number, length: number): number {
    if (!keepPacket(bytes, offset, length)) return 0;
    return Math.max(0, this.#library.decode(this.#decoder, packet, length, pcm, pcm.length, 0));
  }

  recover(bytes: Uint8Array, offset: number, length: number, samples: number): number {
    if (!keepPacket(bytes, offset, length)) return 0;
    return Math.max(0, this.#library.decode(this.#decoder, packet, length, pcm, samples, 1));
  }

  conceal(samples: number): number {
    return Math.max(0, this.#library.decode(this.#decoder, null, 0, pcm, samples, 0));
  }

  close(): void {
    this.#library.destroyDecoder(this.#decoder);
  }
}

function keepPacket(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length > packet.length) return false;
  for (let i = 0; i < length; i++) packet[i] = bytes[offset + i] as number;
  return true;
}

function made(pointer: Pointer | null): Pointer {
  if (pointer === null) throw new Error('libopus has no memory');
  return pointer;
}

/** null on machines without the library or without koffi. */
export function loadLibopus(): OpusImplementation | null {
  const library = load();
  if (library === null) return null;
  return {
    name: 'libopus',
    canRecover: true,
    complexity: 9,
    createEncoder: () => new LibEncoder(library),
    createDecoder: () => new LibDecoder(library),
  };
}

function load(): Library | null {
  for (const name of NAMES) {
    try {
      const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
      const opus = koffi.load(name);
      const state = 'void *state';
      return {
        createEncoder: opus.func(
          'void *opus_encoder_create(int32_t rate, int channels, int application, _Out_ int *error)',
        ),
        createDecoder: opus.func('void *opus_decoder_create(int32_t rate, int channels, _Out_ int *error)'),
        destroyEncoder: opus.func(`void opus_encoder_destroy(${state})`),
        destroyDecoder: opus.func(`void opus_decoder_destroy(${state})`),
        encoderBytes: opus.func('int opus_encoder_get_size(int channels)'),
        // Of the process itself.
        copy: koffi.load(null).func('void *memcpy(void *to, void *from, size_t bytes)'),
        control: opus.func(`int opus_encoder_ctl(${state}, int request, ...)`),
        encode: opus.func(
          `int opus_encode_float(${state}, void *pcm, int samples, void *packet, int32_t room)`,
        ),
        decode: opus.func(
          `int opus_decode_float(${state}, void *packet, int32_t length, void *pcm, int room, int recovery)`,
        ),
      };
    } catch {
      // Not on this machine: the WebAssembly one serves.
    }
  }
  return null;
}
