/**
 * What every codec of the registry must pass; run by conformance.test.ts, one test a case. A case throws
 * (node:assert) when the codec fails it.
 */
import assert from 'node:assert/strict';
import { largestClickDb, peakDb, rmsDb, toneLevelDb } from '../audio/tone-analysis.ts';
import type { Codec, Decoder, Encoder } from './codec.ts';

export interface ConformanceCase {
  name: string;
  run(codec: Codec): void;
}

const FRAME_MS = 20;

export const conformanceCases: readonly ConformanceCase[] = [
  {
    name: 'brings a tone back with a signal-to-noise ratio of at least 30 dB from −3 to −30 dBFS',
    run(codec) {
      for (const levelDb of [-3, -10, -20, -30]) {
        const sent = tone(codec, 1000, levelDb, 400);
        const heard = roundTrip(codec, sent, FRAME_MS);
        const delay = delayOf(sent, heard, codec.sampleRate);
        assert.ok(delay <= codec.sampleRate * 0.025, `delay of ${delay} samples`);
        const noise = new Float32Array(sent.length - delay);
        for (let i = 0; i < noise.length; i++) noise[i] = (heard[i + delay] ?? 0) - (sent[i] as number);
        const settled = codec.sampleRate / 20;
        const ratioDb = levelDb - 3 - rmsDb(noise.subarray(settled));
        assert.ok(ratioDb >= 30, `${ratioDb.toFixed(1)} dB at ${levelDb} dBFS`);
      }
    },
  },
  {
    name: 'keeps silence silent (below −60 dBFS)',
    run(codec) {
      const heard = roundTrip(codec, new Float32Array(codec.sampleRate / 5), FRAME_MS);
      assert.ok(peakDb(heard) < -60, `${peakDb(heard)} dBFS`);
    },
  },
  {
    name: 'takes full scale, twice full scale and what is not a number without wrapping round',
    run(codec) {
      const loud = tone(codec, 400, 6, 200);
      const heard = roundTrip(codec, loud, FRAME_MS);
      const delay = delayOf(loud, heard, codec.sampleRate);
      for (let i = codec.sampleRate / 20; i + delay < heard.length; i++) {
        const value = heard[i + delay] as number;
        assert.ok(Math.abs(value) <= 1.3, `sample ${value}`);
        if (Math.abs(loud[i] as number) > 1.2) {
          assert.ok(value * (loud[i] as number) > 0.5, `${loud[i]} came back as ${value}`);
        }
      }
      const broken = new Float32Array(samplesOf(codec, FRAME_MS)).fill(Number.NaN);
      for (const value of roundTrip(codec, broken, FRAME_MS)) assert.ok(Math.abs(value) < 0.01);
    },
  },
  {
    name: 'takes frames of 10 to 60 ms, within maxBytes and at any offset',
    run(codec) {
      for (const frameMs of codec.packetMs ?? [10, 20, 30, 40, 50, 60]) {
        const samples = samplesOf(codec, frameMs);
        const pcm = tone(codec, 1000, -10, frameMs);
        const out = new Uint8Array(7 + codec.maxBytes(samples) + 3).fill(0xaa);
        const bytes = codec.createEncoder().encode(pcm, samples, out, 7);
        assert.ok(bytes > 0 && bytes <= codec.maxBytes(samples), `${bytes} bytes for ${frameMs} ms`);
        assert.ok(
          out.subarray(0, 7).every((byte) => byte === 0xaa) &&
            out.subarray(7 + bytes).every((byte) => byte === 0xaa),
        );
        const heard = new Float32Array(11 + samples + 5).fill(9);
        assert.equal(codec.createDecoder().decode(out, 7, bytes, heard, 11), samples);
        assert.ok(
          heard.subarray(0, 11).every((value) => value === 9) &&
            heard.subarray(11 + samples).every((value) => value === 9),
        );
        assert.ok(heard.subarray(11, 11 + samples).every((value) => Math.abs(value) <= 1));
      }
    },
  },
  {
    name: 'decodes packets whose length changes from one to the next',
    run(codec) {
      const lengthsMs = [20, 40, 20, 60, 10, 20];
      const sent = tone(codec, 1000, -10, 400);
      const encoder = codec.createEncoder();
      const decoder = codec.createDecoder();
      const bytes = new Uint8Array(codec.maxBytes(samplesOf(codec, 60)));
      const heard = new Float32Array(sent.length);
      let at = 0;
      for (let n = 0; at + samplesOf(codec, 60) <= sent.length; n++) {
        const samples = samplesOf(codec, lengthsMs[n % lengthsMs.length]!);
        const length = encoder.encode(sent.subarray(at, at + samples), samples, bytes, 0);
        assert.equal(decoder.decode(bytes, 0, length, heard, at), samples);
        at += samples;
      }
      const levelDb = toneLevelDb(heard.subarray(samplesOf(codec, 40), at), codec.sampleRate, 1000);
      assert.ok(Math.abs(levelDb + 10) < 1, `${levelDb.toFixed(1)} dB`);
    },
  },
  {
    name: 'recovers what was lost from any bytes, or says that it cannot, and decodes on',
    run(codec) {
      const decoder = codec.createDecoder();
      const samples = samplesOf(codec, FRAME_MS);
      const heard = new Float32Array(samples);
      const random = randomBytes(9);
      for (let length = 0; length <= 200; length++) {
        const bytes = Uint8Array.from({ length }, random);
        const recovered = decoder.recover?.(bytes, 0, length, heard, 0, samples) ?? 0;
        assert.ok(recovered === 0 || recovered === samples, `${recovered} samples`);
        assert.ok(heard.every((value) => Math.abs(value) <= 1.5));
      }
      const bytes = new Uint8Array(codec.maxBytes(samples));
      const length = codec.createEncoder().encode(tone(codec, 1000, -10, FRAME_MS), samples, bytes, 0);
      assert.equal(decoder.decode(bytes, 0, length, heard, 0), samples);
    },
  },
  {
    name: 'survives payloads of any content and length, and answers 0 to what it cannot take',
    run(codec) {
      const decoder = codec.createDecoder();
      const heard = new Float32Array(samplesOf(codec, 60));
      const random = randomBytes(5);
      for (let length = 1; length <= 400; length++) {
        const bytes = Uint8Array.from({ length }, random);
        const samples = decoder.decode(bytes, 0, length, heard, 0);
        assert.ok(Number.isInteger(samples) && samples >= 0 && samples <= heard.length);
        assert.ok(heard.every((value) => Math.abs(value) <= 1.5));
      }
      const bytes = new Uint8Array(100);
      assert.equal(decoder.decode(bytes, 0, 0, heard, 0), 0);
      assert.equal(decoder.decode(bytes, 60, 60, heard, 0), 0, 'beyond the payload');
      assert.equal(decoder.decode(bytes, 0, 100, new Float32Array(4), 0), 0, 'more than there is room for');
    },
  },
  {
    name: 'conceals a lost frame of a tone without a click, at its level',
    run(codec) {
      const sent = tone(codec, 440, -12, 400);
      const heard = roundTrip(codec, sent, FRAME_MS, (frame) => frame === 10);
      const clickDb = largestClickDb(heard, codec.sampleRate, [440]);
      assert.ok(clickDb < -40, `click of ${clickDb.toFixed(1)} dBFS`);
      const lost = samplesOf(codec, FRAME_MS) * 10;
      const levelDb = rmsDb(heard.subarray(lost, lost + samplesOf(codec, FRAME_MS)));
      assert.ok(Math.abs(levelDb + 15) < 2, `${levelDb.toFixed(1)} dB`);
    },
  },
  {
    name: 'fades a long loss to silence within 60 ms, and comes back without a click',
    run(codec) {
      const sent = tone(codec, 440, -12, 600);
      const heard = roundTrip(codec, sent, FRAME_MS, (frame) => frame >= 10 && frame < 18);
      const frame = samplesOf(codec, FRAME_MS);
      const levelsDb = [10, 11, 12, 13, 17].map((n) => rmsDb(heard.subarray(n * frame, (n + 1) * frame)));
      for (let i = 1; i < 4; i++) assert.ok((levelsDb[i] as number) < (levelsDb[i - 1] as number));
      assert.ok((levelsDb[3] as number) < -55 && (levelsDb[4] as number) < -55, levelsDb.join(' '));
      const clickDb = largestClickDb(heard, codec.sampleRate, [440]);
      assert.ok(clickDb < -40, `click of ${clickDb.toFixed(1)} dBFS`);
      const back = rmsDb(heard.subarray(20 * frame, 25 * frame));
      assert.ok(Math.abs(back + 15) < 0.5, `${back.toFixed(1)} dB afterwards`);
    },
  },
  {
    name: 'conceals before the first frame and in silence with silence',
    run(codec) {
      const decoder = codec.createDecoder();
      const heard = new Float32Array(samplesOf(codec, FRAME_MS));
      for (let i = 0; i < 5; i++) {
        decoder.conceal(heard, 0, heard.length);
        assert.ok(peakDb(heard) < -55, `${peakDb(heard)} dBFS`);
      }
    },
  },
  {
    name: 'gives the same output for the same input, each encoder and decoder for itself',
    run(codec) {
      const one = tone(codec, 700, -10, 200);
      const alone = roundTrip(codec, one, FRAME_MS, (frame) => frame === 4);
      roundTrip(codec, tone(codec, 300, -5, 200), FRAME_MS);
      const again = roundTrip(codec, one, FRAME_MS, (frame) => frame === 4);
      assert.deepEqual(again, alone);
    },
  },
  {
    name: 'hands a listener over to another encoder of the same sound, and back, without a click',
    run(codec) {
      const samples = samplesOf(codec, FRAME_MS);
      const frames = 70;
      const leaveAt = 55;
      const same = tone(codec, 437, -12, frames * FRAME_MS);
      const alone = tone(codec, 437, -30, frames * FRAME_MS);
      // A pause, for those that are handed over in one, in frames 25 to 37 and slowly back again.
      for (let i = 0; i < 5 * samples; i++) {
        const gain = 0.5 + 0.5 * Math.cos((Math.PI * i) / (5 * samples));
        same[20 * samples + i]! *= gain;
        same[43 * samples - 1 - i]! *= gain;
      }
      same.fill(0, 25 * samples, 38 * samples);
      const own = codec.createEncoder();
      const shared = codec.createEncoder();
      const decoder = codec.createDecoder();
      const bytes = new Uint8Array(codec.maxBytes(samples));
      const heard = new Float32Array(same.length);
      let joinedAt = frames;
      for (let n = 0; n < frames; n++) {
        const at = n * samples;
        if (n >= 15 && joinedAt === frames && own.join?.(shared) !== false) joinedAt = n;
        if (n === leaveAt) own.takeOver?.(shared);
        const sound = n < 11 ? alone : same;
        let length = shared.encode(same.subarray(at, at + samples), samples, bytes, 0);
        if (n < joinedAt || n >= leaveAt) {
          length = own.encode(sound.subarray(at, at + samples), samples, bytes, 0);
        }
        assert.equal(decoder.decode(bytes, 0, length, heard, at), samples);
      }
      assert.ok(joinedAt < 40, `joined at ${joinedAt}`);
      for (const from of [joinedAt - 3, leaveAt - 3]) {
        const sent = same.subarray(from * samples, (from + 12) * samples);
        const piece = heard.subarray(from * samples, (from + 12) * samples);
        const clickDb = largestClickDb(piece, codec.sampleRate, [437]);
        assert.ok(clickDb < -45, `click of ${clickDb.toFixed(1)} dBFS from frame ${from} on`);
        const levelDb = rmsDb(piece) - rmsDb(sent);
        assert.ok(Math.abs(levelDb) < 0.5, `${levelDb.toFixed(1)} dB from frame ${from} on`);
      }
      own.close?.();
      shared.close?.();
      decoder.close?.();
    },
  },
  {
    name: 'allocates nothing once it is warm',
    run(codec) {
      const encoder = codec.createEncoder();
      const decoder = codec.createDecoder();
      const pcm = tone(codec, 1000, -10, FRAME_MS);
      const bytes = new Uint8Array(codec.maxBytes(pcm.length));
      const heard = new Float32Array(pcm.length);
      const pass = () => runFrames(encoder, decoder, pcm, bytes, heard, 1000);
      pass();
      // A single 16-byte object per frame would show as 16 kB in every pass. Warm is when the compiler says so.
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 40 && least >= 12_000; i++) {
        const before = process.memoryUsage().heapUsed;
        pass();
        least = Math.min(least, Math.abs(process.memoryUsage().heapUsed - before));
      }
      assert.ok(least < 12_000, `${least} bytes in 1000 frames`);
    },
  },
];

