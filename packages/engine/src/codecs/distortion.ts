/**
 * Total harmonic distortion and noise of a codec: what is left of a tone of about 1 kHz at −12 dBFS when the tone itself is taken
 * out, relative to the tone. Asserted by distortion.test.ts and printed by bench/. Not for the audio path.
 */
import type { Codec } from './codec.ts';

/** Not 1000: of that, 8 kHz would have the same eight samples over and over (ITU-T O.132 avoids it for the same reason). */
const HZ = 1004;
const AMPLITUDE = 10 ** (-12 / 20);
const FRAMES = 150;
/** Predictors have settled by then; what follows is a whole number of periods. */
const SETTLE_FRAMES = 50;

export function distortionDb(codec: Codec): number {
  const samples = codec.sampleRate / 50;
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const said = new Float32Array(samples);
  const bytes = new Uint8Array(codec.maxBytes(samples));
  const heard = new Float32Array(samples * FRAMES);
  const step = (2 * Math.PI * HZ) / codec.sampleRate;
  for (let frame = 0; frame < FRAMES; frame++) {
    const at = frame * samples;
    for (let i = 0; i < samples; i++) said[i] = AMPLITUDE * Math.sin(step * (at + i));
    const length = encoder.encode(said, samples, bytes, 0);
    decoder.decode(bytes, 0, length, heard, at);
  }
  encoder.close?.();
  decoder.close?.();
  return residueDb(heard.subarray(SETTLE_FRAMES * samples), step);
}

/** Everything but the tone, DC too, relative to the tone. */
function residueDb(heard: Float32Array, step: number): number {
  let real = 0;
  let imaginary = 0;
  for (const [i, value] of heard.entries()) {
    real += value * Math.cos(step * i);
    imaginary += value * Math.sin(step * i);
  }
  real *= 2 / heard.length;
  imaginary *= 2 / heard.length;
  let residue = 0;
  for (const [i, value] of heard.entries()) {
    residue += (value - real * Math.cos(step * i) - imaginary * Math.sin(step * i)) ** 2;
  }
  const power = (real ** 2 + imaginary ** 2) / 2;
  return 10 * Math.log10(residue / heard.length / power);
}
