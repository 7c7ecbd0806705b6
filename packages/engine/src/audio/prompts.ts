/**
 * What a caller in `ivr` hears: a station's prompt from a WAV file, or the built-in chimes. Composing, reading and
 * converting take their time, so they are for a thread that does not tick (the recording thread; the server for what
 * is uploaded); prompt-player.ts plays the result.
 */
import { Resampler } from './resampler.ts';
import { PLAYABLE_RATES, type Sound } from './sound.ts';
import { buildWavHeader, parseWav, patchWavSizes, type WavInfo } from './wav-file.ts';

export type PromptStep = 'question' | 'thanks';

export const LONGEST_PROMPT_S = 300;
const SHORTEST_S = 0.1;
const STORED_RATE = 48000;
/** How much is converted before others have their turn. */
const CHUNK_S = 1;

export type PromptRefusal = {
  ok: false;
  code: 'not_wav' | 'unsupported_format' | 'unsupported_rate' | 'too_short' | 'too_long';
};

/** Names a sound for those who play it. */
export function promptKey(step: PromptStep, prompt: string | null): string {
  return prompt === null ? `built-in ${step}` : `file ${prompt}`;
}

/** A prompt's file (PCM or float, any number of tracks) as a sound. */
export function readPrompt(file: Uint8Array): { ok: true; sound: Sound } | PromptRefusal {
  const wav = checkPrompt(file);
  if (!wav.ok) return wav;
  const mono = monoOf(file, wav);
  return { ok: true, sound: { samples: Int16Array.from(mono, toInt16), sampleRate: wav.sampleRate } };
}

/** As it is stored: 48 kHz, 16-bit, mono. Gives way to others after each second of sound. */
export async function toPromptFile(
  file: Uint8Array,
): Promise<{ ok: true; file: Uint8Array; durationMs: number } | PromptRefusal> {
  const wav = checkPrompt(file);
  if (!wav.ok) return wav;
  const converted = await atStoredRate(monoOf(file, wav), wav.sampleRate);
  const header = buildWavHeader({
    channels: 1,
    sampleRate: STORED_RATE,
    description: 'prompt',
    originator: 'Openline',
    originatedAt: new Date(),
  });
  patchWavSizes(header, converted.length * 2);
  const bytes = new Uint8Array(header.length + converted.length * 2);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  for (const [index, sample] of converted.entries()) view.setInt16(index * 2, toInt16(sample), true);
  return { ok: true, file: bytes, durationMs: Math.round((converted.length * 1000) / STORED_RATE) };
}

function checkPrompt(file: Uint8Array): WavInfo | PromptRefusal {
  const wav = parseWav(file);
  if (!wav.ok) return { ok: false, code: wav.code === 'unsupported' ? 'unsupported_format' : 'not_wav' };
  if (!PLAYABLE_RATES.includes(wav.sampleRate)) return { ok: false, code: 'unsupported_rate' };
  const seconds = wav.dataBytes / blockBytes(wav) / wav.sampleRate;
  if (seconds < SHORTEST_S) return { ok: false, code: 'too_short' };
  return seconds > LONGEST_PROMPT_S ? { ok: false, code: 'too_long' } : wav;
}

/** The mean of all tracks, ±1 full scale. */
function monoOf(file: Uint8Array, wav: WavInfo): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset + wav.dataOffset, wav.dataBytes);
  const sampleBytes = wav.bitsPerSample / 8;
  const mono = new Float32Array(wav.dataBytes / blockBytes(wav));
  for (let index = 0; index < mono.length; index++) {
    let sum = 0;
    for (let track = 0; track < wav.channels; track++) {
      sum += sampleAt(view, (index * wav.channels + track) * sampleBytes, wav);
    }
    mono[index] = sum / wav.channels;
  }
  return mono;
}

function sampleAt(view: DataView, at: number, { format, bitsPerSample }: WavInfo): number {
  if (format === 'float') {
    const value = view.getFloat32(at, true);
    return Number.isFinite(value) ? value : 0;
  }
  switch (bitsPerSample) {
    case 8:
      return (view.getUint8(at) - 128) / 128;
    case 16:
      return view.getInt16(at, true) / 32768;
    case 24:
      return (view.getUint8(at) + view.getInt16(at + 1, true) * 256) / 8388608;
    default:
      return view.getInt32(at, true) / 2147483648;
  }
}

async function atStoredRate(samples: Float32Array, sampleRate: number): Promise<Float32Array> {
  if (sampleRate === STORED_RATE) return samples;
  const chunk = CHUNK_S * sampleRate;
  const resampler = new Resampler(sampleRate, STORED_RATE, chunk);
  const input = new Float32Array(chunk);
  const output = new Float32Array(CHUNK_S * STORED_RATE);
  const skipped = Math.round((resampler.delayMs * STORED_RATE) / 1000);
  const length = Math.round((samples.length * STORED_RATE) / sampleRate);
  const converted = new Float32Array(skipped + length + output.length);
  for (let at = 0, to = 0; to < skipped + length; at += chunk) {
    input.fill(0);
    input.set(samples.subarray(at, at + chunk));
    resampler.process(input, chunk, output);
    converted.set(output, to);
    to += output.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return converted.subarray(skipped, skipped + length);
}

function blockBytes({ channels, bitsPerSample }: WavInfo): number {
  return (channels * bitsPerSample) / 8;
}

function toInt16(sample: number): number {
  return Math.min(32767, Math.max(-32768, Math.round(sample * 32768)));
}

interface Strike {
  hz: number;
  atS: number;
}

const RATE = 16000;
const STRIKE_LEVEL = 10 ** (-17 / 20);
/** Overtones of a struck bar, and how fast each dies away. */
const PARTIALS = [
  { ratio: 1, share: 0.7, decayS: 0.5 },
  { ratio: 2.76, share: 0.2, decayS: 0.18 },
  { ratio: 5.4, share: 0.1, decayS: 0.07 },
] as const;
/** Up: now you. Down: that was all. */
const CHIMES: Readonly<Record<PromptStep, { lengthS: number; strikes: readonly Strike[] }>> = {
  question: {
    lengthS: 1.6,
    strikes: [
      { hz: 440, atS: 0 },
      { hz: 554.4, atS: 0.25 },
      { hz: 659.3, atS: 0.5 },
    ],
  },
  thanks: {
    lengthS: 1.3,
    strikes: [
      { hz: 659.3, atS: 0 },
      { hz: 440, atS: 0.3 },
    ],
  },
};
const ATTACK_S = 0.004;
const RELEASE_S = 0.1;

/** The built-in sound: bars that are struck, of our own making. */
export function composePrompt(step: PromptStep): Sound {
  const { lengthS, strikes } = CHIMES[step];
  const length = Math.round(lengthS * RATE);
  const samples = Int16Array.from({ length }, (_, index) => {
    const atS = index / RATE;
    const sum = strikes.reduce((total, strike) => total + struck(strike, atS - strike.atS), 0);
    return toInt16(sum * STRIKE_LEVEL * Math.min(1, (lengthS - atS) / RELEASE_S));
  });
  return { samples, sampleRate: RATE };
}

function struck({ hz }: Strike, sinceS: number): number {
  if (sinceS < 0) return 0;
  const attack = Math.min(1, sinceS / ATTACK_S);
  let sum = 0;
  for (const { ratio, share, decayS } of PARTIALS) {
    sum += share * Math.exp(-sinceS / decayS) * Math.sin(2 * Math.PI * hz * ratio * sinceS);
  }
  return sum * attack;
}
