/**
 * Music for those who wait: a piece of our own, synthesised once, or a WAV file of the station. Composing takes some tens
 * of milliseconds and reading a file may, so both are for a thread that does not tick; the mixer plays the result, round
 * and round, with a LoopPlayer.
 */
import { atLoudness } from './loudness.ts';
import { Resampler } from './resampler.ts';
import { PLAYABLE_RATES, type Sound } from './sound.ts';
import { parseWav } from './wav-file.ts';

/** LUFS: what files are brought to, as loud as the built-in piece. */
const LOUDNESS = -26;
const LEVEL_RMS = 10 ** (-26 / 20);
const RATE = 16000;
const BEAT_S = 0.75;
const BEATS_A_BAR = 4;

interface Bar {
  bass: number;
  chord: readonly number[];
  /** Eight quavers, as places in the chord; chord length and up is an octave higher, null a rest. */
  melody: readonly (number | null)[];
}

/** Note numbers: 60 is middle C, a semitone each. D major, eight bars that lead back to the first. */
const BARS: readonly Bar[] = [
  { bass: 38, chord: [57, 62, 66, 69], melody: [0, 2, 3, 5, 4, 3, 2, 3] },
  { bass: 47, chord: [57, 62, 66, 71], melody: [0, 1, 3, 4, 5, 3, null, 2] },
  { bass: 43, chord: [55, 59, 66, 69], melody: [1, 2, 3, 5, 6, 5, 3, 2] },
  { bass: 45, chord: [57, 62, 64, 71], melody: [0, 2, 3, 4, null, 3, 2, 1] },
  { bass: 42, chord: [57, 61, 64, 69], melody: [0, 1, 2, 4, 5, 4, 3, 2] },
  { bass: 47, chord: [57, 62, 66, 71], melody: [3, 2, 1, 2, 4, 3, null, 5] },
  { bass: 40, chord: [55, 59, 64, 66], melody: [0, 1, 3, 2, 5, 6, 5, 4] },
  { bass: 45, chord: [57, 62, 64, 67], melody: [3, 2, 1, null, 2, 1, 0, null] },
];

interface Voice {
  /** Amplitude of each partial, from the fundamental. */
  partials: readonly number[];
  attackS: number;
  /** Time in which the note falls to 37 %. */
  decayS: number;
  lengthS: number;
}

const PAD: Voice = { partials: [0.1, 0.045, 0.012], attackS: 0.6, decayS: 2.2, lengthS: 4.4 };
const PLUCK: Voice = { partials: [0.2, 0.06, 0.03], attackS: 0.008, decayS: 0.45, lengthS: 2 };
const BASS: Voice = { partials: [0.2, 0.1, 0.03], attackS: 0.03, decayS: 0.9, lengthS: 2.5 };

/** 24 s at 16 kHz (768 kB), −26 dBFS RMS. */
export function composeHoldMusic(): Sound {
  const barS = BEATS_A_BAR * BEAT_S;
  const mix = new Float32Array(BARS.length * barS * RATE);
  for (const [index, bar] of BARS.entries()) {
    const startS = index * barS;
    for (const note of bar.chord) addNote(mix, PAD, note, startS);
    addNote(mix, BASS, bar.bass, startS);
    addNote(mix, BASS, bar.bass + 12, startS + 2 * BEAT_S);
    for (const [quaver, place] of bar.melody.entries()) {
      if (place === null) continue;
      const octave = Math.floor(place / bar.chord.length);
      const note = (bar.chord[place % bar.chord.length] as number) + 12 * (octave + 1);
      addNote(mix, PLUCK, note, startS + (quaver * BEAT_S) / 2);
    }
  }
  return { samples: atLevel(mix), sampleRate: RATE };
}

function atLevel(mix: Float32Array): Int16Array {
  let energy = 0;
  for (let i = 0; i < mix.length; i++) energy += (mix[i] as number) ** 2;
  const scale = (LEVEL_RMS / Math.sqrt(energy / mix.length)) * 32768;
  const samples = new Int16Array(mix.length);
  for (let i = 0; i < mix.length; i++) samples[i] = Math.round((mix[i] as number) * scale);
  return samples;
}

