/**
 * Sounds that are played into the graph: to air, where everybody but nobody's own is heard, or into one port's ear, over
 * what its place lets it hear. The sound comes from files by way of a ring each (pcm-ring.ts); here it gets its level.
 * Used by mixer.ts on the media thread; allocates nothing after construction.
 *
 *   file ─► playback thread ─► ring ─► level ─► AIR BUS, or one port's feed
 */
import { type Bus, FULL_RATE, FRAME_SAMPLES, Spread } from './bus.ts';
import { GainRamp, gainOfDb } from './gain-ramp.ts';
import { Meter } from './meter.ts';
import type { MeterBlock } from './meter-block.ts';
import type { MixerPort } from './mixer-port.ts';
import { PcmRing } from './pcm-ring.ts';

/** 1.4 s: a disk may take its time. */
export const PLAYER_RING_SAMPLES = 1 << 16;

const AIR = -1;
const FRAME_MS = 20;

class Player {
  readonly ring: PcmRing;
  /** The frame of 20 ms at each rate. */
  readonly sound = new Spread();
  readonly gain = new GainRamp(0);
  readonly presence = new GainRamp(0);
  readonly meter = new Meter();
  /** Port, or AIR. */
  to = AIR;
  isPlaying = false;
  isStopping = false;
  frames = 0;

  constructor(memory: SharedArrayBuffer) {
    this.ring = new PcmRing(memory);
  }
}

export class Players {
  readonly #players: readonly Player[];
  readonly #meters: MeterBlock;
  readonly #onEnded: (slot: number, playedMs: number) => void;

  constructor(
    rings: readonly SharedArrayBuffer[],
    meters: MeterBlock,
    onEnded: (slot: number, playedMs: number) => void,
  ) {
    this.#players = rings.map((memory) => new Player(memory));
    this.#meters = meters;
    this.#onEnded = onEnded;
  }

  /** The ring of the slot has its first samples. `to`: a port, null for air. */
  start(slot: number, to: number | null, levelDb: number): void {
    const player = this.#players[slot];
    if (player === undefined) return;
    player.to = to ?? AIR;
    player.gain.jump(gainOfDb(levelDb));
    player.presence.jump(0);
    player.presence.set(1);
    player.isPlaying = true;
    player.isStopping = false;
    player.frames = 0;
  }

  level(slot: number, levelDb: number): void {
    this.#players[slot]?.gain.set(gainOfDb(levelDb));
  }

  /** Fades out in the next frame. */
  stop(slot: number): void {
    const player = this.#players[slot];
    if (player?.isPlaying !== true) return;
    player.presence.set(0);
    player.isStopping = true;
  }

  /** Before the sums are spread: this frame's sound, and what of it goes to air. */
  mixIn(bus: Bus, isRateUsed: readonly boolean[]): void {
    for (let slot = 0; slot < this.#players.length; slot++) {
      const player = this.#players[slot]!;
      if (!player.isPlaying) continue;
      const frame = player.sound.full;
      const samples = FRAME_SAMPLES[FULL_RATE];
      player.ring.read(frame);
      player.gain.apply(frame, samples);
      player.presence.apply(frame, samples);
      player.meter.process(frame, samples);
      this.#meters.writePlayer(slot, player.meter);
      player.frames++;
      if (player.to === AIR) bus.add(FULL_RATE, frame);
      else player.sound.spread(isRateUsed);
    }
  }

  /** What is played into this port's ear. */
  addTo(port: MixerPort, out: Float32Array): void {
    for (let slot = 0; slot < this.#players.length; slot++) {
      const player = this.#players[slot]!;
      if (!player.isPlaying || player.to !== port.port) continue;
      const frame = player.sound.atRate[port.rate]!;
      for (let index = 0; index < port.samples; index++) out[index]! += frame[index]!;
    }
  }

  /** After the frame was given out: whoever has come to the end is told of. */
  endOver(): void {
    for (let slot = 0; slot < this.#players.length; slot++) {
      const player = this.#players[slot]!;
      if (!player.isPlaying || !(player.isStopping || player.ring.isOver)) continue;
      player.isPlaying = false;
      this.#meters.clearPlayer(slot);
      this.#onEnded(slot, player.frames * FRAME_MS);
    }
  }
}
