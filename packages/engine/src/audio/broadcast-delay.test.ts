import { describe, expect, it } from 'vitest';
import { BroadcastDelay, delayStateOf, JOIN_SAMPLES } from './broadcast-delay.ts';
import { LONGEST_LAG } from './splice-search.ts';
import { largestClickDb, peakDb, toneLevelDb } from './tone-analysis.ts';

const RATE = 48_000;
const FRAME = 960;

/** The line with everything that went in and came out. */
class Line {
  readonly delay = new BroadcastDelay();
  readonly out: number[] = [];
  readonly depths: number[] = [];
  readonly #signal: (sample: number) => number;
  readonly #frame = new Float32Array(FRAME);
  sample = 0;

  constructor(signal: (sample: number) => number) {
    this.#signal = signal;
    this.delay.give(BroadcastDelay.allocate());
  }

  get state(): string {
    return delayStateOf(this.delay.depthSamples, this.delay.targetSamples);
  }

  run(frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      for (let index = 0; index < FRAME; index++) this.#frame[index] = this.#signal(this.sample++);
      this.delay.process(this.#frame);
      for (const sample of this.#frame) this.out.push(sample);
      this.depths.push(this.delay.depthSamples);
    }
  }

  /** Returns in how many frames. */
  runUntil(state: string, mostSeconds: number): number {
    for (let frame = 0; frame < mostSeconds * 50; frame++) {
      if (this.state === state) return frame;
      this.run(1);
    }
    throw new Error(`still ${this.state} after ${mostSeconds} s, ${this.delay.depthSamples} samples deep`);
  }

  /** What was dumped, as it is saved. */
  saved(): { slot: number; samples: number[] }[] {
    const parts: { slot: number; samples: number[] }[] = [];
    const frame = new Float32Array(FRAME);
    let samples: number[] = [];
    while (this.delay.dumpedSlot >= 0) {
      const slot = this.delay.dumpedSlot;
      const taken = this.delay.copyDumped(frame);
      samples.push(...frame.subarray(0, taken));
      this.delay.takeDumped(taken);
      if (taken > 0) continue;
      parts.push({ slot, samples });
      samples = [];
    }
    return parts;
  }

  heard(fromSample: number, samples = this.out.length - fromSample): Float32Array {
    return Float32Array.from(this.out.slice(fromSample, fromSample + samples));
  }
}

/** 0 to 1; the same seed, the same numbers. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function tone(hz: number, amplitude = 0.25): (sample: number) => number {
  const step = (2 * Math.PI * hz) / RATE;
  return (sample) => amplitude * Math.sin(step * sample);
}

/**
 * A voice: pulses at a pitch that moves, two resonances, syllables of a quarter second and a pause after every few; the same
 * every time. Each syllable has a pitch of its own, so that no two are alike.
 */
function speech(seconds: number, isWhispered = false): Float32Array {
  const out = new Float32Array(seconds * RATE);
  const filters = [resonance(620, 80), resonance(1650, 120)];
  const random = randomFrom(7);
  let phase = 0;
  for (let at = Math.floor(0.2 * RATE), syllable = 0; at < out.length; syllable++) {
    const length = Math.floor((0.18 + 0.14 * random()) * RATE);
    const from = 95 + 70 * random();
    const to = from * (0.85 + 0.3 * random());
    for (let index = 0; index < length && at < out.length; index++, at++) {
      phase += (from + ((to - from) * index) / length) / RATE;
      let sample = isWhispered ? random() - 0.5 : phase >= 1 ? 1 : 0.002 * (random() - 0.5);
      if (phase >= 1) phase -= 1;
      for (const filter of filters) sample = filter(sample);
      out[at] = sample * Math.sin((Math.PI * index) / length);
    }
    at += Math.floor((syllable % 5 === 4 ? 0.5 : 0.03) * RATE);
  }
  const peak = out.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return out.map((sample) => (0.25 * sample) / peak);
}

function resonance(hz: number, bandwidthHz: number): (sample: number) => number {
  const radius = Math.exp((-Math.PI * bandwidthHz) / RATE);
  const a = 2 * radius * Math.cos((2 * Math.PI * hz) / RATE);
  let last = 0;
  let former = 0;
  return (sample) => {
    const next = sample + a * last - radius * radius * former;
    former = last;
    last = next;
    return next;
  };
}

/** The largest jump between two samples: a click is one that the signal itself does not have. */
function steepest(samples: Float32Array): number {
  let most = 0;
  for (let index = 1; index < samples.length; index++) {
    most = Math.max(most, Math.abs(samples[index]! - samples[index - 1]!));
  }
  return most;
}

/** Pitch of the loudest second or so of a tone, by its zero crossings. */
function pitchOf(samples: Float32Array): number {
  let first = -1;
  let last = -1;
  let crossings = 0;
  for (let index = 1; index < samples.length; index++) {
    if (samples[index - 1]! >= 0 || samples[index]! < 0) continue;
    const at = index - samples[index]! / (samples[index]! - samples[index - 1]!);
    if (first < 0) first = at;
    else crossings++;
    last = at;
  }
  return (crossings * RATE) / (last - first);
}

function energyOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}

