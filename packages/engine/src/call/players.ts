/**
 * The sounds that are played: which file, where to, since when. How they are mixed is the media plane's affair; here is what
 * the server may ask and what a snapshot says. Used by call-table.ts. Main thread.
 */
import type { ControlCommands, PlayedFile, PlayerState } from '../control/contract.ts';
import type { Outcome } from '../control/control-server.ts';
import type { MediaPlane, PortId } from './media-plane.ts';

interface Playing {
  state: PlayerState;
  /** null: it is being opened. */
  slot: number | null;
  isStopWanted: boolean;
}

export interface PlayersOptions {
  media: MediaPlane;
  pathOf: (file: PlayedFile) => string;
  onStarted: (state: PlayerState) => void;
}

export class Players {
  readonly #media: MediaPlane;
  readonly #pathOf: (file: PlayedFile) => string;
  readonly #onStarted: (state: PlayerState) => void;
  readonly #playing = new Map<string, Playing>();

  constructor({ media, pathOf, onStarted }: PlayersOptions) {
    this.#onStarted = onStarted;
    this.#media = media;
    this.#pathOf = pathOf;
  }

  /** `port` is that of the leg whose ear it is for, null for air. */
  async start(
    { player, file, to, levelDb, fromMs = 0, tag }: ControlCommands['player.start']['data'],
    port: PortId | null,
  ): Promise<Outcome<null>> {
    if (this.#playing.has(player)) {
      return { ok: false, code: 'player_exists', msg: `there is a player ${player}` };
    }
    const state = { player, file, to, levelDb, fromMs, startedAt: Date.now(), durationMs: 0, tag };
    const playing: Playing = { state, slot: null, isStopWanted: false };
    this.#playing.set(player, playing);
    try {
      const { slot, durationMs } = await this.#media.play(this.#pathOf(file), port, levelDb, fromMs);
      playing.slot = slot;
      state.durationMs = durationMs;
      state.startedAt = Date.now();
      // What was asked while the file was opened.
      this.#media.playLevel(slot, state.levelDb);
      if (playing.isStopWanted) this.#media.stopPlaying(slot);
      this.#onStarted({ ...state });
      return { ok: true, data: null };
    } catch (error) {
      this.#playing.delete(player);
      const isFull = (error as { code?: unknown }).code === 'no_player';
      const msg = error instanceof Error ? error.message : 'failed';
      return { ok: false, code: isFull ? 'no_player' : 'unplayable', msg };
    }
  }

  level(player: string, levelDb: number): Outcome<null> {
    const playing = this.#playing.get(player);
    if (playing === undefined) return unknown(player);
    playing.state.levelDb = levelDb;
    if (playing.slot !== null) this.#media.playLevel(playing.slot, levelDb);
    return { ok: true, data: null };
  }

  /** It fades within a frame; `player.ended` follows. */
  stop(player: string): Outcome<null> {
    const playing = this.#playing.get(player);
    if (playing === undefined) return unknown(player);
    this.#end(playing);
    return { ok: true, data: null };
  }

  /** The leg is going: nobody hears them any more. */
  endOfLeg(leg: string): void {
    for (const playing of this.#playing.values()) {
      const { to } = playing.state;
      if (to.kind === 'leg' && to.leg === leg) this.#end(playing);
    }
  }

  /** Told by the media plane; which player it was, null when it is none of ours. */
  onPlayed(slot: number): string | null {
    for (const [player, playing] of this.#playing) {
      if (playing.slot !== slot) continue;
      this.#playing.delete(player);
      return player;
    }
    return null;
  }

  list(): PlayerState[] {
    return [...this.#playing.values()].flatMap(({ state, slot }) => (slot === null ? [] : [state]));
  }

  /** With their slots, for the meters. */
  slots(): { player: string; slot: number }[] {
    return [...this.#playing].flatMap(([player, { slot }]) => (slot === null ? [] : [{ player, slot }]));
  }

  #end(playing: Playing): void {
    playing.isStopWanted = true;
    if (playing.slot !== null) this.#media.stopPlaying(playing.slot);
  }
}

function unknown(player: string): Outcome<never> {
  return { ok: false, code: 'unknown_player', msg: `no player ${player}` };
}
