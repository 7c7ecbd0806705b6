/**
 * One leg on the mixer: its frames at its native rate, its gains, and what it hears. Plain state that mixer.ts works
 * on, media thread. Frames are allocated when the port opens, never in a tick.
 */
import type { MediaPlace } from '../call/media-plane.ts';
import type { Levels } from '../control/contract.ts';
import { FRAME_SAMPLES, RATES, rateIndexOf } from './bus.ts';
import { GainRamp, gainOfDb } from './gain-ramp.ts';
import { Leveller } from './leveller.ts';
import { Limiter } from './limiter.ts';
import { Meter } from './meter.ts';
import type { PromptPlayer } from './prompt-player.ts';
import type { Resampler } from './resampler.ts';
import type { Tone } from './tones.ts';

/** What a port listens to, as the graph knows it; several places listen to the same. */
export type Heard =
  | 'nothing'
  | 'air-minus-own'
  | 'program-minus-own'
  | 'air'
  /** The same as `air`, not delayed. */
  | 'before-delay'
  | 'music'
  | 'partner'
  | 'prompt'
  | 'ringback'
  | 'busy';

export class MixerPort {
  readonly port: number;
  readonly rate: number;
  readonly samples: number;
  /** What was decoded; the pipeline fills it before mix(). */
  readonly input: Float32Array;
  /** What the leg says, after leveller and level. */
  readonly said: Float32Array;
  /**
   * What it adds to the air bus: `said`, a copy of it that is being faded, or null for nothing. Exactly this is taken
   * out again of what the leg hears.
   */
  own: Float32Array | null = null;
  readonly faded: Float32Array;
  /** What is sent to the leg. */
  readonly output: Float32Array;

  place: MediaPlace = { kind: 'silence' };
  heard: Heard = 'nothing';
  /** Port heard in private, else −1. */
  partner = -1;
  tone: Tone | null = null;
  /** The tone before the present one, while it fades. */
  formerTone: Tone | null = null;
  /** In ivr; the last one goes on while it fades. */
  prompt: PromptPlayer | null = null;
  /** Of the notice on hold that it hears, and the gain of what is under it. */
  notice = 0;
  underNotice = 1;
  /** From the partner's rate to ours, where they differ. */
  partnerResampler: Resampler | null = null;

  /** 0 while the port fades out for good or for another rate. */
  readonly presenceIn = new GainRamp(0);
  readonly presenceOut = new GainRamp(0);
  readonly inGain: GainRamp;
  readonly outGain: GainRamp;
  readonly #leveller: Leveller;
  readonly #duckGain = new GainRamp();
  /** Port whispered to, else −1. */
  whisperTo = -1;
  /** Whatever its place: the far end holds, say. */
  isKeptOffAir = false;
  /** Share that goes to the air bus, at the end of the last frame and of the next. */
  onAirFrom = 0;
  onAirTo = 0;
  readonly limiter: Limiter;
  readonly meterIn = new Meter();
  readonly meterOut = new Meter();
  readonly levels: Levels;

  constructor(port: number, sampleRate: number, levels: Levels) {
    this.port = port;
    this.rate = rateIndexOf(sampleRate);
    this.samples = FRAME_SAMPLES[this.rate]!;
    this.input = new Float32Array(this.samples);
    this.said = new Float32Array(this.samples);
    this.faded = new Float32Array(this.samples);
    this.output = new Float32Array(this.samples);
    this.levels = levels;
    this.limiter = new Limiter(RATES[this.rate]!);
    this.#leveller = new Leveller(RATES[this.rate]!, this.samples);
    this.#leveller.set(levels.leveller);
    this.presenceIn.set(1);
    this.presenceOut.set(1);
    this.inGain = new GainRamp(inGainOf(levels));
    this.outGain = new GainRamp(outGainOf(levels));
  }

  /** From the same leg at another rate. */
  takeOver(former: MixerPort): void {
    this.isKeptOffAir = former.isKeptOffAir;
    this.#leveller.takeOver(former.#leveller);
  }

  /** `input` to `said`. `duckShare`: how far those who are ducked are down, 0-1. */
  say(duckShare: number): void {
    const { said, samples } = this;
    said.set(this.input);
    this.presenceIn.apply(said, samples);
    this.#leveller.process(said, samples);
    const duckDb = this.place.kind === 'air' ? (this.levels.leveller?.duckDb ?? 0) : 0;
    this.#duckGain.set(duckDb === 0 || duckShare === 0 ? 1 : gainOfDb(-duckDb * duckShare));
    this.#duckGain.apply(said, samples);
    this.inGain.apply(said, samples);
    this.meterIn.process(said, samples);
  }

  setLevels(levels: Partial<Levels>): void {
    Object.assign(this.levels, levels);
    this.#leveller.set(this.levels.leveller);
    this.inGain.set(inGainOf(this.levels));
    this.outGain.set(outGainOf(this.levels));
  }

  /** On air by its place, unless it whispers or is kept off. */
  routeToAir(): void {
    const isPlacedOnAir = this.place.kind === 'air' || this.place.kind === 'host';
    this.onAirTo = isPlacedOnAir && this.whisperTo < 0 && !this.isKeptOffAir ? 1 : 0;
  }

  fadeOut(): void {
    this.presenceIn.set(0);
    this.presenceOut.set(0);
  }
}

function inGainOf(levels: Levels): number {
  return levels.isInMuted ? 0 : gainOfDb(levels.inDb);
}

function outGainOf(levels: Levels): number {
  return levels.isOutMuted ? 0 : gainOfDb(levels.outDb);
}
