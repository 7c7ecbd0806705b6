import { type Codec, findCodec } from '@openline/engine';
import { describe, expect, it } from 'vitest';
import { randomFrom, speak } from './speech.ts';

const VOICES = [
  { pitchHz: 110, tract: 1, seed: 1 },
  { pitchHz: 200, tract: 1.15, seed: 2 },
  { pitchHz: 280, tract: 1.3, seed: 3 },
];
const SECONDS = 12;

type Stand = 'concealed' | 'repeated' | 'silent';

/** What is decoded of the speech when these frames are lost: by the codec's concealment, by the frame before, or nothing. */
function heardWith(
  codec: Codec,
  sent: Float32Array,
  isLost: (frame: number) => boolean,
  stand: Stand,
): Float32Array {
  const samples = codec.sampleRate / 50;
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const bytes = new Uint8Array(codec.maxBytes(samples));
  const out = new Float32Array(sent.length);
  for (let frame = 0; (frame + 1) * samples <= sent.length; frame++) {
    const at = frame * samples;
    const length = encoder.encode(sent.subarray(at, at + samples), samples, bytes, 0);
    if (!isLost(frame)) decoder.decode(bytes, 0, length, out, at);
    else if (stand === 'concealed') decoder.conceal(out, at, samples);
    else if (stand === 'repeated') out.copyWithin(at, at - samples, at);
  }
  return out;
}

/** How far each lost frame, with the 10 ms behind it, is from what was sent; mean over those in which somebody speaks, dB. */
function errorDb(
  codec: Codec,
  whole: Float32Array,
  heard: Float32Array,
  isLost: (frame: number) => boolean,
): number {
  const samples = codec.sampleRate / 50;
  let sum = 0;
  let count = 0;
  for (let frame = 1; (frame + 2) * samples <= whole.length; frame++) {
    if (!isLost(frame)) continue;
    let power = 0;
    let error = 0;
    for (let i = frame * samples; i < (frame + 1.5) * samples; i++) {
      power += whole[i]! ** 2;
      error += (heard[i]! - whole[i]!) ** 2;
    }
    if (power / samples < 1e-4) continue;
    sum += 10 * Math.log10(error / power);
    count++;
  }
  return sum / count;
}

/** Distance of the two in sixteen bands a frame, RMS of the differences in dB; phase does not count. */
function spectralDb(
  codec: Codec,
  whole: Float32Array,
  heard: Float32Array,
  isLost: (frame: number) => boolean,
): number {
  const samples = codec.sampleRate / 50;
  let sum = 0;
  let count = 0;
  for (let frame = 1; (frame + 2) * samples <= whole.length; frame++) {
    if (!isLost(frame)) continue;
    const a = bandsDb(whole.subarray(frame * samples, (frame + 1) * samples), codec.sampleRate);
    const b = bandsDb(heard.subarray(frame * samples, (frame + 1) * samples), codec.sampleRate);
    if (Math.max(...a) < -30) continue;
    for (const [band, level] of a.entries()) sum += (level - b[band]!) ** 2;
    count += a.length;
  }
  return Math.sqrt(sum / count);
}

/** 200 to 3200 Hz. */
function bandsDb(frame: Float32Array, rate: number): number[] {
  return Array.from({ length: 16 }, (_, band) => {
    const step = (2 * Math.PI * (200 + 200 * band)) / rate;
    let re = 0;
    let im = 0;
    for (const [i, value] of frame.entries()) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / frame.length);
      re += value * window * Math.cos(step * i);
      im += value * window * Math.sin(step * i);
    }
    return Math.max(-60, 20 * Math.log10((4 * Math.hypot(re, im)) / frame.length + 1e-9));
  });
}

describe.each(['PCMU', 'G722'])('speech through %s of which one frame in ten is lost', (name) => {
  const codec = findCodec(name)!;

  it('is nearer to what was said with the concealment than with the frame before, or with silence', () => {
    for (const voice of VOICES) {
      const sent = speak(voice, codec.sampleRate).subarray(0, SECONDS * codec.sampleRate);
      const random = randomFrom(7);
      const lost = new Set(
        Array.from({ length: SECONDS * 50 }, (_, frame) => frame).filter(
          (frame) => frame > 10 && random() < 0.1,
        ),
      );
      const isLost = (frame: number) => lost.has(frame);
      const whole = heardWith(codec, sent, () => false, 'silent');
      const measured = (stand: Stand) => {
        const heard = heardWith(codec, sent, isLost, stand);
        return {
          error: errorDb(codec, whole, heard, isLost),
          spectral: spectralDb(codec, whole, heard, isLost),
        };
      };
      const concealed = measured('concealed');
      const silent = measured('silent');
      expect(concealed.error).toBeLessThan(measured('repeated').error - 5);
      expect(concealed.error).toBeLessThan(silent.error - 4);
      expect(concealed.spectral).toBeLessThan(0.5 * silent.spectral);
    }
  }, 60_000);
});
