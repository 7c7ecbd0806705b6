/** Mix-minus with real codecs: whoever speaks does not hear themselves, whatever codec anybody has. */
import { describe, expect, it } from 'vitest';
import { pcma, pcmu } from '../codecs/g711.ts';
import type { Codec, Decoder, Encoder } from '../codecs/codec.ts';
import { g722 } from '../codecs/g722.ts';
import { l16 } from '../codecs/l16.ts';
import { opus } from '../codecs/opus/opus.ts';
import { MeterBlock } from './meter-block.ts';
import { Mixer } from './mixer.ts';
import { rmsDb, toneLevelDb } from './tone-analysis.ts';

const CODECS = [pcma, g722, opus, l16, pcmu, g722, opus, l16];
const TONES_HZ = [431, 613, 829, 1103, 1373, 1693, 2011, 2477];
const TONE_DB = -20;
const SETTLE_FRAMES = 25;
const FRAMES = 125;

class Caller {
  readonly port: number;
  readonly codec: Codec;
  readonly hz: number;
  /** What the mixer sends, and what is heard of it behind the codec. */
  readonly sent: number[] = [];
  readonly heard: number[] = [];
  readonly #encoders: [said: Encoder, sent: Encoder];
  readonly #decoders: [said: Decoder, sent: Decoder];
  readonly #bytes: Uint8Array;
  #sample = 0;

  constructor(port: number, codec: Codec, hz: number) {
    this.port = port;
    this.codec = codec;
    this.hz = hz;
    this.#encoders = [codec.createEncoder(), codec.createEncoder()];
    this.#decoders = [codec.createDecoder(), codec.createDecoder()];
    this.#bytes = new Uint8Array(codec.maxBytes(codec.sampleRate / 50));
  }

  speak(into: Float32Array, amplitude: number): void {
    const step = (2 * Math.PI * this.hz) / this.codec.sampleRate;
    const said = into.map(() => amplitude * Math.sin(step * this.#sample++));
    this.#through(0, said, into);
  }

  hear(output: Float32Array): void {
    const heard = new Float32Array(output.length);
    this.#through(1, output, heard);
    this.sent.push(...output);
    this.heard.push(...heard);
  }

  close(): void {
    for (const each of [...this.#encoders, ...this.#decoders]) each.close?.();
  }

  #through(way: 0 | 1, from: Float32Array, to: Float32Array): void {
    const length = this.#encoders[way].encode(from, from.length, this.#bytes, 0);
    this.#decoders[way].decode(this.#bytes, 0, length, to, 0);
  }
}

/** Eight on air for some seconds; `mute` says nothing. */
function onAir(mute: number | null): Caller[] {
  const mixer = new Mixer(8, new MeterBlock(MeterBlock.allocate(8), 8));
  const callers = CODECS.map((codec, port) => new Caller(port, codec, TONES_HZ[port]!));
  for (const { port, codec } of callers) {
    mixer.open(port, codec.sampleRate);
    mixer.place(port, { kind: 'air' });
  }
  for (let frame = 0; frame < FRAMES; frame++) {
    for (const caller of callers) {
      caller.speak(mixer.input(caller.port)!, caller.port === mute ? 0 : 10 ** (TONE_DB / 20));
    }
    mixer.mix();
    if (frame < SETTLE_FRAMES) continue;
    for (const caller of callers) caller.hear(mixer.output(caller.port)!);
  }
  for (const caller of callers) caller.close();
  return callers;
}

describe('eight callers of four codecs on air', () => {
  const all = onAir(null);

  it.each(all.slice(0, 4).map(({ codec, port }) => ({ name: codec.name, port })))(
    'do not come back to caller $port ($name) by 80 dB in the mixer',
    ({ port }) => {
      // What speaking changes in what the speaker is sent.
      const withOwn = all[port]!.sent;
      const withoutOwn = onAir(port)[port]!.sent;
      const own = Float32Array.from(withOwn, (value, index) => value - withoutOwn[index]!);
      expect(rmsDb(own)).toBeLessThan(TONE_DB - 3 - 80);
    },
  );

  it('hear each other, and not themselves by 55 dB, behind their codecs', () => {
    for (const { heard, codec, hz } of all) {
      const sound = Float32Array.from(heard);
      const levelDb = (other: number) => toneLevelDb(sound, codec.sampleRate, other);
      expect(levelDb(hz)).toBeLessThan(TONE_DB - 55);
      const others = TONES_HZ.filter((other) => other !== hz).map(levelDb);
      expect(Math.max(...others)).toBeLessThan(TONE_DB + 1);
      expect(Math.min(...others)).toBeGreaterThan(TONE_DB - 1);
    }
  });
});
