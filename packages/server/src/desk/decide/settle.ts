// Which mode a strip is shown in. It follows from the facts alone: the call's stage, whether sound flows, and the
// place that the exchange accepted last. So nothing is ever shown that is not heard.
import type { Channel, DeskModel, Strip, User } from '../model.ts';
import { channelTakenOver, channelWith, userWith } from '../model.ts';
import type { Turn } from '../turn.ts';

/** Brings every shown mode in line with the facts. */
export function settleModes(turn: Turn): void {
  const { model } = turn;
  for (const channel of Object.values(model.channels)) show(turn, channel, channelMode(model, channel));
  for (const user of Object.values(model.users)) show(turn, user, userMode(model, user));
}

function show(turn: Turn, strip: Strip, mode: string): void {
  if (strip.mode === mode) return;
  strip.mode = mode;
  strip.since = turn.at;
}

function channelMode(model: DeskModel, channel: Channel): string {
  const { leg } = channel;
  if (!leg) return model.isUp && model.lines[channel.lineId]?.status === 'up' ? 'free' : 'defunct';
  if (leg.stage !== 'answered' || !leg.hasMedia) {
    return leg.direction === 'out' && leg.stage === 'dialling' ? 'dial' : 'ring';
  }
  switch (leg.place.kind) {
    case 'air':
      return 'master';
    case 'hold':
      return 'on_hold';
    case 'ivr':
      return 'ivr';
    case 'private':
      // Alone in a private talk: shown as before until the caller has been put on hold.
      return userWith(model, channel)?.id ?? channel.mode;
    default:
      return channel.mode;
  }
}

function userMode(model: DeskModel, user: User): string {
  const { leg } = user;
  const waiting = channelTakenOver(model, user);
  if (waiting) return waiting.id;
  if (!leg) return model.isUp && user.isReachable ? 'free' : 'defunct';
  if (leg.direction === 'out' && (leg.stage !== 'answered' || !leg.hasMedia)) {
    // Its result has not come: whether the phone rings is not known yet.
    if (leg.stage === 'dialling' && leg.op !== null) return user.mode;
    return 'ring';
  }
  if (!leg.hasMedia) return 'free';
  if (leg.place.kind === 'air') return 'master';
  return channelWith(model, user)?.id ?? 'free';
}
