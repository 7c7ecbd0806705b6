/**
 * What the codecs cost and what they do to the sound: a frame of 20 ms through the encoder and the decoder, and the
 * distortion of a tone. Both implementations of Opus, where the machine has both. Called by main.ts.
 */
import { codecs, distortionDb, loadLibopus, lossyDb, opusOf, opusscript } from '@openline/engine';
import type { Codec } from '@openline/engine';
import type { Figure } from './report.ts';

const FRAMES = 500;
const ROUNDS = 5;

/** dB below the tone that each may not exceed; see README.md. */
const DISTORTION_BOUNDS: Readonly<Record<string, number>> = {
  L16: -85,
  OPUS: -45,
  G722: -40,
  PCMU: -36,
  PCMA: -36,
};

export function codecFigures(): Figure[] {
  const libopus = loadLibopus();
  const named: [name: string, codec: Codec][] = [
    ...codecs.filter(({ name }) => name !== 'OPUS').map((codec): [string, Codec] => [codec.name, codec]),
    ['Opus 64 kbit/s by opusscript', opusOf(() => opusscript)],
  ];
  if (libopus !== null) named.push(['Opus 64 kbit/s by libopus', opusOf(() => libopus)]);
  const figures = named.flatMap(([name, codec]) => {
    const { encodeUs, decodeUs } = costOf(codec);
    return [
      {
        name: `${name}: THD+N of 1 kHz at -12 dBFS`,
        value: distortionDb(codec),
        unit: 'dB',
        bound: DISTORTION_BOUNDS[codec.name] ?? null,
      },
      { name: `${name}: encode 20 ms`, value: encodeUs, unit: 'µs', bound: null },
      { name: `${name}: decode 20 ms`, value: decodeUs, unit: 'µs', bound: null },
      // 20 ms of one core, less a fifth for the rest of the path.
      {
        name: `${name}: legs that fit on a core`,
        value: Math.floor(16_000 / (encodeUs + decodeUs)),
        unit: '',
        bound: null,
      },
    ];
  });
  if (libopus === null) return figures;
  const opus = opusOf(() => libopus);
  return [
    ...figures,
    { name: 'Opus, 10 % lost: mended by FEC', value: lossyDb(opus, 'recover'), unit: 'dB', bound: null },
    { name: 'Opus, 10 % lost: left silent', value: lossyDb(opus, 'silence'), unit: 'dB', bound: null },
  ];
}

/** Median of some rounds, after one to warm up. */
function costOf(codec: Codec): { encodeUs: number; decodeUs: number } {
  const samples = codec.sampleRate / 50;
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const sound = speech(codec.sampleRate);
  const packets = Array.from({ length: 50 }, () => new Uint8Array(codec.maxBytes(samples)));
  const lengths = packets.map(() => 0);
  const frames = packets.map((_, frame) => sound.subarray(frame * samples, (frame + 1) * samples));
  const heard = new Float32Array(samples);
  const round = () => {
    let encodeMs = 0;
    let decodeMs = 0;
    for (let n = 0; n < FRAMES; n++) {
      const frame = n % frames.length;
      const startMs = performance.now();
      lengths[frame] = encoder.encode(frames[frame]!, samples, packets[frame]!, 0);
      const encodedMs = performance.now();
      decoder.decode(packets[frame]!, 0, lengths[frame]!, heard, 0);
      encodeMs += encodedMs - startMs;
      decodeMs += performance.now() - encodedMs;
    }
    return { encodeUs: (encodeMs * 1000) / FRAMES, decodeUs: (decodeMs * 1000) / FRAMES };
  };
  round();
  const rounds = Array.from({ length: ROUNDS }, round);
  encoder.close?.();
  decoder.close?.();
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2]!;
  return {
    encodeUs: median(rounds.map(({ encodeUs }) => encodeUs)),
    decodeUs: median(rounds.map(({ decodeUs }) => decodeUs)),
  };
}

/** A second of something like a voice: twenty harmonics of 120 Hz that come and go. */
function speech(sampleRate: number): Float32Array {
  return Float32Array.from({ length: sampleRate }, (_, i) => {
    const t = i / sampleRate;
    let value = 0;
    for (let k = 1; k <= 20; k++) value += Math.sin(2 * Math.PI * 120 * k * t + k * k) / k;
    return 0.15 * value * (0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * t));
  });
}
