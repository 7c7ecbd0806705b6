// Headsets: sound of a browser, as a user's own or as the studio desk. Of a user's phone and headset the newest is used:
// it takes over where the former was, on air at once, a private talk as soon as it is heard. What a headset is told goes
// to the connection that asked last; sound goes on without any.
import { mayDo } from '@openline/protocol';
import type { Author, DeskModel, Leg, Op } from '../model.ts';
import { legOfCall, userOf } from '../model.ts';
import type { CallId, ExchangeFact, ExchangePlace, ExchangeResult } from '../ports/exchange.ts';
import type { DeskAction, Outcome, Turn } from '../turn.ts';
import { ask, askHangUp, refuse, report, tell } from '../turn.ts';
import { endCall } from './ended.ts';
import { hostLevels, userLevels } from './levels.ts';
import { dismiss, isOnAir, takeOver, tellHeadset } from './taking-over.ts';

type HeadsetAction = Extract<DeskAction, { event: `headset:${string}` }>;
type ConnectAction = Extract<HeadsetAction, { event: 'headset:connect' }>;
type HeadsetOp = Extract<Op, { kind: 'connect' | 'reoffer' }>;

export function actOnHeadset(turn: Turn, author: Author, action: HeadsetAction): Outcome {
  switch (action.event) {
    case 'headset:servers':
      tellHeadset(turn, author.client, {
        event: 'headset:servers',
        data: { servers: turn.model.config.iceServers.map((server) => ({ ...server })) },
      });
      return null;
    case 'headset:connect':
      if (!turn.model.isUp) return refuse('exchange_down', null);
      return action.value.as === 'host'
        ? connectHost(turn, author, action.value)
        : connectUser(turn, author, action.value);
    default:
      return actOnConnected(turn, author, action);
  }
}

function actOnConnected(
  turn: Turn,
  author: Author,
  { event, value }: Exclude<HeadsetAction, { event: 'headset:servers' | 'headset:connect' }>,
): Outcome {
  const leg = headsetOf(turn.model, author.userId, value.headset);
  if (!leg?.headset) return refuse('unknown_headset', null);
  const { call } = leg;
  switch (event) {
    case 'headset:candidate':
      tell(turn, { type: 'candidate', call, candidate: value.candidate, mid: value.mid });
      return null;
    case 'headset:reconnect':
      leg.headset.client = author.client;
      ask(turn, { type: 'reoffer', call, offer: value.sdp }, { kind: 'reoffer', call, author });
      return null;
    case 'headset:disconnect':
      leg.headset.client = author.client;
      askHangUp(turn, leg);
      return null;
  }
}

function connectUser(turn: Turn, author: Author, { sdp }: ConnectAction['value']): Outcome {
  const user = userOf(turn.model, author.userId);
  if (!user || user.isLeaving) return refuse('unknown_user', null, { user: author.userId });
  const place: ExchangePlace = isOnAir(user) ? { kind: 'air' } : { kind: 'monitor' };
  const leg = newLeg(turn, author, place);
  takeOver(turn, user, leg);
  const levels = userLevels(user);
  const owner = { kind: 'user', userId: user.id } as const;
  const tag = { user: user.id };
  leg.op = ask(
    turn,
    { type: 'connect', call: leg.call, owner, offer: sdp, place, levels, tag },
    { kind: 'connect', call: leg.call, author },
  );
  return null;
}

function connectHost(turn: Turn, author: Author, { sdp, replace }: ConnectAction['value']): Outcome {
  const { host, config } = turn.model;
  if (!mayDo(author.role, 'headset:connect', true)) return refuse('forbidden_on_air', null);
  if (config.hostFeed !== 'webrtc') return refuse('host_elsewhere', null);
  const holder = host.leg?.isEnding === false ? host.leg.headset : null;
  if (holder && holder.userId !== author.userId && !holder.isAway && !replace) {
    const user = userOf(turn.model, holder.userId)?.label ?? holder.userId;
    return refuse('host_taken', null, { user });
  }
  const place = { kind: 'host' } as const;
  const leg = newLeg(turn, author, place);
  if (host.leg) dismiss(turn, host.leg);
  host.leg = leg;
  host.isToBeReached = false;
  const levels = hostLevels(host);
  const tag = { host: true, by: author.userId };
  leg.op = ask(
    turn,
    { type: 'connect', call: leg.call, owner: { kind: 'host' }, offer: sdp, place, levels, tag },
    { kind: 'connect', call: leg.call, author },
  );
  return null;
}

function newLeg(turn: Turn, author: Author, place: ExchangePlace): Leg {
  return {
    call: turn.newId(),
    direction: 'in',
    stage: 'offered',
    hasMedia: false,
    place,
    isHeldByRemote: false,
    headset: { userId: author.userId, client: author.client, isAway: true },
    op: null,
    isEnding: false,
    isStuck: false,
  };
}

type HeadsetFact = Extract<ExchangeFact, { type: 'candidate' | 'ice' }>;

export function takeHeadsetFact(turn: Turn, fact: HeadsetFact): void {
  const headset = legOfCall(turn.model, fact.call)?.headset;
  if (!headset) return;
  if (fact.type === 'ice') headset.isAway = fact.isAway;
  else {
    const { call, candidate, mid } = fact;
    tellHeadset(turn, headset.client, {
      event: 'headset:candidate',
      data: { headset: call, candidate, mid },
    });
  }
}

export function takeAnswer(turn: Turn, op: HeadsetOp, result: ExchangeResult): void {
  const { call, author } = op;
  const leg = legOfCall(turn.model, call);
  if (result.ok) return leg ? answered(turn, leg, op, result.answer ?? '') : hangUpUnknown(turn, call, op);
  if (op.kind === 'connect') endCall(turn, call, 'failed', null);
  const event = op.kind === 'connect' ? 'headset:connect' : 'headset:reconnect';
  if (result.code === 'down') return report(turn, author, event, null, 'exchange_down', {});
  if (result.code === 'gone') return report(turn, author, event, null, 'unknown_headset', {});
  return report(turn, author, event, null, 'exchange_failed', { reason: result.msg });
}

function answered(turn: Turn, leg: Leg, { kind, author }: HeadsetOp, sdp: string): void {
  if (kind === 'connect') leg.stage = 'answered';
  tellHeadset(turn, leg.headset?.client ?? null, {
    event: 'headset:answer',
    data: { headset: leg.call, sdp },
    ...(author.eventId === null ? {} : { id: author.eventId }),
  });
}

/** Replaced before the exchange had it: what was said of its end may have come too early. */
function hangUpUnknown(turn: Turn, call: CallId, { kind }: HeadsetOp): void {
  if (kind === 'connect') tell(turn, { type: 'hangUp', call });
}

/** Their own, or the studio desk while it is theirs. */
function headsetOf({ users, host }: DeskModel, userId: string, call: CallId): Leg | null {
  const legs = [Object.hasOwn(users, userId) ? users[userId]?.leg : null, host.leg];
  return legs.find((leg) => leg?.call === call && leg.headset?.userId === userId && !leg.isEnding) ?? null;
}
