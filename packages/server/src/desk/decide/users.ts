// `channelMode` on a user's own channel: to air (with the caller they are private with, in one step), or free.
import type { Channel, Goal, User } from '../model.ts';
import { channelWaitingFor, channelWith } from '../model.ts';
import type { ExchangePlace } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { askHangUp, askMove, failGoal, refuse } from '../turn.ts';
import { isWithinReach } from './progress.ts';
import { mayDo } from '@openline/protocol';

export function setOwnMode(turn: Turn, user: User, goal: Goal): Outcome {
  const { key, mode: asked } = goal;
  if (asked !== 'master' && asked !== 'free') return refuse('bad_mode', key, { mode: asked });
  const touchesAir = [asked, user.mode, user.goal?.mode].includes('master');
  if (turn.author && !mayDo(turn.author.role, 'channelMode', touchesAir))
    return refuse('forbidden_on_air', key);
  const waiting = channelWaitingFor(turn.model, user);
  if (user.goal?.mode === asked) return null;
  if (user.mode === asked && !user.goal && !waiting) return null;
  return asked === 'master' ? toAir(turn, user, goal, waiting) : toFree(turn, user, goal, waiting);
}

function toAir(turn: Turn, user: User, goal: Goal, waiting: Channel | null): Outcome {
  const { key } = goal;
  if (user.goal || waiting || user.takesOver !== null) return refuse('user_busy', key, { user: user.label });
  if (!isWithinReach(user)) return refuse('user_not_connected', key, { user: user.label });
  return together(turn, user, goal, 'master', { kind: 'air' }, { kind: 'air' });
}

function toFree(turn: Turn, user: User, goal: Goal, waiting: Channel | null): Outcome {
  if (waiting && user.mode === 'ring') {
    // The phone stops ringing; the caller stays where they are.
    failGoal(turn, waiting, 'user_did_not_answer', { user: user.label });
    if (user.leg) askHangUp(turn, user.leg);
    return null;
  }
  if (user.mode === 'ring' && user.leg) {
    user.goal = null;
    askHangUp(turn, user.leg);
    return null;
  }
  if (waiting || user.goal || user.takesOver !== null)
    return refuse('user_busy', goal.key, { user: user.label });
  if (!user.leg) return refuse('user_unreachable', goal.key, { user: user.label });
  return together(turn, user, goal, 'on_hold', { kind: 'monitor' }, { kind: 'hold' });
}

/** Moves the user, and the caller they are private with, in one step. */
function together(
  turn: Turn,
  user: User,
  goal: Goal,
  callerMode: string,
  userPlace: ExchangePlace,
  callerPlace: ExchangePlace,
): Outcome {
  const channel = channelWith(turn.model, user);
  if (user.leg) user.leg.isStuck = false;
  if (!channel?.leg || !user.leg || channel.leg.isEnding) {
    user.goal = goal;
    return null;
  }
  if (channel.goal || channel.leg.op !== null || user.leg.op !== null) {
    return refuse('channel_busy_changing', goal.key, { channel: channel.label });
  }
  user.goal = goal;
  channel.goal = { ...goal, mode: callerMode };
  channel.leg.isStuck = false;
  askMove(turn, [
    { call: user.leg.call, place: userPlace },
    { call: channel.leg.call, place: callerPlace },
  ]);
  return null;
}
