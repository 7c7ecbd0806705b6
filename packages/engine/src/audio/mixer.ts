/**
 * The graph: who hears whom. Pure and clocked from outside: the pipeline fills each port's input frame, calls mix()
 * every 20 ms on the media thread, sends the output frames. Allocates nothing in mix().
 *
 *  input ─► leveller ─► level,mute = said ─► on-air ramp = own ─► AIR BUS (unclipped, one sum a rate, see bus.ts)
 *                                                        │
 *   place      hears                                     ├─► bus − own ──► air
 *   air        air − own                                 ├─► bus − own ──► master level, mute ──► host, hold, monitor
 *   host       program − own                             └─► master level, mute = PROGRAM ──► recorder
 *   hold       program − own, or music                              └─► on-air gate ─┬─► limiter = BEFORE ──► outputs
 *   monitor    program − own                                                         └─► DELAY ─► limiter = AFTER, AIR ──► outputs, program
 *   program    what the transmitter gets, or BEFORE
 *   private    the partner's `said`, if it is mutual
 *   ivr, tone  a prompt with its beep; a call-progress tone
 *
 *  what is heard ─► cross-fade after a change ─► + whispers to it ─► level,mute ─► limiter = output
 *
 * What is played from files (players.ts) is added to the air bus, or to one port's feed.
 * Who whispers is off the air bus and on one port's feed, while both are placed on air (whispers.ts).
 *
 * Own is what the leg gives to air in this very frame: on hold nothing, but the frame in which it comes or goes has some.
 * Everything that changes between two calls of mix() is heard together, ramped over that frame.
 */
import type { MediaPlace } from '../call/media-plane.ts';
import type { Levels, Program } from '../control/contract.ts';
import { BroadcastDelay } from './broadcast-delay.ts';
import { Bus, FRAME_SAMPLES, FULL_RATE, RATES, Spread, framesAtRates } from './bus.ts';
import { Ducking } from './ducking.ts';
import { GainRamp, applyGain, gainOfDb } from './gain-ramp.ts';
import { LoopPlayer } from './hold-music.ts';
import { HoldNotice } from './hold-notice.ts';
import { Limiter } from './limiter.ts';
import { Meter } from './meter.ts';
import type { MeterBlock } from './meter-block.ts';
import type { Players } from './players.ts';
import { type Heard, MixerPort } from './mixer-port.ts';
import { PromptPlayer } from './prompt-player.ts';
import { promptKey } from './prompts.ts';
import { Resampler } from './resampler.ts';
import type { Sound } from './sound.ts';
import { Tone } from './tones.ts';
import { Whispers } from './whispers.ts';

const DEFAULT_LEVELS: Levels = { inDb: 0, isInMuted: false, outDb: 0, isOutMuted: false, leveller: null };

export class Mixer {
  readonly #meters: MeterBlock;
  readonly #ports: (MixerPort | undefined)[];
  /** Those of #ports that are open, without holes. */
  readonly #open: MixerPort[] = [];
  readonly #bus = new Bus();
  readonly #programFrame = new Float32Array(FRAME_SAMPLES[FULL_RATE]);
  readonly #air = new Spread();
  readonly #musicFrames = new Spread();
  #music: LoopPlayer | null = null;
  #holdHears: 'program' | 'music' = 'program';
  #isMusicHeard = false;
  readonly #notice = new HoldNotice();
  readonly #prompts = new Map<string, Sound>();
  readonly #whispers = new Whispers();
  readonly #players: Players | null;
  readonly #ducking = new Ducking();
  readonly #isRateUsed = [false, false, true];
  readonly #programState: Program = { levelDb: 0, isMuted: false, isOnAir: false };
  #masterFrom = 1;
  #masterTo = 1;
  readonly #onAir = new GainRamp(0);
  /** Between the gate and what the transmitter gets; whoever commands the mixer commands it too. */
  readonly delay = new BroadcastDelay();
  readonly #before = new Spread();
  #isBeforeHeard = false;
  readonly #beforeLimiter = new Limiter(RATES[FULL_RATE]);
  readonly #airLimiter = new Limiter(RATES[FULL_RATE]);
  readonly #programMeter = new Meter();
  readonly #airMeter = new Meter();
  readonly #formerFeed = framesAtRates();

  constructor(maxPorts: number, meters: MeterBlock, players: Players | null = null) {
    this.#meters = meters;
    this.#players = players;
    this.#ports = Array.from({ length: maxPorts }, () => undefined);
  }

