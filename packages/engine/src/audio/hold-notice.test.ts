import { describe, expect, it } from 'vitest';
import { MeterBlock } from './meter-block.ts';
import { Mixer } from './mixer.ts';
import type { Sound } from './sound.ts';
import { largestClickDb, toneLevelDb } from './tone-analysis.ts';

const FRAMES_A_SECOND = 50;
const MUSIC_HZ = 400;
const NOTICE_HZ = 1500;

/** Comes and goes within 50 ms where it is not looped. */
const tone = (hz: number, seconds: number, edge = 0): Sound => ({
  sampleRate: 48000,
  samples: Int16Array.from({ length: 48000 * seconds }, (_, i) => {
    const fromEdge = Math.min(i, 48000 * seconds - i);
    const gain = edge === 0 ? 1 : Math.min(1, fromEdge / (edge * 48000));
    return 3276.8 * gain * Math.sin((2 * Math.PI * hz * i) / 48000);
  }),
});

/** Two on hold with music, one of them at another rate; the notice has two seconds, every 20 s. */
class Waiting {
  readonly mixer = new Mixer(4, new MeterBlock(MeterBlock.allocate(4), 4));
  readonly heard: number[][] = [[], [], []];

  constructor() {
    this.mixer.music(tone(MUSIC_HZ, 1));
    this.mixer.hold('music');
    this.mixer.notice(tone(NOTICE_HZ, 2, 0.05), 20_000);
    this.join(0, 8000);
  }

  join(port: number, rate: number): void {
    this.mixer.open(port, rate);
    this.mixer.place(port, { kind: 'hold' });
  }

  run(seconds: number): void {
    for (const list of this.heard) list.length = 0;
    for (let frame = 0; frame < seconds * FRAMES_A_SECOND; frame++) {
      this.mixer.mix();
      for (const [port, list] of this.heard.entries()) list.push(...(this.mixer.output(port) ?? []));
    }
  }

  /** dBFS of music and notice in what was heard. */
  levels(port: number, rate = 8000): { music: number; notice: number } {
    const samples = Float32Array.from(this.heard[port]!);
    return { music: toneLevelDb(samples, rate, MUSIC_HZ), notice: toneLevelDb(samples, rate, NOTICE_HZ) };
  }
}

describe('a notice on hold', () => {
  it('comes ten seconds after somebody waits, with the music under it, and again every so often', () => {
    const waiting = new Waiting();
    waiting.run(9.9);
    expect(waiting.levels(0).notice).toBeLessThan(-80);
    waiting.run(0.2);
    waiting.run(1.5);
    expect(waiting.levels(0).notice).toBeCloseTo(-20, 0);
    expect(waiting.levels(0).music).toBeCloseTo(-34, 0);
    waiting.run(0.5);
    waiting.run(17.5);
    expect(waiting.levels(0).music).toBeCloseTo(-20, 0);
    expect(waiting.levels(0).notice).toBeLessThan(-80);
    waiting.run(0.5);
    waiting.run(1.5);
    expect(waiting.levels(0).notice).toBeCloseTo(-20, 0);
  });

  it('is for those who were there when it began, at their own rates; who comes later hears the music', () => {
    const waiting = new Waiting();
    waiting.join(1, 16000);
    waiting.run(10.2);
    waiting.join(2, 48000);
    waiting.run(0.1);
    waiting.run(1.2);
    expect(waiting.levels(1, 16000).notice).toBeCloseTo(-20, 0);
    expect(waiting.levels(2, 48000).notice).toBeLessThan(-80);
    expect(waiting.levels(2, 48000).music).toBeCloseTo(-20, 0);
  });

  it('begins and ends without a click, and ends at once for who leaves', () => {
    const waiting = new Waiting();
    waiting.run(9.5);
    waiting.run(3.5);
    const heard = Float32Array.from(waiting.heard[0]!);
    expect(largestClickDb(heard, 8000, [MUSIC_HZ, NOTICE_HZ])).toBeLessThan(-45);
    waiting.run(17.5);
    waiting.mixer.place(0, { kind: 'air' });
    waiting.run(0.1);
    waiting.run(0.5);
    expect(waiting.levels(0).notice).toBeLessThan(-80);
  });

  it('does not run on while nobody waits, and none is said where none is set', () => {
    const waiting = new Waiting();
    waiting.mixer.place(0, { kind: 'silence' });
    waiting.run(15);
    waiting.mixer.place(0, { kind: 'hold' });
    waiting.run(9.8);
    expect(waiting.levels(0).notice).toBeLessThan(-80);
    waiting.mixer.notice(null, 0);
    waiting.run(12);
    expect(waiting.levels(0).notice).toBeLessThan(-80);
    expect(waiting.levels(0).music).toBeCloseTo(-20, 0);
  });
});
