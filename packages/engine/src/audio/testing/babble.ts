/**
 * Something like speech, for tests that need its pitch, rhythm and pauses: syllables of a buzz whose pitch falls over the
 * phrase, 180 ms with 60 ms between them, phrases of six, then a pause of 0.76 s; over the noise of a room.
 */
const SYLLABLE_S = 0.18;
const EVERY_S = 0.24;
const PHRASE_S = 6 * EVERY_S;
export const TURN_S = 2.2;
const HARMONICS = 8;

export function isSpoken(seconds: number): boolean {
  return seconds % TURN_S < PHRASE_S;
}

/** `speechDb`: RMS of the syllables; `roomDb`: of the noise under all of it. */
export function babble(seconds: number, speechDb: number, roomDb: number, sampleRate = 8000): Float32Array {
  const out = new Float32Array(Math.round(seconds * sampleRate));
  let energy = 0;
  let voiced = 0;
  let phase = 0;
  for (let index = 0; index < out.length; index++) {
    const at = index / sampleRate;
    phase += (2 * Math.PI * (160 - 25 * (at % TURN_S) + 4 * Math.sin(9 * at))) / sampleRate;
    const inSyllable = at % EVERY_S;
    if (!isSpoken(at) || inSyllable >= SYLLABLE_S) continue;
    const shape = Math.sin((Math.PI * inSyllable) / SYLLABLE_S);
    for (let harmonic = 1; harmonic <= HARMONICS; harmonic++) {
      out[index]! += (shape * Math.sin(harmonic * phase + harmonic)) / harmonic;
    }
    energy += out[index]! ** 2;
    voiced++;
  }
  const gain = 10 ** (speechDb / 20) / Math.sqrt(energy / voiced);
  const room = noise(out.length, roomDb);
  return out.map((value, index) => value * gain + room[index]!);
}

/** White noise of this RMS, the same everywhere. */
export function noise(samples: number, db: number): Float32Array {
  const amplitude = Math.sqrt(3) * 10 ** (db / 20);
  let seed = 0x2545f491;
  return Float32Array.from({ length: samples }, () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (amplitude * seed) / 0x80000000;
  });
}