  /** Opens in 'silence'; again for a port that is open, with another rate: it keeps its place and levels. */
  open(port: number, sampleRate: number): void {
    const former = this.#ports[port];
    const whispers = this.#whispers.of(port);
    this.close(port);
    const opened = new MixerPort(port, sampleRate, former?.levels ?? { ...DEFAULT_LEVELS });
    this.#ports[port] = opened;
    this.#open.push(opened);
    this.#isRateUsed[opened.rate] = true;
    if (former === undefined) return;
    opened.takeOver(former);
    this.place(port, former.place);
    for (const { from, to } of whispers) this.whisper(from, to);
  }

  /** What the leg says does not go to air meanwhile, wherever it is placed. */
  keepOffAir(port: number, isKeptOffAir: boolean): void {
    const kept = this.#ports[port];
    if (kept === undefined) return;
    kept.isKeptOffAir = isKeptOffAir;
    kept.routeToAir();
  }

  /** The port's last frame is the next one, fading to nothing; close() or open() belongs behind that mix(). */
  fadeOut(port: number): void {
    this.#ports[port]?.fadeOut();
  }

  close(port: number): void {
    const closed = this.#ports[port];
    if (closed === undefined) return;
    this.#endWhispersOf(port);
    this.#whispers.forget(closed);
    this.#ports[port] = undefined;
    this.#open.splice(this.#open.indexOf(closed), 1);
    for (let rate = 0; rate < FULL_RATE; rate++) {
      this.#isRateUsed[rate] = this.#open.some((other) => other.rate === rate);
    }
    this.#meters.clear(port);
  }

  place(port: number, place: MediaPlace): void {
    const placed = this.#ports[port];
    if (placed === undefined) return;
    placed.place = place;
    if (place.kind !== 'air') this.#endWhispersOf(port);
    placed.routeToAir();
    placed.formerTone = placed.tone;
    placed.tone = place.kind === 'tone' ? new Tone(place.tone, RATES[placed.rate]!) : null;
    if (place.kind === 'ivr') this.#preparePrompt(placed, place);
    if (place.kind === 'private') this.#preparePair(placed, this.#ports[place.with]);
  }

  placeOf(port: number): MediaPlace | null {
    return this.#ports[port]?.place ?? null;
  }

  /** Refused without a word where one of the two is not on air: it has ended by itself then. */
  whisper(port: number, to: number | null): void {
    const speaker = this.#ports[port];
    if (speaker === undefined || speaker.whisperTo === (to ?? -1)) return;
    this.#whispers.end(port);
    const listener = to === null || to === port ? undefined : this.#ports[to];
    speaker.whisperTo = -1;
    if (speaker.place.kind === 'air' && listener?.place.kind === 'air') {
      speaker.whisperTo = listener.port;
      this.#whispers.start(speaker, listener);
    }
    speaker.routeToAir();
  }

  levels(port: number, levels: Partial<Levels>): void {
    this.#ports[port]?.setLevels(levels);
  }

