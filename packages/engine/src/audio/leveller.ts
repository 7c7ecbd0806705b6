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
const NOISE_AT_FIRST_DB = -70;

// What a leveller remembers.
/** Of the block that is processed. */
const POWER = 0;
const GATE_POWER = 1;
const COMPRESSOR_POWER = 2;
const NOISE_DB = 3;
const SPEECH_POWER = 4;
const SPEECH_S = 5;
const SLOW_DB = 6;
const GATE_DB = 7;
const HELD_S = 8;
/** At the end of the last block, and of the present one. */
const GAIN = 9;
const WANTED_GAIN = 10;
/** Of the high pass. */
const Z1 = 11;
const Z2 = 12;
const STATES = 13;
const LEARNED = [NOISE_DB, SPEECH_POWER, SPEECH_S, SLOW_DB];

export class Leveller {
  #settings: LevellerSettings | null = null;
  #isRunning = false;
  readonly #blockSamples: number;
  readonly #dry: Float32Array;
  // High pass: a Butterworth section, transposed direct form II.
  readonly #b0: number;
  readonly #a1: number;
  readonly #a2: number;
  /** By the names below; in an array, so that no number is handed on, which may become an object. */
  readonly #state = new Float64Array(STATES);

  constructor(sampleRate: number, frameSamples: number) {
    this.#blockSamples = (BLOCK_MS * sampleRate) / 1000;
    this.#dry = new Float32Array(frameSamples);
    const turn = Math.tan((Math.PI * HIGH_PASS_HZ) / sampleRate);
    const norm = 1 / (1 + Math.SQRT2 * turn + turn * turn);
    this.#b0 = norm;
    this.#a1 = 2 * (turn * turn - 1) * norm;
    this.#a2 = (1 - Math.SQRT2 * turn + turn * turn) * norm;
    this.#state[GATE_POWER] = SILENCE_POWER;
    this.#state[COMPRESSOR_POWER] = SILENCE_POWER;
    this.#state[NOISE_DB] = NOISE_AT_FIRST_DB;
    this.#state[GAIN] = 1;
  }

  /** null: off. */
  set(settings: LevellerSettings | null): void {
    this.#settings = settings;
  }

  /** The same caller at another rate: what was learned of them. */
  takeOver(former: Leveller): void {
    for (const name of LEARNED) this.#state[name] = former.#state[name]!;
  }

  /** The slow gain, dB. */
  get slowDb(): number {
    return this.#state[SLOW_DB]!;
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
    const state = this.#state;
    let z1 = state[Z1]!;
    let z2 = state[Z2]!;
    for (let index = 0; index < samples; index++) {
      const value = frame[index]!;
      const out = b0 * value + z1;
      z1 = z2 - 2 * b0 * value - a1 * out;
      z2 = b0 * value - a2 * out;
      frame[index] = out;
    }
    state[Z1] = z1 < DENORMAL && z1 > -DENORMAL ? 0 : z1;
    state[Z2] = z2 < DENORMAL && z2 > -DENORMAL ? 0 : z2;
  }

  #processBlock(frame: Float32Array, at: number, settings: LevellerSettings | null): void {
    const samples = this.#blockSamples;
    let energy = 0;
    for (let index = at; index < at + samples; index++) energy += frame[index]! * frame[index]!;
    const state = this.#state;
    state[POWER] = energy / samples;
    follow(state, GATE_POWER, GATE_FALL);
    follow(state, COMPRESSOR_POWER, COMPRESSOR_FALL);
    if (settings !== null) {
      this.#followLevel(settings);
      this.#findGain(settings);
    }
    const from = state[GAIN]!;
    const slope = settings === null ? 0 : (state[WANTED_GAIN]! - from) / samples;
    for (let index = 0; index < samples; index++) {
      frame[at + index] = frame[at + index]! * (from + slope * (index + 1));
    }
    state[GAIN] = from + slope * samples;
  }

  #findGain({ targetDb }: LevellerSettings): void {
    const state = this.#state;
    const aboveDb = 10 * Math.log10(state[COMPRESSOR_POWER]!) + state[SLOW_DB]! - targetDb;
    state[WANTED_GAIN] = gainOfDb(state[SLOW_DB]! + state[GATE_DB]! - Math.max(0, aboveDb) * COMPRESSED);
  }

  #followLevel(settings: LevellerSettings): void {
    const state = this.#state;
    const levelDb = 10 * Math.log10(state[GATE_POWER]!);
    const noiseGapDb = levelDb - state[NOISE_DB]!;
    state[NOISE_DB]! += noiseGapDb < 0 ? noiseGapDb * NOISE_FALL : NOISE_RISE_DB;
    const isOpen = levelDb >= settings.gateDb;
    if (isOpen && noiseGapDb >= SPEECH_ABOVE_NOISE_DB) this.#followSpeech(settings);
    state[HELD_S] = isOpen ? GATE_HOLD_S : state[HELD_S]! - BLOCK_S;
    const deepestDb = -GATE_DEPTH_DB - Math.max(0, state[SLOW_DB]!);
    const wantedDb =
      state[HELD_S] > 0 ? 0 : Math.max(deepestDb, Math.min(0, (levelDb - settings.gateDb) * GATE_SLOPE));
    state[GATE_DB] = Math.max(wantedDb, state[GATE_DB]! - GATE_CLOSE_DB);
  }

  #followSpeech({ targetDb, rangeDb }: LevellerSettings): void {
    const state = this.#state;
    state[SPEECH_S] = Math.min(SPEECH_MEMORY_S, state[SPEECH_S]! + BLOCK_S);
    state[SPEECH_POWER]! += ((state[POWER]! - state[SPEECH_POWER]!) * BLOCK_S) / state[SPEECH_S];
    if (state[SPEECH_S] < FIRST_SPEECH_S) return;
    const speechDb = 10 * Math.log10(Math.max(SILENCE_POWER, state[SPEECH_POWER]!));
    const wantedDb = Math.max(-rangeDb, Math.min(rangeDb, targetDb - speechDb));
    const slowDb = state[SLOW_DB]!;
    state[SLOW_DB] = Math.max(slowDb - DOWN_DB, Math.min(slowDb + UP_DB, wantedDb));
  }
}

/** The power of this block. */
function follow(state: Float64Array, name: number, fall: number): void {
  const before = state[name]!;
  const now = state[POWER]!;
  const next = before + (now - before) * (now > before ? RISE : fall);
  state[name] = next > SILENCE_POWER ? next : SILENCE_POWER;
}
