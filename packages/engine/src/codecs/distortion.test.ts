import { describe, expect, it } from 'vitest';
import { loadLibopus } from '../native/libopus.ts';
import type { Codec } from './codec.ts';
import { distortionDb } from './distortion.ts';
import { pcma, pcmu } from './g711.ts';
import { g722 } from './g722.ts';
import { l16 } from './l16.ts';
import { opusOf } from './opus/opus.ts';
import { opusscript } from './opus/opusscript.ts';

const libopus = loadLibopus();

const bounds: [name: string, codec: Codec, belowDb: number][] = [
  ['L16', l16, -85],
  ['Opus at 64 kbit/s by opusscript', opusOf(() => opusscript), -45],
  ...(libopus === null
    ? []
    : ([['Opus at 64 kbit/s by libopus', opusOf(() => libopus), -45]] as [string, Codec, number][])),
  ['G.722', g722, -40],
  ['PCMU', pcmu, -36],
  ['PCMA', pcma, -36],
];

describe('distortion and noise of a tone of 1 kHz at −12 dBFS', () => {
  it.each(bounds)('are below the bound in %s', (_name, codec, belowDb) => {
    const measuredDb = distortionDb(codec);
    expect(measuredDb).toBeLessThan(belowDb);
    // A measure that finds nothing measures nothing.
    expect(measuredDb).toBeGreaterThan(-110);
  });
});
