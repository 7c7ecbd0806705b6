/**
 * Opus by libopus compiled to WebAssembly (the npm package `opusscript`): runs on every machine. No FEC and no
 * concealment of its own: its decoder cannot be asked for either by frames of 20 ms. Chosen by opus.ts.
 *
 * The package's own class allocates arrays for every frame and takes bytes for samples, so what it is made of is used
 * here instead: the object of the compiled library, which reads and writes the memory of the module.
 */
import { createRequire } from 'node:module';
import {
  APPLICATION_AUDIO,
  LONGEST_OPUS_BYTES,
  LONGEST_OPUS_SAMPLES,
  OPUS_RATE,
  PREDICTION_DISABLED,
  controlsOf,
} from './implementation.ts';
import type { OpusImplementation, OpusSettings, RawOpusDecoder, RawOpusEncoder } from './implementation.ts';

/** An encoder and a decoder in one. All arguments and results are numbers; pointers are offsets into the memory. */
interface Handler {
  /** `joined`: how many samples are first to be put together from bytes; 0 where they are whole already. */
  _encode(pcm: number, joined: number, packet: number, samples: number): number;
  /** Writes every sample as two numbers, low byte first. */
  _decode(packet: number, length: number, pcm: number): number;
  _encoder_ctl(request: number, value: number): number;
  _decoder_ctl(request: number, value: number): number;
}

interface WasmModule {
  HEAP16: Int16Array;
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  OpusScriptHandler: new (rate: number, channels: number, application: number) => Handler;
}

const OPUS_RESET_STATE = 4028;
/** An encoder needs 100 ms until what it makes has the right level. */
const RUN_UP_SAMPLES = OPUS_RATE / 10;

/** One instance a thread, made when the first encoder or decoder is. Handlers are used again: they cost 100 kB each. */
class Instance {
  readonly module: WasmModule;
  /** Of samples to encode, of packets, of decoded samples: one encodes or decodes at a time. */
  readonly pcmAt: number;
  readonly packetAt: number;
  readonly decodedAt: number;
  readonly pcm = new Float32Array(LONGEST_OPUS_SAMPLES);
  readonly #withoutEncoder: Handler[] = [];
  readonly #withoutDecoder: Handler[] = [];

  constructor() {
    const require = createRequire(import.meta.url);
    const load = require('opusscript/build/opusscript_native_wasm.js') as () => WasmModule;
    this.module = load();
    this.pcmAt = this.module._malloc(2 * LONGEST_OPUS_SAMPLES);
    this.packetAt = this.module._malloc(LONGEST_OPUS_BYTES);
    this.decodedAt = this.module._malloc(4 * LONGEST_OPUS_SAMPLES);
  }

  takeEncoder(): Handler {
    const handler = this.#withoutEncoder.pop() ?? this.#make(this.#withoutDecoder);
    handler._encoder_ctl(OPUS_RESET_STATE, 0);
    return handler;
  }

  takeDecoder(): Handler {
    const handler = this.#withoutDecoder.pop() ?? this.#make(this.#withoutEncoder);
    handler._decoder_ctl(OPUS_RESET_STATE, 0);
    return handler;
  }

  giveBackEncoder(handler: Handler): void {
    this.#withoutEncoder.push(handler);
  }

  giveBackDecoder(handler: Handler): void {
    this.#withoutDecoder.push(handler);
  }

  #make(otherHalves: Handler[]): Handler {
    const handler = new this.module.OpusScriptHandler(OPUS_RATE, 1, APPLICATION_AUDIO);
    otherHalves.push(handler);
    return handler;
  }
}

let instance: Instance | null = null;

function sharedInstance(): Instance {
  instance ??= new Instance();
  return instance;
}

