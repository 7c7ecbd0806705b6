import { describe, expect, it } from 'vitest';
import { speak } from './speech.ts';

const man = { pitchHz: 110, tract: 1, seed: 1 };

const rmsDb = (samples: Float32Array) =>
  10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length + 1e-12);

describe('synthetic speech', () => {
  it('is a whole number of frames, peaks at −12 dBFS and begins and ends in silence', () => {
    const said = speak(man, 8000);
    expect(said.length % 160).toBe(0);
    expect(20 * Math.log10(Math.max(...said.map(Math.abs)))).toBeCloseTo(-12, 1);
    expect(rmsDb(said.subarray(0, 400))).toBeLessThan(-80);
    expect(rmsDb(said.subarray(-2000))).toBeLessThan(-80);
  });

  it('has words and pauses: between a tenth and a half of its frames are silent', () => {
    const said = speak(man, 8000);
    let silent = 0;
    const frames = said.length / 160;
    for (let f = 0; f < frames; f++) if (rmsDb(said.subarray(f * 160, f * 160 + 160)) < -60) silent++;
    expect(silent / frames).toBeGreaterThan(0.1);
    expect(silent / frames).toBeLessThan(0.5);
  });

  it('is the same for the same seed and another for another', () => {
    expect(speak(man, 8000)).toEqual(speak(man, 8000));
    expect(speak({ ...man, seed: 2 }, 8000)).not.toEqual(speak(man, 8000));
  });
});
