// What is played from files: to air on a strip of its own, or into one user's ear. It is shown from the moment in which it is
// heard until it is over; a new server finds it again by the tag.
import { levelToDb } from '@openline/protocol';
import type { Action } from '@openline/protocol';
import type { Op, Player } from '../model.ts';
import { playerOf, UNITY, userOf } from '../model.ts';
import type { ExchangePlayer, ExchangeResult, PlayedFile } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { ask, refuse, report, tell } from '../turn.ts';

/** As many as the engine plays at the same time. */
const MAX_PLAYERS = 4;
const AIR = 'air';

export function play(turn: Turn, { value }: Action<'media:play'>): Outcome {
  const { model } = turn;
  const { audio_url, to, title, level, from_ms } = value;
  if (!model.isUp) return refuse('exchange_down', null);
  const user = to === AIR ? null : userOf(model, to);
  if (to !== AIR && !user) return refuse('unknown_user', null, { user: to });
  const ear = user?.leg?.stage === 'answered' && !user.leg.isEnding ? user.leg.call : null;
  if (user && ear === null) return refuse('user_unreachable', null, { user: user.label });
  if (Object.keys(model.players).length >= MAX_PLAYERS) return refuse('too_many_players', null);
  const player: Player = {
    id: turn.newId(),
    audioUrl: audio_url,
    title: title === '' ? nameOf(audio_url) : title,
    to,
    level,
    fromMs: from_ms,
    startedAt: null,
    durationMs: 0,
    isStopping: false,
  };
  model.players[player.id] = player;
  ask(
    turn,
    {
      type: 'play',
      player: player.id,
      file: fileOf(audio_url),
      to: ear,
      levelDb: levelToDb(level),
      fromMs: from_ms,
      tag: { url: audio_url, title: player.title, to, level, from: from_ms },
    },
    { kind: 'play', player: player.id, author: turn.author },
  );
  return null;
}

export function stopPlaying(turn: Turn, id: string): Outcome {
  const player = playerOf(turn.model, id);
  if (!player) return refuse('unknown_player', id);
  player.isStopping = true;
  // One that is being opened is stopped when it is there.
  if (player.startedAt !== null) tell(turn, { type: 'stopPlaying', player: id });
  return null;
}

export function setPlayerLevel(turn: Turn, id: string, level: number): Outcome {
  const player = playerOf(turn.model, id);
  if (!player) return refuse('unknown_player', id);
  player.level = level;
  tell(turn, { type: 'playLevel', player: id, levelDb: levelToDb(level) });
  return null;
}

/** The one to air is on air. */
export function isPlayedToAir(turn: Turn, id: string): boolean {
  return playerOf(turn.model, id)?.to === AIR;
}

export function takePlaying(turn: Turn, playing: ExchangePlayer): void {
  const player = playerOf(turn.model, playing.player);
  // Asked for by a server that was killed meanwhile.
  if (!player) return adopt(turn, playing);
  player.startedAt = playing.startedAt;
  player.durationMs = playing.durationMs;
  if (player.isStopping) return tell(turn, { type: 'stopPlaying', player: player.id });
  // The fader may have been moved while the file was opened.
  tell(turn, { type: 'playLevel', player: player.id, levelDb: levelToDb(player.level) });
}

export function takePlayed(turn: Turn, id: string): void {
  delete turn.model.players[id];
}

/** The exchange has refused it. */
export function takeUnplayed(
  turn: Turn,
  { player, author }: Extract<Op, { kind: 'play' }>,
  result: ExchangeResult,
): void {
  if (result.ok) return;
  delete turn.model.players[player];
  const code = result.code === 'down' ? 'exchange_down' : 'unplayable';
  report(turn, author, 'media:play', null, code, { reason: result.msg });
}

/** After a restart of the server: what is played goes on. */
export function adoptPlayers(turn: Turn, playing: readonly ExchangePlayer[]): void {
  turn.model.players = {};
  for (const player of playing) adopt(turn, player);
}

function adopt(turn: Turn, { player, startedAt, durationMs, tag }: ExchangePlayer): void {
  const { url, title, to, level, from } = tag;
  turn.model.players[player] = {
    id: player,
    audioUrl: typeof url === 'string' ? url : '',
    title: typeof title === 'string' ? title : player,
    to: typeof to === 'string' ? to : AIR,
    level: typeof level === 'number' ? level : UNITY,
    fromMs: typeof from === 'number' ? from : 0,
    startedAt,
    durationMs,
    isStopping: false,
  };
}

function fileOf(audioUrl: string): PlayedFile {
  const name = nameOf(audioUrl);
  return audioUrl.startsWith('/audio/') ? { kind: 'recording', name } : { kind: 'prompt', id: name };
}

function nameOf(audioUrl: string): string {
  return audioUrl.replace(/^.*\//, '').replace(/\.wav$/, '');
}