class ScriptEncoder implements RawOpusEncoder {
  readonly pcm: Float32Array;
  readonly packetAt: number;
  readonly #shared = sharedInstance();
  readonly #handler = this.#shared.takeEncoder();
  /** What was encoded last, newest at the end, and how long the last packet of it is. */
  readonly #last = new Int16Array(RUN_UP_SAMPLES);
  #lastSamples = 0;
  #isAlone = false;

  constructor() {
    this.pcm = this.#shared.pcm;
    this.packetAt = this.#shared.packetAt;
  }

  get packet(): Uint8Array {
    return this.#shared.module.HEAPU8;
  }

  set(settings: OpusSettings): void {
    for (const [request, value] of controlsOf(settings)) this.#handler._encoder_ctl(request, value);
  }

  encode(samples: number): number {
    const { module, pcm, pcmAt, packetAt } = this.#shared;
    const memory = module.HEAP16;
    const at = pcmAt >> 1;
    const last = this.#last;
    last.copyWithin(0, samples);
    const lastAt = RUN_UP_SAMPLES - samples;
    for (let i = 0; i < samples; i++) {
      const scaled = Math.round((pcm[i] as number) * 32768);
      const value = scaled > 32767 ? 32767 : scaled;
      memory[at + i] = value;
      last[lastAt + i] = value;
    }
    this.#lastSamples = samples;
    const bytes = this.#handler._encode(pcmAt, 0, packetAt, samples);
    if (this.#isAlone) this.#predict(true);
    return bytes > 0 ? bytes : 0;
  }

  /** Its memory cannot be copied: begins anew, and has a run-up of what the other was given last. */
  takeOver(other: ScriptEncoder): void {
    const { module, pcmAt, packetAt } = this.#shared;
    const samples = other.#lastSamples;
    this.#handler._encoder_ctl(OPUS_RESET_STATE, 0);
    this.#last.set(other.#last);
    this.#lastSamples = samples;
    for (let from = RUN_UP_SAMPLES % samples; from < RUN_UP_SAMPLES; from += samples) {
      const memory = module.HEAP16;
      for (let i = 0; i < samples; i++) memory[(pcmAt >> 1) + i] = other.#last[from + i] as number;
      this.#handler._encode(pcmAt, 0, packetAt, samples);
    }
  }

  standAlone(): void {
    this.#predict(false);
  }

  #predict(isAllowed: boolean): void {
    this.#isAlone = !isAllowed;
    this.#handler._encoder_ctl(PREDICTION_DISABLED, isAllowed ? 0 : 1);
  }

  close(): void {
    this.#shared.giveBackEncoder(this.#handler);
  }
}

class ScriptDecoder implements RawOpusDecoder {
  readonly pcm: Float32Array;
  readonly #shared = sharedInstance();
  readonly #handler = this.#shared.takeDecoder();

  constructor() {
    this.pcm = this.#shared.pcm;
  }

  decode(bytes: Uint8Array, offset: number, length: number): number {
    const { module, pcm, packetAt, decodedAt } = this.#shared;
    if (length > LONGEST_OPUS_BYTES) return 0;
    const packet = module.HEAPU8;
    for (let i = 0; i < length; i++) packet[packetAt + i] = bytes[offset + i] as number;
    const samples = this.#handler._decode(packetAt, length, decodedAt);
    const memory = module.HEAP16;
    const at = decodedAt >> 1;
    for (let i = 0; i < samples; i++) {
      const low = memory[at + 2 * i] as number;
      const high = memory[at + 2 * i + 1] as number;
      pcm[i] = (((high << 24) >> 16) | low) / 32768;
    }
    return Math.max(0, samples);
  }

  recover(): number {
    return 0;
  }

  conceal(): number {
    return 0;
  }

  close(): void {
    this.#shared.giveBackDecoder(this.#handler);
  }
}

export const opusscript: OpusImplementation = {
  name: 'opusscript',
  canRecover: false,
  complexity: 5,
  createEncoder: () => new ScriptEncoder(),
  createDecoder: () => new ScriptDecoder(),
};
