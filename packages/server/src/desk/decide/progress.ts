// What to do next about every goal: run after each input. A goal is reached step by step (answer, wait for sound,
// wait for the user's phone, move), each step is one command to the exchange, and the next waits for its result.
// So it does not matter in which order the facts arrive.
import type { Channel, Leg, User } from '../model.ts';
import { channelTakenOver, channelWaitingFor, channelWith, isPlaceable, userOf, userWith } from '../model.ts';
import type { ExchangePlace } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';
import { ask, askHangUp, askMove, failGoal } from '../turn.ts';
import { channelLevels, hostLevels, userLevels } from './levels.ts';
import { placeOfQuestion } from './questions.ts';

export function progress(turn: Turn): void {
  for (const channel of Object.values(turn.model.channels)) progressChannel(turn, channel);
  for (const user of Object.values(turn.model.users)) progressUser(turn, user);
  progressHost(turn);
}

/** Where a caller is in that mode; a user's mode has no place of its own. */
export function placeOfMode(turn: Turn, mode: string, { lineId }: Channel): ExchangePlace {
  if (mode === 'master') return { kind: 'air' };
  if (mode === 'on_hold') return { kind: 'hold' };
  if (mode === 'ivr') return placeOfQuestion(turn, lineId);
  return { kind: 'silence' };
}

function progressChannel(turn: Turn, channel: Channel): void {
  const { leg } = channel;
  if (!leg || leg.isEnding) return;
  if (channel.goal?.mode === channel.mode) channel.goal = null;
  if (!channel.goal) holdWhoIsAlone(turn, channel, leg);
  const { goal } = channel;
  if (!goal || leg.op !== null || leg.isStuck) return;

  const user = userOf(turn.model, goal.mode);
  if (user && !isWithinReach(user)) return failGoal(turn, channel, 'user_unreachable', { user: user.label });
  if (leg.stage === 'offered') {
    if (user && !isPlaceable(user.leg)) return bringUser(turn, user, { kind: 'monitor' });
    return answer(turn, leg, placeOfMode(turn, goal.mode, channel), channel);
  }
  if (!isPlaceable(leg)) {
    if (user && channel.direction === 'out') playRingback(turn, user);
    return;
  }
  if (user) return joinUser(turn, channel, leg, user);
  moveAlone(turn, channel, leg, placeOfMode(turn, goal.mode, channel));
}

/** A caller who was answered and has lost (or never had) whom they were answered for goes on hold. */
function holdWhoIsAlone(turn: Turn, channel: Channel, leg: Leg): void {
  if (!isPlaceable(leg) || leg.isStuck) return;
  const { kind } = leg.place;
  if (kind === 'air' || kind === 'hold' || kind === 'ivr') return;
  if (userWith(turn.model, channel)) return;
  const user = userOf(turn.model, channel.mode);
  if (user && channelTakenOver(turn.model, user) === channel) {
    // Waits for whom they are with to be heard over another phone or headset.
    if (isPlaceable(user.leg) && !user.leg.isStuck) joinUser(turn, channel, leg, user);
    return;
  }
  channel.goal = { mode: 'on_hold', author: null, event: 'channelMode', key: channel.id };
}

function answer(turn: Turn, leg: Leg, place: ExchangePlace, strip: Channel): void {
  const levels = channelLevels(turn.model, strip);
  leg.op = ask(
    turn,
    { type: 'answer', call: leg.call, place, levels },
    { kind: 'answer', call: leg.call, place },
  );
}

/** Rings the user's phone, once, unless it is connected or rings already. */
function bringUser(turn: Turn, user: User, place: ExchangePlace): void {
  if (user.leg || !user.isReachable) return;
  const call = turn.newId();
  user.leg = {
    call,
    direction: 'out',
    stage: 'dialling',
    hasMedia: false,
    place,
    isHeldByRemote: false,
    headset: null,
    op: null,
    isEnding: false,
    isStuck: false,
  };
  const owner = { kind: 'user', userId: user.id } as const;
  const displayName = channelWaitingFor(turn.model, user)?.contact?.name ?? user.label;
  const tag = { user: user.id };
  user.leg.op = ask(
    turn,
    { type: 'reach', call, owner, displayName, place, levels: userLevels(user), tag },
    { kind: 'reach', call },
  );
}

/** The user for whom a number is being dialled hears it ring, if they have nothing else to hear. */
function playRingback(turn: Turn, user: User): void {
  const place: ExchangePlace = { kind: 'tone', tone: 'ringback' };
  if (!user.leg) return bringUser(turn, user, place);
  if (!isPlaceable(user.leg) || user.leg.isStuck || user.mode !== 'free' || user.leg.place.kind === 'tone')
    return;
  askMove(turn, [{ call: user.leg.call, place }]);
}

