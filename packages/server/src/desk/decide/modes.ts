// `channelMode` on a line's channel: the table of who may go where. It only accepts or refuses, and notes the goal;
// progress.ts carries it out.
//
//   now \ asked          free      master   on_hold  ivr      user
//   ring, incoming       reject    answer   answer   answer   answer, when the user can be reached
//   dial, ring outgoing  cancel    -        -        -        -
//   ivr on_hold master   hang up   move     move     move     move
//   or private
//   free, defunct        -         -        -        -        -
import { mayDo } from '@openline/protocol';
import type { Channel, Goal, Leg, User } from '../model.ts';
import { channelOf, channelWaitingFor, userOf } from '../model.ts';
import type { DeskAction, Outcome, Turn } from '../turn.ts';
import { askHangUp, refuse, tell } from '../turn.ts';
import { isWithinReach } from './progress.ts';
import { setOwnMode } from './users.ts';

type ModeAction = Extract<DeskAction, { event: 'channelMode' }>;

const places = ['master', 'on_hold', 'ivr'];

export function setMode(turn: Turn, { key, value: asked, sentAs }: ModeAction): Outcome {
  const goal: Goal = { mode: asked, author: turn.author, event: sentAs, key };
  const own = userOf(turn.model, key);
  if (own && isCallOf(turn, asked))
    return moveCall(turn, channelOf(turn.model, asked), { ...goal, mode: own.id });
  if (own) return setOwnMode(turn, own, goal);
  return moveCall(turn, channelOf(turn.model, key), goal);
}

/** Whether a mode is one in which a call can land: a place, or a user. */
export function landingRefusal(turn: Turn, mode: string, key: string | null): Outcome {
  if (places.includes(mode)) return null;
  if (['free', 'dial', 'ring', 'defunct'].includes(mode)) return refuse('bad_mode', key, { mode });
  return userOf(turn.model, mode) ? null : refuse('unknown_user', key, { user: mode });
}

/** Whether this user can be given a caller now. `channel` is the one that asks. */
export function userRefusal(turn: Turn, user: User, channel: Channel | null, key: string | null): Outcome {
  const waiting = channelWaitingFor(turn.model, user);
  if (user.mode === 'master' || user.goal?.mode === 'master') {
    return refuse('user_on_air', key, { user: user.label });
  }
  if (user.goal || user.takesOver !== null || (waiting && waiting !== channel))
    return refuse('user_busy', key, { user: user.label });
  return isWithinReach(user) ? null : refuse('user_unreachable', key, { user: user.label });
}

/** A move of what is on air, or to air, is for the role that has the air. */
function airRefusal(turn: Turn, touchesAir: boolean, key: string | null): Outcome {
  const isAllowed = !turn.author || mayDo(turn.author.role, 'channelMode', touchesAir);
  return isAllowed ? null : refuse('forbidden_on_air', key);
}

function isCallOf(turn: Turn, asked: string): boolean {
  return channelOf(turn.model, asked) !== null;
}

function moveCall(turn: Turn, channel: Channel | null, goal: Goal): Outcome {
  const { mode: asked, key } = goal;
  if (!channel) return refuse('unknown_channel', key, { channel: key ?? '' });
  const touchesAir = [asked, channel.mode, channel.goal?.mode].includes('master');
  const refused =
    (asked === 'free' ? null : landingRefusal(turn, asked, key)) ?? airRefusal(turn, touchesAir, key);
  if (refused) return refused;
  if (asked === channel.mode && !channel.goal) return null;
  if (channel.screening.isLocked) return refuse('channel_locked', key, { channel: channel.label });
  return asked === 'free' ? end(turn, channel, goal) : land(turn, channel, goal);
}

/** Always allowed while there is a call, also while it is being moved. */
function end(turn: Turn, channel: Channel, goal: Goal): Outcome {
  const { leg } = channel;
  if (!leg) return refuse('channel_defunct', goal.key, { channel: channel.label });
  channel.goal = goal;
  askHangUp(turn, leg);
  return null;
}

/** Where there is a call that can go there now. */
export function land(turn: Turn, channel: Channel, goal: Goal): Outcome {
  const { leg, mode } = channel;
  const details = { channel: channel.label };
  if (mode === 'defunct') return refuse('channel_defunct', goal.key, details);
  if (!leg) return refuse('channel_free', goal.key, details);
  const isUnanswered = leg.stage !== 'answered' || !leg.hasMedia;
  if (channel.direction === 'out' && isUnanswered) {
    return refuse('channel_not_answered', goal.key, details);
  }
  if (channel.goal?.mode === goal.mode) return null;
  const wish = channel.goal;
  if (wish && !isWaitingForUser(turn, wish, leg)) return refuse('channel_busy_changing', goal.key, details);
  if (wish && goal.mode === mode) {
    // Where the call is already: nothing is wished any more.
    channel.goal = null;
    return null;
  }
  const user = userOf(turn.model, goal.mode);
  const refused = user ? userRefusal(turn, user, channel, goal.key) : null;
  if (refused) return refused;
  channel.goal = goal;
  leg.isStuck = false;
  if (user?.leg) user.leg.isStuck = false;
  if (wish) retag(turn, channel, leg, goal);
  return null;
}

/** Nothing moves yet: the user's phone is to be picked up first, and until then everybody may wish for another mode. */
function isWaitingForUser(turn: Turn, wish: Goal, leg: Leg): boolean {
  return leg.op === null && userOf(turn.model, wish.mode) !== null;
}

/** A dialled call carries its wish over a restart of the server; the former one is void. */
function retag(turn: Turn, channel: Channel, leg: Leg, { mode }: Goal): void {
  if (leg.direction === 'in') return;
  tell(turn, {
    type: 'tag',
    call: leg.call,
    tag: { channel: channel.id, record: channel.recordId, goal: mode },
  });
}
