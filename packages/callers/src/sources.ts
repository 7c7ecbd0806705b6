/**
 * What a simulated telephone says: endless loops of samples, made once and shared by all phones that say the same. A loop
 * is a whole number of 20 ms frames, so that it can be encoded once and sent for ever at no cost.
 */
import { readFileSync } from 'node:fs';
import { readTracks } from './wav-source.ts';
import { speak, type Voice } from './speech.ts';

export interface Source {
  /** Same name, same sound: key of the cache of encoded frames. */
  readonly name: string;
  /** One loop at this rate, Hz; its length is a multiple of 20 ms. Samples ±1 full scale. */
  render(sampleRate: number): Float32Array;
}

export const silence: Source = { name: 'silence', render: (rate) => new Float32Array(rate / 50) };

/**
 * A sine; `levelDb` is its peak in dBFS. The loop closes without a step: one second for a whole number of Hz, ten for tenths.
 * Tenths matter where a codec's distortion is measured: the products of whole tones fall on whole tones.
 */
export function tone(hz: number, levelDb = -20): Source {
  const tenths = Math.round(hz * 10);
  const seconds = tenths % 10 === 0 ? 1 : 10;
  return {
    name: `tone-${tenths / 10}-${levelDb}`,
    render(rate) {
      const amplitude = 10 ** (levelDb / 20);
      const step = (2 * Math.PI * tenths) / 10 / rate;
      return Float32Array.from({ length: rate * seconds }, (_, i) => amplitude * Math.sin(step * i));
    },
  };
}

/** Synthetic speech of our own: syllables, words, pauses for breath. About half a minute before it repeats. */
export function speech(voice: Voice): Source {
  return {
    name: `speech-${voice.pitchHz}-${voice.tract}-${voice.seed}`,
    render: (rate) => speak(voice, rate),
  };
}

/** A PCM WAV file, first channel, at the nearest sample. */
export function wavFile(path: string): Source {
  return {
    name: `wav-${path}`,
    render(rate) {
      const { tracks, sampleRate } = readTracks(readFileSync(path));
      const samples = tracks[0] ?? new Float32Array(0);
      const seconds = samples.length / sampleRate;
      const frames = Math.max(1, Math.floor(seconds * 50));
      const step = sampleRate / rate;
      return Float32Array.from(
        { length: (frames * rate) / 50 },
        (_, i) => samples[Math.floor(i * step)] ?? 0,
      );
    },
  };
}