  program(program: Partial<Program>): void {
    Object.assign(this.#programState, program);
    const { levelDb, isMuted, isOnAir } = this.#programState;
    this.#masterTo = isMuted ? 0 : gainOfDb(levelDb);
    this.#onAir.set(isOnAir ? 1 : 0);
  }

  /** What the listeners on hold hear. */
  hold(hears: 'program' | 'music'): void {
    this.#holdHears = hears;
  }

  music(sound: Sound): void {
    this.#music = new LoopPlayer(sound, RATES[FULL_RATE], FRAME_SAMPLES[FULL_RATE]);
  }

  /** What is said to those on hold every so often; null: nothing. */
  notice(sound: Sound | null, everyMs: number): void {
    this.#notice.set(sound, everyMs);
  }

  /** A prompt that a port may be waiting for; null forgets it. */
  prompt(key: string, sound: Sound | null): void {
    if (sound === null) {
      this.#prompts.delete(key);
      return;
    }
    this.#prompts.set(key, sound);
    for (const { prompt } of this.#open) if (prompt?.key === key) prompt.give(sound);
  }

  /** After mix(), once: the port in ivr has heard its prompt to the end. */
  takePrompted(port: number): boolean {
    const found = this.#ports[port];
    return found?.place.kind === 'ivr' && (found.prompt?.takeOver() ?? false);
  }

  /** What the leg says now answers a prompt ('after'), does not yet ('before'), or it is not asked ('elsewhere'). */
  questionOf(port: number): 'before' | 'after' | 'elsewhere' {
    const found = this.#ports[port];
    if (found?.place.kind !== 'ivr' || found.place.step === 'thanks') return 'elsewhere';
    return found.prompt?.isOver === true ? 'after' : 'before';
  }

  /** Frame for the decoder's samples. */
  input(port: number): Float32Array | null {
    return this.#ports[port]?.input ?? null;
  }

  /** After mix(): what is to be sent. */
  output(port: number): Float32Array | null {
    return this.#ports[port]?.output ?? null;
  }

  /** After mix(): whether others may hear the same. The samples tell whether they do. */
  isShared(port: number): boolean {
    const found = this.#ports[port];
    if (found === undefined) return false;
    switch (found.heard) {
      case 'air-minus-own':
      case 'program-minus-own':
        return found.own === null;
      case 'partner':
      case 'prompt':
      case 'ringback':
      case 'busy':
        return false;
      default:
        return true;
    }
  }

  /** After mix(): what the leg said, behind its level. */
  said(port: number): Float32Array | null {
    return this.#ports[port]?.said ?? null;
  }

  /** After mix(): the program at 48 kHz, not limited. */
  get programFrame(): Float32Array {
    return this.#programFrame;
  }

  /** After mix(): what goes out, before the broadcast delay: behind the on-air gate, limited, 48 kHz. */
  get programBefore(): Float32Array {
    return this.#before.full;
  }

  /** After mix(): the same behind the delay. This is the air: what the transmitter gets. */
  get programAfter(): Float32Array {
    return this.#air.full;
  }

  /** One frame of 20 ms: everybody in, the sums, everybody out. */
  mix(): void {
    this.#bus.clear();
    for (const port of this.#open) this.#takeIn(port);
    this.#ducking.follow();
    this.#players?.mixIn(this.#bus, this.#isRateUsed);
    this.#bus.spread(this.#isRateUsed);
    this.#mixProgram();
    this.#mixMusic();
    this.#notice.mix(this.#open.some(isOnHold), this.#isRateUsed);
    for (const port of this.#open) this.#giveOut(port);
    this.#whispers.forgetEnded();
    this.#players?.endOver();
    this.#masterFrom = this.#masterTo;
  }

  /** Input to `said`; and what of it goes to air, `own`, to the bus. */
  #takeIn(port: MixerPort): void {
    const { said, samples } = port;
    const isMuted = port.inGain.isSilent;
    port.say(this.#ducking.share);
    if (port.place.kind === 'host') this.#ducking.note(said, samples);
    this.#meters.writeIn(port.port, port.meterIn);
    const { onAirFrom, onAirTo } = port;
    port.onAirFrom = onAirTo;
    port.own = null;
    if (isMuted || (onAirFrom === 0 && onAirTo === 0)) return;
    port.own = said;
    if (onAirFrom !== onAirTo) {
      port.faded.set(said);
      applyGain(port.faded, samples, onAirFrom, onAirTo);
      port.own = port.faded;
    }
    this.#bus.add(port.rate, port.own);
  }

  #mixProgram(): void {
    const program = this.#programFrame;
    program.set(this.#bus.atRate[FULL_RATE]!);
    applyGain(program, program.length, this.#masterFrom, this.#masterTo);
    this.#programMeter.process(program, program.length);
    this.#meters.writeProgram(this.#programMeter);

    const before = this.#before.full;
    before.set(program);
    this.#onAir.apply(before, before.length);
    const air = this.#air.full;
    air.set(before);
    this.delay.process(air);
    this.#beforeLimiter.process(before, before.length);
    this.#airLimiter.process(air, air.length);
    this.#airMeter.process(air, air.length);
    this.#meters.writeAir(this.#airMeter);
    this.#air.spread(this.#isRateUsed);
    const wasBeforeHeard = this.#isBeforeHeard;
    this.#isBeforeHeard = this.#open.some(hearsBeforeDelay);
    if (wasBeforeHeard || this.#isBeforeHeard) this.#before.spread(this.#isRateUsed);
  }

  /** Music plays while somebody hears it, and in the frame in which the last one fades. */
  #mixMusic(): void {
    const wasHeard = this.#isMusicHeard;
    this.#isMusicHeard = this.#holdHears === 'music' && this.#open.some(isOnHold);
    if (this.#music === null || (!wasHeard && !this.#isMusicHeard)) return;
    this.#music.fill(this.#musicFrames.full, FRAME_SAMPLES[FULL_RATE]);
    this.#musicFrames.spread(this.#isRateUsed);
  }

  /** What the port's place lets it hear, fading over from what it heard before, to `output`. */
  #giveOut(port: MixerPort): void {
    const { output, samples } = port;
    const heard = this.#heardBy(port);
    const partner = heard === 'partner' && port.place.kind === 'private' ? port.place.with : -1;
    this.#listen(port, heard, partner, port.tone, output);
    if (heard !== port.heard || partner !== port.partner) {
      const former = this.#formerFeed[port.rate]!;
      this.#listen(port, port.heard, port.partner, port.formerTone, former);
      applyGain(output, samples, 0, 1);
      applyGain(former, samples, 1, 0);
      for (let index = 0; index < samples; index++) output[index]! += former[index]!;
      port.heard = heard;
      port.partner = partner;
    }
    this.#notice.addTo(port, isOnHold(port), output);
    this.#whispers.addTo(port, output);
    this.#players?.addTo(port, output);
    port.outGain.apply(output, samples);
    port.presenceOut.apply(output, samples);
    port.limiter.process(output, samples);
    port.meterOut.process(output, samples);
    this.#meters.writeOut(port.port, port.meterOut);
  }

  /** The table of places at the head of this file. */
  #heardBy(port: MixerPort): Heard {
    const { place } = port;
    switch (place.kind) {
      case 'silence':
        return 'nothing';
      case 'air':
        return 'air-minus-own';
      case 'hold':
        return this.#holdHears === 'music' ? 'music' : 'program-minus-own';
      case 'host':
      case 'monitor':
        return 'program-minus-own';
      case 'program':
        return hearsBeforeDelay(port) ? 'before-delay' : 'air';
      case 'ivr':
        return 'prompt';
      case 'tone':
        return place.tone;
      case 'private':
        return this.#isMutual(port.port, place.with) ? 'partner' : 'nothing';
    }
  }

  /** A pair hears each other only while both are placed so: half a pair would eavesdrop on what the other does next. */
  #isMutual(port: number, partner: number): boolean {
    const place = this.#ports[partner]?.place;
    return place?.kind === 'private' && place.with === port;
  }

  /** Writes what `heard` sounds like to this port, before its own level. */
  #listen(port: MixerPort, heard: Heard, partner: number, tone: Tone | null, out: Float32Array): void {
    switch (heard) {
      case 'nothing':
        out.fill(0);
        return;
      case 'air-minus-own':
        this.#listenToAirMinusOwn(port, out);
        return;
      case 'program-minus-own':
        this.#listenToAirMinusOwn(port, out);
        applyGain(out, port.samples, this.#masterFrom, this.#masterTo);
        return;
      case 'air':
        out.set(this.#air.atRate[port.rate]!);
        return;
      case 'before-delay':
        out.set(this.#before.atRate[port.rate]!);
        return;
      case 'music':
        out.set(this.#musicFrames.atRate[port.rate]!);
        return;
      case 'partner':
        this.#listenToPartner(port, partner, out);
        return;
      case 'prompt':
        if (port.prompt === null) out.fill(0);
        else port.prompt.fill(out, port.samples);
        return;
      case 'ringback':
      case 'busy':
        if (tone === null) out.fill(0);
        else tone.fill(out, port.samples);
    }
  }

  #listenToAirMinusOwn(port: MixerPort, out: Float32Array): void {
    const bus = this.#bus.atRate[port.rate]!;
    if (port.own === null) {
      out.set(bus);
      return;
    }
    const { own, samples } = port;
    for (let index = 0; index < samples; index++) out[index] = bus[index]! - own[index]!;
  }

  #listenToPartner(port: MixerPort, partner: number, out: Float32Array): void {
    const other = this.#ports[partner];
    if (other === undefined) out.fill(0);
    else if (other.rate === port.rate) out.set(other.said);
    else port.partnerResampler?.process(other.said, other.samples, out);
  }

  #preparePrompt(port: MixerPort, place: MediaPlace & { kind: 'ivr' }): void {
    const { step = 'question', prompt = null } = place;
    const key = promptKey(step, prompt);
    port.prompt = new PromptPlayer(key, RATES[port.rate]!, step === 'question');
    const sound = this.#prompts.get(key);
    if (sound !== undefined) port.prompt.give(sound);
  }

  /** By it and to it: both have to be on air. */
  #endWhispersOf(port: number): void {
    for (const { from } of this.#whispers.of(port)) this.whisper(from, null);
  }

  #preparePair(port: MixerPort, partner: MixerPort | undefined): void {
    if (partner === undefined || partner.rate === port.rate) return;
    port.partnerResampler = new Resampler(RATES[partner.rate]!, RATES[port.rate]!, partner.samples);
    partner.partnerResampler = new Resampler(RATES[port.rate]!, RATES[partner.rate]!, port.samples);
  }
}

function hearsBeforeDelay({ place }: MixerPort): boolean {
  return place.kind === 'program' && place.isDelayed === false;
}

function isOnHold(port: MixerPort): boolean {
  return port.place.kind === 'hold';
}
