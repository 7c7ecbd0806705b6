import { describe, expect, it } from 'vitest';
import { MAX_PLAYERS, MeterBlock } from './meter-block.ts';
import { Mixer } from './mixer.ts';
import { PcmRing } from './pcm-ring.ts';
import { Players, PLAYER_RING_SAMPLES } from './players.ts';
import { largestClickDb, peakDb, toneLevelDb } from './tone-analysis.ts';

const HZ = 1000;
const TONE_DB = 20 * Math.log10(0.1);
const FRAME = 960;

class Stage {
  readonly ended: { slot: number; playedMs: number }[] = [];
  readonly rings = Array.from({ length: MAX_PLAYERS }, () => PcmRing.allocate(PLAYER_RING_SAMPLES));
  readonly meters = new MeterBlock(MeterBlock.allocate(4), 4);
  readonly players = new Players(this.rings, this.meters, (slot, playedMs) =>
    this.ended.push({ slot, playedMs }),
  );
  readonly mixer = new Mixer(4, this.meters, this.players);
  readonly heard: number[][] = [[], []];
  program: number[] = [];

  /** Port 0 on air at 8 kHz, port 1 off air at 48 kHz. */
  constructor() {
    this.mixer.open(0, 8000);
    this.mixer.place(0, { kind: 'air' });
    this.mixer.open(1, 48000);
    this.mixer.place(1, { kind: 'silence' });
    this.run(5);
  }

  fill(slot: number, seconds: number, isWhole = true): void {
    const ring = new PcmRing(this.rings[slot]!);
    ring.reset();
    const samples = Math.round(seconds * 48000);
    const tone = Float32Array.from(
      { length: samples },
      (_, i) => 0.1 * Math.sin((2 * Math.PI * HZ * i) / 48000),
    );
    ring.write(tone, 0, samples);
    if (isWhole) ring.end();
  }

  run(frames: number): void {
    for (const list of this.heard) list.length = 0;
    this.program = [];
    for (let frame = 0; frame < frames; frame++) {
      this.mixer.mix();
      for (const port of [0, 1]) this.heard[port]!.push(...this.mixer.output(port)!);
      this.program.push(...this.mixer.programFrame);
    }
  }

  level(port: number): number {
    return toneLevelDb(Float32Array.from(this.heard[port]!), port === 0 ? 8000 : 48000, HZ);
  }
  get programDb(): number {
    return toneLevelDb(Float32Array.from(this.program), 48000, HZ);
  }
}

describe('a sound that is played', () => {
  it('to air is heard by who is on air and in the program, at its level, and by nobody else', () => {
    const stage = new Stage();
    stage.fill(0, 1);
    stage.players.start(0, null, -6);
    stage.run(5);
    stage.run(30);
    expect(stage.programDb).toBeCloseTo(TONE_DB - 6, 1);
    expect(stage.level(0)).toBeCloseTo(TONE_DB - 6, 0);
    expect(peakDb(Float32Array.from(stage.heard[1]!))).toBeLessThan(-90);
  });

  it('into one ear is heard there over what else is heard, and not on air', () => {
    const stage = new Stage();
    stage.fill(1, 1);
    stage.players.start(1, 0, 0);
    stage.run(5);
    stage.run(30);
    expect(stage.level(0)).toBeCloseTo(TONE_DB, 0);
    expect(peakDb(Float32Array.from(stage.program))).toBeLessThan(-90);
    expect(peakDb(Float32Array.from(stage.heard[1]!))).toBeLessThan(-90);
  });

  it('moves its level, begins and stops without a click', () => {
    const stage = new Stage();
    stage.fill(0, 1.3);
    stage.run(4);
    const program: number[] = [];
    const more = (frames: number) => {
      stage.run(frames);
      program.push(...stage.program);
    };
    stage.players.start(0, null, 0);
    more(15);
    stage.players.level(0, -20);
    more(15);
    stage.players.stop(0);
    more(10);
    expect(largestClickDb(Float32Array.from(program), 48000, [HZ])).toBeLessThan(TONE_DB - 40);
    expect(stage.ended).toEqual([{ slot: 0, playedMs: 31 * 20 }]);
  });

  it('ends with the last sample, is told of once, and its slot plays again', () => {
    const stage = new Stage();
    stage.fill(2, 0.1);
    stage.players.start(2, null, 0);
    stage.run(4);
    expect(stage.ended).toEqual([]);
    stage.run(10);
    expect(stage.ended).toEqual([{ slot: 2, playedMs: 100 }]);
    stage.fill(2, 1);
    stage.players.start(2, null, 0);
    stage.run(5);
    stage.run(30);
    expect(stage.programDb).toBeCloseTo(TONE_DB, 1);
  });

  it('whose file is late is silent meanwhile, and goes on', () => {
    const stage = new Stage();
    stage.fill(0, 0.1, false);
    stage.players.start(0, null, 0);
    stage.run(20);
    expect(peakDb(Float32Array.from(stage.program.slice(-5 * FRAME)))).toBeLessThan(-90);
    expect(stage.ended).toEqual([]);
    const ring = new PcmRing(stage.rings[0]!);
    ring.write(new Float32Array(FRAME).fill(0.5), 0, FRAME);
    stage.run(1);
    expect(peakDb(Float32Array.from(stage.program))).toBeCloseTo(20 * Math.log10(0.5), 1);
  });

  it('has a meter of its own, which falls silent with it', () => {
    const stage = new Stage();
    stage.fill(3, 0.5);
    stage.players.start(3, null, 0);
    stage.run(10);
    const meter: [number, number] = [0, 0];
    stage.meters.readPlayer(3, meter);
    expect(meter[0]).toBeCloseTo(TONE_DB, 0);
    stage.players.stop(3);
    stage.run(2);
    stage.meters.readPlayer(3, meter);
    expect(meter).toEqual([-100, -100]);
  });
});