/**
 * How much like itself, 30 ms to 400 ms before, the most repetitive 60 ms are, at a sixth of the rate: 1 is what an ear hears
 * as said twice.
 */
function mostRepeated(samples: Float32Array): number {
  const rate = RATE / 6;
  const coarse = new Float32Array(Math.floor(samples.length / 6));
  for (let index = 0; index < coarse.length; index++) {
    for (let step = 0; step < 6; step++) coarse[index]! += samples[6 * index + step]!;
  }
  const width = 0.06 * rate;
  const usual = energyOf(coarse);
  let most = 0;
  for (let at = 0.4 * rate; at + width < coarse.length; at += width) {
    const part = coarse.subarray(at, at + width);
    if (energyOf(part) < usual / 10) continue;
    for (let lag = Math.round(0.03 * rate); lag < 0.4 * rate; lag++) {
      let product = 0;
      let energies = 0;
      for (let index = 0; index < width; index++) {
        const before = coarse[at - lag + index]!;
        product += part[index]! * before;
        energies += part[index]! ** 2 + before * before;
      }
      most = Math.max(most, (2 * product) / energies);
    }
  }
  return most;
}

describe('the broadcast delay', () => {
  it('lets everything pass bit for bit while none is wanted', () => {
    const line = new Line(tone(997));
    line.run(20);
    expect(line.state).toBe('bypass');
    expect(line.out).toEqual(
      Array.from({ length: 20 * FRAME }, (_, sample) => Math.fround(tone(997)(sample))),
    );
  });

  it('lets everything pass until its line has been brought', () => {
    const delay = new BroadcastDelay();
    delay.setTarget(1000);
    const frame = Float32Array.from({ length: FRAME }, (_, sample) => tone(440)(sample));
    const copy = frame.slice();
    delay.process(frame);
    expect(frame).toEqual(copy);
    expect(delay.dump(1000, 1)).toBe(0);
  });

  it('builds to exactly what was asked for, stays there sample for sample, and comes back to nothing', () => {
    const voice = speech(45);
    const line = new Line((sample) => voice[sample % voice.length]!);
    line.delay.setTarget(1000.5);
    expect(line.state).toBe('building');
    line.runUntil('full', 40);
    expect(line.delay.depthSamples).toBe(48_024);
    const from = line.sample;
    line.run(50);
    for (let at = from; at < line.sample; at++) {
      expect(line.out[at]).toBe(voice[(at - 48_024) % voice.length]);
    }
    line.delay.setTarget(0);
    expect(line.state).toBe('draining');
    line.runUntil('bypass', 40);
    const back = line.sample;
    line.run(50);
    for (let at = back; at < line.sample; at++) expect(line.out[at]).toBe(voice[at % voice.length]);
  });

  it('is never more than 8 % faster or slower', () => {
    const voice = speech(45);
    const line = new Line((sample) => voice[sample % voice.length]!);
    line.delay.setTarget(2000);
    line.run(2000);
    line.delay.setTarget(0);
    line.run(2000);
    for (let frames = 25; frames <= 500; frames *= 2) {
      for (let at = frames; at < line.depths.length; at++) {
        const change = Math.abs(line.depths[at]! - line.depths[at - frames]!);
        expect(change).toBeLessThanOrEqual(0.08 * FRAME * frames + 1.25 * LONGEST_LAG);
      }
    }
  });

  it('builds 8 s while somebody speaks, without a click', { timeout: 120_000 }, () => {
    const voice = speech(45);
    const line = new Line((sample) => voice[sample % voice.length]!);
    line.delay.setTarget(8000);
    const frames = line.runUntil('full', 240);
    // Never faster than 8 %, and not much slower where somebody speaks.
    expect(frames / 50).toBeGreaterThan(99);
    expect(frames / 50).toBeLessThan(140);
    const heard = Float32Array.from(line.out);
    expect(steepest(heard)).toBeLessThanOrEqual(1.05 * steepest(voice));
    expect(peakDb(heard)).toBeLessThan(peakDb(voice) + 0.5);
  });

  it('says nothing twice that an ear could tell, and the measure of that can tell', () => {
    const whispered = speech(12, true);
    const line = new Line((sample) => whispered[sample % whispered.length]!);
    line.delay.setTarget(4000);
    line.run(550);
    expect(line.delay.depthSamples).toBeGreaterThan(0.04 * 550 * FRAME);
    expect(mostRepeated(line.heard(0))).toBeLessThan(0.9);
    const repeated = whispered.slice(0, 4 * RATE);
    for (const at of [1, 2, 3]) repeated.copyWithin(at * RATE, (at - 0.3) * RATE, at * RATE);
    expect(mostRepeated(repeated)).toBeGreaterThan(0.95);
  });

  it.each([220, 440, 1000])('keeps the pitch of a tone of %i Hz and does not click', (hz) => {
    const line = new Line(tone(hz));
    line.run(50);
    line.delay.setTarget(1000);
    const from = line.sample;
    line.run(500);
    expect(line.delay.depthSamples).toBeGreaterThan(0.06 * 500 * FRAME);
    line.delay.setTarget(0);
    line.run(400);
    const heard = line.heard(from);
    for (let at = 0; at + RATE <= heard.length; at += RATE) {
      const pitch = pitchOf(heard.subarray(at, at + RATE));
      expect(Math.abs(pitch / hz - 1)).toBeLessThan(0.01);
    }
    expect(largestClickDb(heard, RATE, [hz])).toBeLessThan(-60);
  });

  it('keeps the loudness of a noise that is nowhere like itself', () => {
    const random = randomFrom(3);
    const line = new Line(() => 0.4 * random() - 0.2);
    line.delay.setTarget(1000);
    line.run(3000);
    expect(line.delay.depthSamples).toBeGreaterThan(5000);
    const heard = line.heard(RATE);
    const usual = energyOf(heard);
    for (let at = 0; at + FRAME <= heard.length; at += FRAME / 4) {
      const ratio = energyOf(heard.subarray(at, at + FRAME)) / usual;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });
});

describe('a dump', () => {
  /** Words as tones: a second each of 500, 900 and 1300 Hz, and so on. */
  const words = [500, 900, 1300, 700];
  const spoken = (sample: number): number => tone(words[Math.floor(sample / RATE) % 4]!)(sample);

  /** Full, 2 s deep, at the end of the second word after a whole number of rounds. */
  function fullLine(): Line {
    const line = new Line(spoken);
    line.delay.setTarget(2000);
    line.runUntil('full', 60);
    while (line.sample % (4 * RATE) !== 2 * RATE) line.run(1);
    return line;
  }

  it('takes the newest out, sample for sample, and joins what is left in 10 ms', () => {
    const line = fullLine();
    const now = line.sample;
    const heardSoFar = line.out.length;
    expect(line.delay.dump(1000, 5)).toBe(RATE);
    // So deep as it is then, so that nothing is stretched and every sample can be told.
    line.delay.setTarget((RATE - JOIN_SAMPLES) / 48);
    line.run(150);
    const heard = line.heard(heardSoFar);
    const before = RATE - JOIN_SAMPLES;
    for (let index = 0; index < before; index++) {
      expect(heard[index]).toBe(Math.fround(spoken(now - 2 * RATE + index)));
    }
    for (let index = before + JOIN_SAMPLES; index < heard.length; index++) {
      expect(heard[index]).toBe(Math.fround(spoken(now - before + index)));
    }
    expect(toneLevelDb(heard.subarray(0, 2 * RATE), RATE, 900)).toBeLessThan(-60);
    expect(largestClickDb(heard.subarray(0, 2 * RATE), RATE, [500, 1300])).toBeLessThan(-50);
  });

  it('is saved as it was, whatever is said meanwhile', () => {
    const line = fullLine();
    const now = line.sample;
    line.delay.dump(1000, 5);
    const [dumped, ...rest] = line.saved();
    expect(rest).toEqual([]);
    expect(dumped?.slot).toBe(5);
    expect(dumped?.samples).toEqual(
      Array.from({ length: RATE }, (_, index) => Math.fround(spoken(now - RATE + index))),
    );
  });

  it('builds up again, and the word that was taken out is never heard', () => {
    const line = fullLine();
    const from = line.out.length;
    line.delay.dump(1000, 5);
    expect(line.state).toBe('building');
    line.run(90);
    expect(line.delay.depthSamples).toBeGreaterThan(RATE);
    const heard = line.heard(from);
    expect(toneLevelDb(heard, RATE, 900)).toBeLessThan(-50);
    line.runUntil('full', 30);
  });

  it('takes at most what is delayed, and nothing where nothing is', () => {
    const line = fullLine();
    expect(line.delay.dump(60_000, 5)).toBe(2 * RATE - JOIN_SAMPLES);
    line.run(1);
    expect(line.delay.depthSamples).toBe(0);
    line.delay.setTarget(0);
    line.run(5);
    expect(line.state).toBe('bypass');
    expect(line.delay.dump(3000, 6)).toBe(0);
    expect(steepest(line.heard(0))).toBeLessThan(0.06);
  });

  it('says how much was lost of what could not be saved in time', () => {
    const line = fullLine();
    line.delay.dump(1000, 5);
    line.run(2);
    // The first of the two frames has lost 10 ms to the join.
    expect(line.delay.dumpedMissing).toBe(2 * FRAME - JOIN_SAMPLES);
    expect(line.saved()[0]?.samples.length).toBe(RATE - 2 * FRAME + JOIN_SAMPLES);
  });
});

describe('a random walk', () => {
  /** What the line holds by another account: everything that was put in, less what was dumped. Returns what is wrong. */
  function walk(seed: number): string[] {
    const random = randomFrom(seed);
    const complaints: string[] = [];
    const must = (isSo: boolean, what: string): void => void (isSo || complaints.push(what));
    const voice = speech(20);
    const line = new Line((sample) => voice[sample % voice.length]!);
    /** null: where two parts were joined, and both are heard. */
    const said: (number | null)[] = [];
    for (let step = 0, at = 0; step < 60; step++) {
      const chance = random();
      if (chance < 0.35) line.delay.setTarget(random() < 0.3 ? 0 : 1500 * random());
      const before = line.delay.depthSamples;
      const dumped = chance > 0.6 ? line.delay.dump(1 + 800 * random(), step) : 0;
      const depth = line.delay.depthSamples;
      must(dumped <= Math.max(0, before - JOIN_SAMPLES), `step ${step}: more was dumped than there was`);
      must(depth === before - dumped, `step ${step}: the depth is another than before, less the dump`);
      const gone = said.splice(said.length - dumped);
      const saved = line.saved().flatMap(({ samples }) => samples);
      must(saved.length === dumped, `step ${step}: ${dumped} samples were dumped, ${saved.length} saved`);
      const isSame = saved.every((sample, index) => gone[index] === null || gone[index] === sample);
      must(isSame, `step ${step}: something else was saved than what was dumped`);
      const joined = dumped > 0 ? JOIN_SAMPLES : 0;
      const frames = 1 + Math.floor(random() * 60);
      line.run(frames);
      said.fill(null, said.length - joined);
      for (let index = 0; index < frames * FRAME; index++, at++) {
        if (index >= joined) said.push(voice[at % voice.length]!);
      }
      const now = line.delay.depthSamples;
      const change = Math.abs(now - (depth - joined));
      must(change <= 0.08 * FRAME * frames + 1.25 * LONGEST_LAG, `step ${step}: too fast`);
      must(now >= 0 && now <= 1500 * 48, `step ${step}: ${now} samples deep`);
    }
    // What is joined at one loudness may be a little louder than either side.
    must(steepest(line.heard(0)) < 2 * steepest(voice), 'it clicked');
    line.delay.setTarget(0);
    line.runUntil('bypass', 60);
    return complaints;
  }

  it.each([1, 2, 3, 4, 5])('never loses the account of what is on the line: %i', (seed) => {
    expect(walk(seed)).toEqual([]);
  });
});
