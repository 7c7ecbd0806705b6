/**
 * A small formant synthesiser: a glottal pulse and noise through three resonators, syllable by syllable. It says nothing,
 * but it has a voice's pitch, rhythm, pauses and spectrum, which is what a desk, a leveller or an ear needs.
 *
 *   pulse ──┐
 *           ├─► F1 ─► F2 ─► F3 ─► syllable envelope ─► loop
 *   noise ──┘
 */
export interface Voice {
  /** Middle of the voice's pitch: about 110 for a man, 200 for a woman, 280 for a child. */
  pitchHz: number;
  /** Vocal tract: 1 for a man, about 1.15 for a woman, 1.3 for a child (scales the formants). */
  tract: number;
  /** Same seed, same speech. */
  seed: number;
}

/** First three formants of the vowels a, e, i, o, u of an adult man, Hz. */
const vowels: readonly (readonly [number, number, number])[] = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
];
const bandwidthsHz = [70, 100, 140] as const;
const loopSeconds = 24;
const peakDb = -12;

/** One loop of speech at `sampleRate` Hz, a whole number of 20 ms frames, peaking at −12 dBFS. */
export function speak(voice: Voice, sampleRate: number): Float32Array {
  const out = new Float32Array(loopSeconds * sampleRate);
  const random = randomFrom(voice.seed);
  // The last half second stays silent, so that the loop closes in a pause.
  const end = out.length - sampleRate / 2;
  let at = Math.floor(sampleRate * 0.1);
  while (at < end) {
    const syllables = 2 + Math.floor(random() * 9);
    const phraseStartsAt = at;
    for (let s = 0; s < syllables && at < end; s++) {
      const samples = Math.min(end - at, Math.floor(sampleRate * (0.11 + random() * 0.14)));
      // Pitch falls over a phrase, as in a statement.
      const pitchHz = voice.pitchHz * (1.12 - (0.25 * s) / syllables + (random() - 0.5) * 0.12);
      const vowel = vowels[Math.floor(random() * vowels.length)] ?? vowels[0];
      if (vowel) addSyllable(out.subarray(at, at + samples), vowel, pitchHz, voice.tract, sampleRate, random);
      at += samples;
      if (random() < 0.3) at += Math.floor(sampleRate * 0.04);
    }
    const isLongTurn = at - phraseStartsAt > sampleRate * 1.5;
    at += Math.floor(sampleRate * (isLongTurn ? 0.35 + random() * 0.5 : 0.15 + random() * 0.2));
  }
  return normalise(out, 10 ** (peakDb / 20));
}

function addSyllable(
  out: Float32Array,
  vowel: readonly [number, number, number],
  pitchHz: number,
  tract: number,
  sampleRate: number,
  random: () => number,
): void {
  const consonantEndsAt = Math.floor(out.length * (0.12 + random() * 0.12));
  const isHiss = random() < 0.4;
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    phase += pitchHz / sampleRate;
    if (phase >= 1) phase -= 1;
    // Rosenberg-like pulse: opens over 40 % of the period, closes over 16 %.
    const pulse =
      phase < 0.4
        ? 0.5 - 0.5 * Math.cos((Math.PI * phase) / 0.4)
        : phase < 0.56
          ? Math.cos(((phase - 0.4) * Math.PI) / 0.32)
          : 0;
    const noise = random() * 2 - 1;
    out[i] = i < consonantEndsAt ? noise * (isHiss ? 0.25 : 0.05) : pulse - 0.25 + noise * 0.01;
  }
  for (const [k, hz] of vowel.entries()) {
    const formantHz = Math.min(hz * tract, sampleRate * 0.45);
    resonate(out, formantHz, bandwidthsHz[k] ?? 100, sampleRate);
  }
  const attack = Math.max(1, Math.floor(sampleRate * 0.02));
  const release = Math.max(1, Math.floor(sampleRate * 0.05));
  for (let i = 0; i < out.length; i++) {
    const envelope = Math.min(1, i / attack, (out.length - 1 - i) / release);
    out[i] = (out[i] ?? 0) * Math.max(0, envelope);
  }
}

/** Two-pole resonator with unity gain at 0 Hz, in place. */
function resonate(samples: Float32Array, hz: number, bandwidthHz: number, sampleRate: number): void {
  const r = Math.exp((-Math.PI * bandwidthHz) / sampleRate);
  const b = 2 * r * Math.cos((2 * Math.PI * hz) / sampleRate);
  const c = -r * r;
  const a = 1 - b - c;
  let y1 = 0;
  let y2 = 0;
  for (let i = 0; i < samples.length; i++) {
    const y = a * (samples[i] ?? 0) + b * y1 + c * y2;
    y2 = y1;
    y1 = y;
    samples[i] = y;
  }
}

function normalise(samples: Float32Array, peak: number): Float32Array {
  let largest = 0;
  for (const sample of samples) largest = Math.max(largest, Math.abs(sample));
  const gain = largest === 0 ? 0 : peak / largest;
  return samples.map((sample) => sample * gain);
}

/** Mulberry32: a seeded generator, so that a demo and a test sound the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
