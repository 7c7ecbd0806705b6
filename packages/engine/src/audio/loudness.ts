/**
 * Loudness as ears have it: integrated loudness of ITU-R BS.1770-4 (K-weighting, 400 ms blocks that overlap by three
 * quarters, gates at −70 LUFS and 10 LU below what is left), and the gain that brings a sound to a target. For a thread
 * that has time: hold music is brought to one loudness when it is read.
 */
import type { Sound } from './sound.ts';

const BLOCK_S = 0.4;
const STEP_S = 0.1;
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;
/** A mono signal's own (BS.1770, annex 1). */
const OFFSET_DB = -0.691;

/** LUFS of a mono sound; −Infinity for silence, and for what is shorter than a block. */
export function loudnessOf({ samples, sampleRate }: Sound): number {
  const steps = stepEnergies(samples, sampleRate);
  const perBlock = Math.round(BLOCK_S / STEP_S);
  const blocks: number[] = [];
  for (let at = 0; at + perBlock <= steps.length; at++) {
    let sum = 0;
    for (let step = at; step < at + perBlock; step++) sum += steps[step] ?? 0;
    blocks.push(sum / perBlock);
  }
  const loud = blocks.filter((energy) => lufs(energy) > ABSOLUTE_GATE);
  const gate = lufs(meanOf(loud)) + RELATIVE_GATE;
  return lufs(meanOf(loud.filter((energy) => lufs(energy) > gate)));
}

/** The same sound at `targetLufs`, or as near as its peaks allow (`peakDb`, dBFS). Silence stays what it is. */
export function atLoudness(sound: Sound, targetLufs: number, peakDb = -1): Sound {
  const present = loudnessOf(sound);
  if (!Number.isFinite(present)) return sound;
  let peak = 1;
  for (const sample of sound.samples) peak = Math.max(peak, Math.abs(sample));
  const most = (32768 * 10 ** (peakDb / 20)) / peak;
  const gain = Math.min(10 ** ((targetLufs - present) / 20), most);
  return { ...sound, samples: sound.samples.map((sample) => Math.round(sample * gain)) };
}

/** Mean square of the K-weighted sound in each step. */
function stepEnergies(samples: Int16Array, sampleRate: number): number[] {
  const shelf = highShelf(sampleRate);
  const pass = highPass(sampleRate);
  const width = Math.round(STEP_S * sampleRate);
  const energies: number[] = [];
  let sum = 0;
  let count = 0;
  for (const sample of samples) {
    const weighted = pass(shelf(sample / 32768));
    sum += weighted * weighted;
    count++;
    if (count < width) continue;
    energies.push(sum / width);
    sum = 0;
    count = 0;
  }
  return energies;
}

type Filter = (value: number) => number;

/** The head: +4 dB above 1.7 kHz. Coefficients by the bilinear transform, for any rate. */
function highShelf(sampleRate: number): Filter {
  const gain = 10 ** (3.999843853973347 / 20);
  const q = 0.7071752369554196;
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const vb = gain ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return biquad(
    [(gain + (vb * k) / q + k * k) / a0, (2 * (k * k - gain)) / a0, (gain - (vb * k) / q + k * k) / a0],
    [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  );
}

/** What the ear does not weigh, below 38 Hz. */
function highPass(sampleRate: number): Filter {
  const q = 0.5003270373238773;
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const a0 = 1 + k / q + k * k;
  return biquad([1, -2, 1], [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0]);
}

function biquad(b: readonly [number, number, number], a: readonly [number, number]): Filter {
  let z1 = 0;
  let z2 = 0;
  return (value) => {
    const out = b[0] * value + z1;
    z1 = b[1] * value - a[0] * out + z2;
    z2 = b[2] * value - a[1] * out;
    return out;
  };
}

function lufs(energy: number): number {
  return OFFSET_DB + 10 * Math.log10(energy);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
