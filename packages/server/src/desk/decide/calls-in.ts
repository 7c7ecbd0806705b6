// A call comes in: a listener's on a free channel of its line, a user's or the studio desk's phone to its owner.
import type { CallerHistory, Contact } from '@openline/protocol';
import type { Channel, Leg, User } from '../model.ts';
import { channelWaitingFor, legOfCall, noScreening, userOf } from '../model.ts';
import type { ExchangeCall } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';
import { tell } from '../turn.ts';
import { cardFor } from './contacts.ts';
import { isWithinReach, placeOfMode } from './progress.ts';
import { closeRecord, openRecord } from './records.ts';
import { dismiss, isOnAir, takeOver } from './taking-over.ts';

export function takeOffered(
  turn: Turn,
  call: ExchangeCall,
  contact: Contact | null,
  caller: CallerHistory | null,
  blocked: ReadonlySet<string>,
): void {
  if (legOfCall(turn.model, call.call)) return;
  if (call.owner.kind === 'line' && blocked.has(call.number)) {
    tell(turn, { type: 'reject', call: call.call, why: 'busy' });
    turn.effects.push({ kind: 'countBlocked', number: call.number });
    return;
  }
  if (call.isTest && call.owner.kind === 'line') return takeTest(turn, call, call.owner.lineId);
  if (call.owner.kind === 'line') takeListener(turn, call, call.owner.lineId, contact, caller);
  else if (call.owner.kind === 'user') takeUserPhone(turn, call, userOf(turn.model, call.owner.userId));
  else takeHostPhone(turn, call);
}

/** A leg as the exchange describes it. */
export function legOf(call: ExchangeCall): Leg {
  return {
    call: call.call,
    direction: call.direction,
    stage: call.state,
    hasMedia: call.hasMedia,
    place: call.place,
    isHeldByRemote: call.isHeldByRemote,
    headset: headsetOf(call),
    op: null,
    isEnding: false,
    isStuck: false,
  };
}

function headsetOf({ owner, tag, isHeadset = false, isAway = false }: ExchangeCall): Leg['headset'] {
  if (!isHeadset || owner.kind === 'line') return null;
  const userId = owner.kind === 'user' ? owner.userId : String(tag['by'] ?? '');
  return { userId, client: null, isAway };
}

/** The first channel of a line that can take a call. */
export function freeChannelOf(turn: Turn, lineId: string): Channel | null {
  return (
    Object.values(turn.model.channels).find(
      (channel) =>
        channel.lineId === lineId && channel.mode === 'free' && channel.leg === null && !channel.isLeaving,
    ) ?? null
  );
}

/** Gives a channel the call; what the last call left on it goes. */
export function occupy(
  channel: Channel,
  leg: Leg,
  card: Contact,
  caller: CallerHistory | null,
  recordId: string | null,
): void {
  channel.leg = leg;
  channel.direction = leg.direction;
  channel.contact = card;
  channel.caller = caller;
  channel.cardRecordId = recordId;
  channel.screening = noScreening();
  channel.recordId = recordId;
  channel.goal = null;
  channel.quality = null;
  channel.error = null;
  channel.recordingId = null;
  channel.question = null;
}

function takeListener(
  turn: Turn,
  call: ExchangeCall,
  lineId: string,
  contact: Contact | null,
  caller: CallerHistory | null,
): void {
  const card = cardFor(call.number, call.displayName, contact);
  const channel = turn.model.queue.areLinesBusy ? null : freeChannelOf(turn, lineId);
  const record = openRecord(turn, {
    type: 'call',
    channelId: channel?.id ?? null,
    lineId,
    direction: 'in',
    number: call.number,
    name: card.name,
  });
  if (!channel) {
    tell(turn, { type: 'reject', call: call.call, why: 'busy' });
    closeRecord(turn, record.id, 'busy', null);
    return;
  }
  occupy(channel, legOf(call), card, caller, record.id);
  tell(turn, { type: 'tag', call: call.call, tag: { channel: channel.id, record: record.id } });
  answerByItself(turn, channel);
}

/** Rings like a listener and has no record; never goes anywhere by itself. */
function takeTest(turn: Turn, call: ExchangeCall, lineId: string): void {
  const channel = freeChannelOf(turn, lineId);
  if (!channel) return tell(turn, { type: 'reject', call: call.call, why: 'busy' });
  return occupy(channel, legOf(call), cardFor(call.number, call.displayName, null), null, null);
}

/** Autoanswer. A user who is away, talking or on air is not disturbed: the call rings. */
function answerByItself(turn: Turn, channel: Channel): void {
  const mode = channel.autoanswer;
  if (mode === null) return;
  const user = userOf(turn.model, mode);
  if (user ? !isAtLeisure(turn, user) : placeOfMode(turn, mode, channel).kind === 'silence') return;
  channel.goal = { mode, author: null, event: 'channelAutoAnswer', key: channel.id };
}

function isAtLeisure(turn: Turn, user: User): boolean {
  return user.mode === 'free' && !user.goal && !channelWaitingFor(turn.model, user) && isWithinReach(user);
}

/** It is answered at once and hears the program; a second one replaces the first, unless that is a phone in use. */
function takeUserPhone(turn: Turn, call: ExchangeCall, user: User | null): void {
  const isInUse = user?.leg?.stage === 'answered' && user.mode !== 'free' && user.leg.headset === null;
  if (!user || isInUse) {
    tell(turn, { type: 'reject', call: call.call, why: 'busy' });
    return;
  }
  const wasOnAir = isOnAir(user);
  takeOver(turn, user, legOf(call));
  if (wasOnAir) user.goal = { mode: 'master', author: null, event: 'channelMode', key: user.id };
  tell(turn, { type: 'tag', call: call.call, tag: { user: user.id } });
}

/** The newer call wins: a desk phone that restarted calls again before its old call has timed out. */
function takeHostPhone(turn: Turn, call: ExchangeCall): void {
  const { host } = turn.model;
  if (host.leg) dismiss(turn, host.leg);
  host.leg = legOf(call);
  host.isToBeReached = false;
  tell(turn, { type: 'tag', call: call.call, tag: { host: true } });
}
