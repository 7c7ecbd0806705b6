/**
 * Brings callers to one loudness: one a port, run by mixer-port.ts on what the leg says, before its level. Media thread,
 * allocates nothing after construction, adds no delay. What it does is drawn in docs/leveller.md.
 *
 *   in ─► high pass 100 Hz ─┬──────────────────────────────────────────────► × ─► out
 *                           └ level of 5 ms ─┬ below the gate: 1:3 downward ─┤
 *                                            ├ speech: slow gain to the target ┤
 *                                            └ above the target: 3:1 ──────────┘
 *
 * The slow gain moves only while speech is there: what is above the gate and stands out of the noise. In a pause it
 * stays, and the gate takes as much away again as it has put on, so that no pause is louder than it came.
 */
import type { LevellerSettings } from '../control/contract.ts';
import { gainOfDb } from './gain-ramp.ts';

const HIGH_PASS_HZ = 100;
const BLOCK_MS = 5;
const BLOCK_S = BLOCK_MS / 1000;
const SILENCE_DB = -100;
const SILENCE_POWER = 10 ** (SILENCE_DB / 10);
// Two short levels: both rise within two blocks; the gate's falls by 1/e in 30 ms, the compressor's, which must not follow the
// single periods of a deep voice, in 80.
const RISE = 0.6;
const GATE_FALL = 1 - Math.exp(-BLOCK_MS / 30);
const COMPRESSOR_FALL = 1 - Math.exp(-BLOCK_MS / 80);
const GATE_SLOPE = 2;
/** At most, beside what the slow gain has put on. */
const GATE_DEPTH_DB = 12;
const GATE_HOLD_S = 0.1;
const GATE_CLOSE_DB = 240 * BLOCK_S;
/** Of what is above the target, so much is taken off: 3:1. */
const COMPRESSED = 1 - 1 / 3;
/** Speech is so much above the noise, which is what was quietest: it rises slowly, so that a phrase does not become it. */
const SPEECH_ABOVE_NOISE_DB = 8;
const NOISE_RISE_DB = 4 * BLOCK_S;
const NOISE_FALL = 0.2;
// The level of the speech: of all of it at first, then of the last seconds.
const FIRST_SPEECH_S = 0.3;
const SPEECH_MEMORY_S = 2;
const UP_DB = 8 * BLOCK_S;
const DOWN_DB = 16 * BLOCK_S;
const DENORMAL = 1e-20;

export class Leveller {
  #settings: LevellerSettings | null = null;
  #isRunning = false;
  readonly #blockSamples: number;
  readonly #dry: Float32Array;
  // High pass: a Butterworth section, transposed direct form II.
  readonly #b0: number;
  readonly #a1: number;
  readonly #a2: number;
  #z1 = 0;
  #z2 = 0;
  #gatePower = SILENCE_POWER;
  #compressorPower = SILENCE_POWER;
  #noiseDb = -70;
  #speechPower = 0;
  #speechS = 0;
  #slowDb = 0;
  #gateDb = 0;
  #heldS = 0;
  /** At the end of the last block. */
  #gain = 1;

  constructor(sampleRate: number, frameSamples: number) {
    this.#blockSamples = (BLOCK_MS * sampleRate) / 1000;
    this.#dry = new Float32Array(frameSamples);
    const turn = Math.tan((Math.PI * HIGH_PASS_HZ) / sampleRate);
    const norm = 1 / (1 + Math.SQRT2 * turn + turn * turn);
    this.#b0 = norm;
    this.#a1 = 2 * (turn * turn - 1) * norm;
    this.#a2 = (1 - Math.SQRT2 * turn + turn * turn) * norm;
  }

  /** null: off. */
  set(settings: LevellerSettings | null): void {
    this.#settings = settings;
  }

  /** The same caller at another rate: what was learned of them. */
  takeOver(former: Leveller): void {
    this.#noiseDb = former.#noiseDb;
    this.#speechPower = former.#speechPower;
    this.#speechS = former.#speechS;
    this.#slowDb = former.#slowDb;
  }

  /** The slow gain, dB. */
  get slowDb(): number {
    return this.#slowDb;
  }