/** Caller and user together, and whoever either was with aside, in one step. */
function joinUser(turn: Turn, channel: Channel, leg: Leg, user: User): void {
  if (!isPlaceable(user.leg)) return bringUser(turn, user, { kind: 'monitor' });
  if (user.leg.isStuck) return;
  const moves = [
    { call: leg.call, place: { kind: 'private', with: user.leg.call } as const },
    { call: user.leg.call, place: { kind: 'private', with: leg.call } as const },
  ];
  const displaced = channelWith(turn.model, user);
  const left = userWith(turn.model, channel);
  const others: { call: string; place: ExchangePlace }[] = [];
  if (displaced?.leg && !displaced.leg.isEnding) {
    if (displaced.leg.op !== null) return;
    others.push({ call: displaced.leg.call, place: { kind: 'hold' } });
    displaced.goal ??= { mode: 'on_hold', author: null, event: 'channelMode', key: displaced.id };
  }
  if (left?.leg && !left.leg.isEnding) {
    if (left.leg.op !== null) return;
    others.push({ call: left.leg.call, place: { kind: 'monitor' } });
  }
  askMove(turn, [...moves, ...others]);
}

/** To a place of its own; the user it was private with hears the program again. */
function moveAlone(turn: Turn, channel: Channel, leg: Leg, place: ExchangePlace): void {
  const moves = [{ call: leg.call, place }];
  const left = userWith(turn.model, channel);
  if (left?.leg && !left.leg.isEnding) {
    if (left.leg.op !== null) return;
    moves.push({ call: left.leg.call, place: { kind: 'monitor' } });
  }
  askMove(turn, moves);
}

function progressUser(turn: Turn, user: User): void {
  if (user.goal && user.goal.mode === user.mode) user.goal = null;
  if (!channelTakenOver(turn.model, user) || channelWith(turn.model, user)) user.takesOver = null;
  const waiting = channelWaitingFor(turn.model, user);
  const { leg, goal } = user;
  if (goal?.mode === 'master' && !leg) {
    if (!user.isReachable) return failGoal(turn, user, 'user_unreachable', { user: user.label });
    return bringUser(turn, user, { kind: 'monitor' });
  }
  if (!leg || leg.isEnding || leg.isStuck) return;
  if (leg.stage === 'offered' && leg.op === null) {
    const place = { kind: 'monitor' } as const;
    leg.op = ask(
      turn,
      { type: 'answer', call: leg.call, place, levels: userLevels(user) },
      { kind: 'answer', call: leg.call, place },
    );
    return;
  }
  if (leg.direction === 'out' && leg.stage !== 'answered' && !goal && !waiting) return askHangUp(turn, leg);
  if (!isPlaceable(leg)) return;
  if (goal?.mode === 'master') return askMove(turn, [{ call: leg.call, place: { kind: 'air' } }]);
  if (goal?.mode === 'free') return askMove(turn, [{ call: leg.call, place: { kind: 'monitor' } }]);
  if (user.mode === 'free' && leg.place.kind !== 'monitor' && !waiting) {
    askMove(turn, [{ call: leg.call, place: { kind: 'monitor' } }]);
  }
}

function progressHost(turn: Turn): void {
  const { host } = turn.model;
  const place = { kind: 'host' } as const;
  if (!host.leg && host.isReachable && host.isToBeReached) {
    const call = turn.newId();
    host.isToBeReached = false;
    host.leg = {
      call,
      direction: 'out',
      stage: 'dialling',
      hasMedia: false,
      place,
      isHeldByRemote: false,
      headset: null,
      op: null,
      isEnding: false,
      isStuck: false,
    };
    const command = {
      type: 'reach',
      call,
      owner: { kind: 'host' },
      displayName: 'On air',
      place,
      levels: hostLevels(host),
      tag: { host: true },
    } as const;
    host.leg.op = ask(turn, command, { kind: 'reach', call });
    return;
  }
  const { leg } = host;
  if (!leg || leg.op !== null || leg.isEnding || leg.isStuck) return;
  if (leg.stage === 'offered') {
    leg.op = ask(
      turn,
      { type: 'answer', call: leg.call, place, levels: hostLevels(host) },
      { kind: 'answer', call: leg.call, place },
    );
  } else if (isPlaceable(leg) && leg.place.kind !== 'host') {
    askMove(turn, [{ call: leg.call, place }]);
  }
}

/** Whether a private talk with this user can begin, or be prepared. */
export function isWithinReach(user: User): boolean {
  return user.leg ? !user.leg.isEnding : user.isReachable;
}
