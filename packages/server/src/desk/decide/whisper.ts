// `userWhisper`: a user on air speaks to one channel on air alone. Shown when the exchange has done it; it ends by
// itself, there and here, when either leaves the air.
import type { Op, User } from '../model.ts';
import { stripOf, userOf } from '../model.ts';
import type { CallId, ExchangeResult } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { ask, refuse, report } from '../turn.ts';

type WhisperOp = Extract<Op, { kind: 'whisper' }>;

export function setWhisper(turn: Turn, key: string, to: string | null): Outcome {
  const user = userOf(turn.model, key);
  if (!user) return refuse('unknown_user', key, { user: key });
  const listener = to === null ? null : stripOf(turn.model, to);
  if (to !== null && !listener) return refuse('unknown_channel', key, { channel: to });
  if (user.whisperAsked === to) return null;
  const areOnAir = [user, listener].every((strip) => strip === null || strip.mode === 'master');
  if (to !== null && (!areOnAir || user === listener)) {
    return refuse('whisper_off_air', key, { user: user.label, channel: listener?.label ?? to });
  }
  if (!user.leg) return null;
  const { call } = user.leg;
  user.whisperAsked = to;
  ask(
    turn,
    { type: 'whisper', call, to: listener?.leg?.call ?? null },
    { kind: 'whisper', call, to, author: turn.author },
  );
  return null;
}

export function takeWhispered(turn: Turn, { call, to, author }: WhisperOp, result: ExchangeResult): void {
  const user = Object.values(turn.model.users).find(({ leg }) => leg?.call === call);
  // Asked for something else since, or over by itself.
  if (!user || user.whisperAsked !== to) return;
  if (result.ok) {
    user.whisper = to;
    return;
  }
  user.whisperAsked = user.whisper;
  if (result.code === 'gone') return;
  report(turn, author, 'userWhisper', user.id, 'exchange_failed', { reason: result.msg });
}

/** Once a turn, after the modes are settled. */
export function endWhispers(turn: Turn): void {
  for (const user of Object.values(turn.model.users)) {
    if (!isPossible(turn, user, user.whisper)) user.whisper = null;
    if (!isPossible(turn, user, user.whisperAsked)) user.whisperAsked = null;
  }
}

/** After a restart of the server: what the exchange says. */
export function adoptWhisper(turn: Turn, user: User, to: CallId | null): void {
  const strips = [...Object.values(turn.model.channels), ...Object.values(turn.model.users)];
  user.whisper = strips.find(({ leg }) => to !== null && leg?.call === to)?.id ?? null;
  user.whisperAsked = user.whisper;
}

function isPossible(turn: Turn, user: User, to: string | null): boolean {
  return to === null || (user.mode === 'master' && stripOf(turn.model, to)?.mode === 'master');
}