  /** One frame, in place; from off to on and back it fades over within the frame. */
  process(frame: Float32Array, samples: number): void {
    const settings = this.#settings;
    const wasRunning = this.#isRunning;
    this.#isRunning = settings !== null;
    if (settings === null && !wasRunning) return;
    const isChanging = wasRunning !== this.#isRunning;
    if (isChanging) this.#dry.set(frame);
    this.#highPass(frame, samples);
    for (let at = 0; at < samples; at += this.#blockSamples) this.#processBlock(frame, at, settings);
    if (!isChanging) return;
    const dry = this.#dry;
    for (let index = 0; index < samples; index++) {
      const share = (index + 1) / samples;
      const wet = wasRunning ? 1 - share : share;
      frame[index] = dry[index]! + (frame[index]! - dry[index]!) * wet;
    }
  }

  #highPass(frame: Float32Array, samples: number): void {
    const b0 = this.#b0;
    const a1 = this.#a1;
    const a2 = this.#a2;
    let z1 = this.#z1;
    let z2 = this.#z2;
    for (let index = 0; index < samples; index++) {
      const value = frame[index]!;
      const out = b0 * value + z1;
      z1 = z2 - 2 * b0 * value - a1 * out;
      z2 = b0 * value - a2 * out;
      frame[index] = out;
    }
    this.#z1 = z1 < DENORMAL && z1 > -DENORMAL ? 0 : z1;
    this.#z2 = z2 < DENORMAL && z2 > -DENORMAL ? 0 : z2;
  }

  #processBlock(frame: Float32Array, at: number, settings: LevellerSettings | null): void {
    const samples = this.#blockSamples;
    let energy = 0;
    for (let index = at; index < at + samples; index++) energy += frame[index]! * frame[index]!;
    const power = energy / samples;
    this.#gatePower = followed(this.#gatePower, power, GATE_FALL);
    this.#compressorPower = followed(this.#compressorPower, power, COMPRESSOR_FALL);
    if (settings !== null) this.#follow(power, 10 * Math.log10(this.#gatePower), settings);
    const from = this.#gain;
    const slope = (this.#gainNow(settings) - from) / samples;
    for (let index = 0; index < samples; index++) {
      frame[at + index] = frame[at + index]! * (from + slope * (index + 1));
    }
    this.#gain = from + slope * samples;
  }

  #gainNow(settings: LevellerSettings | null): number {
    if (settings === null) return this.#gain;
    const aboveDb = 10 * Math.log10(this.#compressorPower) + this.#slowDb - settings.targetDb;
    return gainOfDb(this.#slowDb + this.#gateDb - Math.max(0, aboveDb) * COMPRESSED);
  }

  #follow(power: number, levelDb: number, settings: LevellerSettings): void {
    const noiseGapDb = levelDb - this.#noiseDb;
    this.#noiseDb += noiseGapDb < 0 ? noiseGapDb * NOISE_FALL : NOISE_RISE_DB;
    const isOpen = levelDb >= settings.gateDb;
    if (isOpen && noiseGapDb >= SPEECH_ABOVE_NOISE_DB) this.#followSpeech(power, settings);
    this.#heldS = isOpen ? GATE_HOLD_S : this.#heldS - BLOCK_S;
    const deepestDb = -GATE_DEPTH_DB - Math.max(0, this.#slowDb);
    const wantedDb =
      this.#heldS > 0 ? 0 : Math.max(deepestDb, Math.min(0, (levelDb - settings.gateDb) * GATE_SLOPE));
    this.#gateDb = Math.max(wantedDb, this.#gateDb - GATE_CLOSE_DB);
  }

  #followSpeech(power: number, { targetDb, rangeDb }: LevellerSettings): void {
    this.#speechS = Math.min(SPEECH_MEMORY_S, this.#speechS + BLOCK_S);
    this.#speechPower += ((power - this.#speechPower) * BLOCK_S) / this.#speechS;
    if (this.#speechS < FIRST_SPEECH_S) return;
    const speechDb = 10 * Math.log10(Math.max(SILENCE_POWER, this.#speechPower));
    const wantedDb = Math.max(-rangeDb, Math.min(rangeDb, targetDb - speechDb));
    this.#slowDb = Math.max(this.#slowDb - DOWN_DB, Math.min(this.#slowDb + UP_DB, wantedDb));
  }
}

function followed(power: number, now: number, fall: number): number {
  const next = power + (now - power) * (now > power ? RISE : fall);
  return next > SILENCE_POWER ? next : SILENCE_POWER;
}