function runFrames(
  encoder: Encoder,
  decoder: Decoder,
  pcm: Float32Array,
  bytes: Uint8Array,
  heard: Float32Array,
  frames: number,
): void {
  for (let i = 0; i < frames; i++) {
    const length = encoder.encode(pcm, pcm.length, bytes, 0);
    if (i % 50 === 0) decoder.conceal(heard, 0, heard.length);
    else decoder.decode(bytes, 0, length, heard, 0);
  }
}

/** Encodes and decodes frame by frame; frames for which `isLost` holds are concealed. */
function roundTrip(
  codec: Codec,
  sent: Float32Array,
  frameMs: number,
  isLost: (frame: number) => boolean = () => false,
): Float32Array {
  const samples = samplesOf(codec, frameMs);
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const bytes = new Uint8Array(codec.maxBytes(samples));
  const heard = new Float32Array(sent.length);
  for (let frame = 0; (frame + 1) * samples <= sent.length; frame++) {
    const at = frame * samples;
    const length = encoder.encode(sent.subarray(at, at + samples), samples, bytes, 0);
    if (isLost(frame)) decoder.conceal(heard, at, samples);
    else assert.equal(decoder.decode(bytes, 0, length, heard, at), samples);
  }
  return heard;
}

function samplesOf(codec: Codec, milliseconds: number): number {
  return (codec.sampleRate * milliseconds) / 1000;
}

function tone(codec: Codec, hz: number, levelDb: number, milliseconds: number): Float32Array {
  const amplitude = 10 ** (levelDb / 20);
  const step = (2 * Math.PI * hz) / codec.sampleRate;
  return Float32Array.from(
    { length: samplesOf(codec, milliseconds) },
    (_, i) => amplitude * Math.sin(step * i),
  );
}

/** Samples by which `heard` is late, by correlation; less than one period of the tone. */
function delayOf(sent: Float32Array, heard: Float32Array, sampleRate: number): number {
  const period = sampleRate / 400;
  const from = sampleRate / 20;
  let best = 0;
  let bestProduct = Number.NEGATIVE_INFINITY;
  for (let delay = 0; delay < period; delay++) {
    let product = 0;
    for (let i = from; i + delay < heard.length; i++)
      product += (sent[i] as number) * (heard[i + delay] as number);
    product /= heard.length - from - delay;
    if (product > bestProduct * (1 + 1e-6) + 1e-12) {
      bestProduct = product;
      best = delay;
    }
  }
  return best;
}

function randomBytes(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}