/** What rings beyond the end of the piece sounds at its beginning: the loop has no seam. */
function addNote(mix: Float32Array, voice: Voice, note: number, startS: number): void {
  const length = Math.round(voice.lengthS * RATE);
  const attack = voice.attackS * RATE;
  const release = 0.2 * RATE;
  const start = Math.round(startS * RATE);
  const decay = Math.exp(-1 / (voice.decayS * RATE));
  for (const [index, amplitude] of voice.partials.entries()) {
    const step = (2 * Math.PI * (index + 1) * 440 * 2 ** ((note - 69) / 12)) / RATE;
    const coefficient = 2 * Math.cos(step);
    let last = Math.sin(-step);
    let before = Math.sin(-2 * step);
    let envelope = amplitude;
    let at = start;
    for (let i = 0; i < length; i++) {
      const value = coefficient * last - before;
      before = last;
      last = value;
      envelope *= decay;
      const left = length - i;
      const edge = i < attack ? i / attack : left < release ? left / release : 1;
      mix[at] = (mix[at] as number) + value * envelope * edge;
      at = at + 1 < mix.length ? at + 1 : 0;
    }
  }
}

const LONGEST_S = 600;
const SHORTEST_S = 1;
const SEAM_S = 0.01;

export type HoldMusicRefusal = {
  ok: false;
  code: 'not_wav' | 'unsupported_format' | 'unsupported_rate' | 'too_short' | 'too_long';
};

/** A WAV file (16-bit PCM, mono or stereo, 8 to 48 kHz, 1 s to 10 min) as a loop whose end runs into its beginning. */
export function readHoldMusic(file: Uint8Array): { ok: true; sound: Sound } | HoldMusicRefusal {
  const wav = parseWav(file);
  if (!wav.ok) return { ok: false, code: wav.code === 'unsupported' ? 'unsupported_format' : 'not_wav' };
  if (wav.format !== 'pcm' || wav.bitsPerSample !== 16 || wav.channels > 2) {
    return { ok: false, code: 'unsupported_format' };
  }
  if (!PLAYABLE_RATES.includes(wav.sampleRate)) return { ok: false, code: 'unsupported_rate' };
  const frames = wav.dataBytes / (2 * wav.channels);
  if (frames < SHORTEST_S * wav.sampleRate) return { ok: false, code: 'too_short' };
  if (frames > LONGEST_S * wav.sampleRate) return { ok: false, code: 'too_long' };
  const view = new DataView(file.buffer, file.byteOffset + wav.dataOffset, wav.dataBytes);
  const mono = new Int16Array(frames);
  for (let i = 0; i < frames; i++) {
    const left = view.getInt16(i * 2 * wav.channels, true);
    mono[i] = wav.channels === 1 ? left : (left + view.getInt16(i * 4 + 2, true)) >> 1;
  }
  const loop = { samples: withoutSeam(mono, wav.sampleRate), sampleRate: wav.sampleRate };
  return { ok: true, sound: atLoudness(loop, LOUDNESS) };
}

/** The last 10 ms are faded into the first 10 ms. */
function withoutSeam(samples: Int16Array, sampleRate: number): Int16Array {
  const seam = Math.round(SEAM_S * sampleRate);
  const length = samples.length - seam;
  for (let i = 0; i < seam; i++) {
    const share = i / seam;
    samples[i] = Math.round((samples[i] as number) * share + (samples[length + i] as number) * (1 - share));
  }
  return samples.subarray(0, length);
}

/** Plays a loop at the rate of the mixer. Media thread, allocates nothing after construction. */
export class LoopPlayer {
  private readonly sound: Sound;
  private readonly resampler: Resampler;
  private readonly chunk: Float32Array;
  private readonly outputRate: number;
  private at = 0;

  /** `maxSamples`: the longest frame of one fill(). */
  constructor(sound: Sound, outputRate: number, maxSamples: number) {
    this.sound = sound;
    this.outputRate = outputRate;
    this.chunk = new Float32Array(Math.ceil((maxSamples * sound.sampleRate) / outputRate));
    this.resampler = new Resampler(sound.sampleRate, outputRate, this.chunk.length);
  }

  /** Overwrites the frame. `samples` must be whole at the rate of the sound; 20 ms are, at every rate. */
  fill(frame: Float32Array, samples: number): void {
    const { chunk, sound } = this;
    const needed = (samples * sound.sampleRate) / this.outputRate;
    for (let i = 0; i < needed; i++) {
      chunk[i] = (sound.samples[this.at] as number) / 32768;
      this.at = this.at + 1 < sound.samples.length ? this.at + 1 : 0;
    }
    this.resampler.process(chunk, needed, frame);
  }
}
