import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LevellerSettings } from '../control/contract.ts';
import { Leveller } from './leveller.ts';
import { TURN_S, babble, isSpoken, noise } from './testing/babble.ts';
import { largestClickDb, rmsDb, toneLevelDb } from './tone-analysis.ts';

const SETTINGS: LevellerSettings = { targetDb: -20, rangeDb: 12, gateDb: -45, duckDb: 0 };

function run(
  samples: Float32Array,
  sampleRate = 8000,
  settings: LevellerSettings | null = SETTINGS,
): Float32Array {
  const leveller = new Leveller(sampleRate, sampleRate / 50);
  leveller.set(settings);
  return runWith(leveller, samples, sampleRate);
}

function runWith(leveller: Leveller, samples: Float32Array, sampleRate = 8000): Float32Array {
  const frame = sampleRate / 50;
  const out = samples.slice();
  for (let at = 0; at < out.length; at += frame) leveller.process(out.subarray(at, at + frame), frame);
  return out;
}

function sine(hz: number, db: number, seconds: number, sampleRate = 8000): Float32Array {
  const amplitude = Math.SQRT2 * 10 ** (db / 20);
  const step = (2 * Math.PI * hz) / sampleRate;
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => amplitude * Math.sin(step * i));
}

/** Level of what is spoken, or of the pauses (without their first 300 ms: the last word fades). */
function levelDb(samples: Float32Array, fromS: number, toS: number, isSpeech: boolean): number {
  const kept: number[] = [];
  for (let i = fromS * 8000; i < toS * 8000; i++) {
    const seconds = i / 8000;
    if (isSpeech ? isSpoken(seconds) : seconds % TURN_S > 1.8) kept.push(samples[i]!);
  }
  return rmsDb(Float32Array.from(kept));
}

describe('the leveller', () => {
  it('has a caller at −35 dBFS and one at −6 dBFS within 4 dB of each other after three seconds', () => {
    const quiet = run(babble(12, -35, -90));
    const loud = run(babble(12, -6, -90).map((value) => Math.max(-1, Math.min(1, value))));
    for (const [fromS, toS] of [
      [3, 6],
      [6, 12],
    ] as const) {
      const difference = levelDb(loud, fromS, toS, true) - levelDb(quiet, fromS, toS, true);
      expect(Math.abs(difference)).toBeLessThan(4);
    }
  });

  it('pumps no pause up: it is never louder than it came, and does not grow while it lasts', () => {
    const said = babble(22, -35, -55);
    const levelled = run(said);
    expect(levelDb(levelled, 6.6, 22, false)).toBeLessThan(levelDb(said, 6.6, 22, false) + 0.5);

    const leveller = new Leveller(8000, 160);
    leveller.set(SETTINGS);
    runWith(leveller, babble(6.6, -35, -55));
    const before = leveller.slowDb;
    const pause = runWith(leveller, noise(8000 * 30, -55));
    expect(leveller.slowDb).toBe(before);
    const early = rmsDb(pause.subarray(8000, 16_000));
    const late = rmsDb(pause.subarray(28 * 8000));
    expect(Math.abs(late - early)).toBeLessThan(1);
  });

  it('takes the room between the words down further than the words', () => {
    const said = babble(22, -20, -50);
    const levelled = run(said);
    const before = levelDb(said, 6.6, 22, true) - levelDb(said, 6.6, 22, false);
    const after = levelDb(levelled, 6.6, 22, true) - levelDb(levelled, 6.6, 22, false);
    expect(after).toBeGreaterThan(before + 5);
  });

  it('does not take a loud line for speech for long', () => {
    const leveller = new Leveller(8000, 160);
    leveller.set(SETTINGS);
    runWith(leveller, babble(11, -26, -40));
    const before = leveller.slowDb;
    runWith(leveller, noise(8000 * 20, -40));
    expect(Math.abs(leveller.slowDb - before)).toBeLessThan(1);
  });

  it('lets nothing through below 100 Hz that is not speech', () => {
    const measured = [25, 50, 100, 200, 400].map((hz) => {
      const out = run(sine(hz, -60, 2), 8000, { ...SETTINGS, gateDb: -90, rangeDb: 0 });
      return toneLevelDb(out.subarray(8000), 8000, hz) - (-60 + 20 * Math.log10(Math.SQRT2));
    });
    expect(measured[0]).toBeLessThan(-23);
    expect(measured[1]).toBeLessThan(-11);
    expect(measured[2]).toBeCloseTo(-3, 0);
    expect(Math.abs(measured[3]!)).toBeLessThan(0.5);
    expect(Math.abs(measured[4]!)).toBeLessThan(0.2);
  });

  it('passes everything bit for bit while it is off', () => {
    const said = babble(2, -30, -60);
    expect(run(said, 8000, null)).toEqual(said);
  });

  it('comes and goes without a click', () => {
    const leveller = new Leveller(8000, 160);
    const said = sine(440, -30, 6);
    const out = said.slice();
    for (let frame = 0; frame < out.length / 160; frame++) {
      if (frame === 100) leveller.set(SETTINGS);
      if (frame === 200) leveller.set(null);
      leveller.process(out.subarray(frame * 160, (frame + 1) * 160), 160);
    }
    expect(rmsDb(out.subarray(3 * 8000, 4 * 8000))).toBeGreaterThan(-24);
    expect(rmsDb(out.subarray(5 * 8000))).toBeCloseTo(-30, 1);
    for (const at of [2, 4]) {
      const around = out.subarray((at - 0.25) * 8000, (at + 0.25) * 8000);
      expect(largestClickDb(around, 8000, [440])).toBeLessThan(-40);
    }
  });

  it('goes on where it was when the caller comes at another rate', () => {
    const narrow = new Leveller(8000, 160);
    narrow.set(SETTINGS);
    runWith(narrow, babble(6, -35, -90));
    const wide = new Leveller(48_000, 960);
    wide.set(SETTINGS);
    wide.takeOver(narrow);
    expect(wide.slowDb).toBeCloseTo(12, 1);
    const out = runWith(wide, sine(1000, -35, 1, 48_000), 48_000);
    expect(rmsDb(out.subarray(24_000))).toBeCloseTo(-23, 0);
  });

  it('is measured at every rate to be what docs/leveller.md says', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/leveller.md'), 'utf8');
    const rows = [...page.matchAll(/^\| −?(\d+) \| −?(\d+\.\d) \|/gm)];
    expect(rows.length).toBeGreaterThan(8);
    for (const [, level = '', documented = ''] of rows) {
      for (const sampleRate of [8000, 16_000, 48_000]) {
        const out = run(sine(1000, -Number(level), 6, sampleRate), sampleRate);
        const measured = rmsDb(out.subarray(5 * sampleRate));
        expect(Math.abs(measured + Number(documented)), `${level} dBFS at ${sampleRate} Hz`).toBeLessThan(
          0.3,
        );
      }
    }
  });
});
