// One leg takes another's place: a user, or the studio desk, is heard over a newer phone or headset. And what a headset is
// told of its end.
import type { ServerEventData, ServerFrame } from '@openline/protocol';
import type { Leg, User } from '../model.ts';
import { channelWith } from '../model.ts';
import type { ClientId } from '../ports/broadcaster.ts';
import type { Turn } from '../turn.ts';
import { askHangUp } from '../turn.ts';

type Why = ServerEventData<'headset:ended'>['why'];

export function isOnAir({ mode, leg }: User): boolean {
  return mode === 'master' && leg?.place.kind === 'air' && !leg.isEnding;
}

/** The user is heard over another leg from now on, and whom they are private with waits for it. */
export function takeOver(turn: Turn, user: User, leg: Leg): void {
  const former = user.leg;
  user.takesOver = channelWith(turn.model, user)?.id ?? user.takesOver;
  user.leg = leg;
  user.whisper = null;
  user.whisperAsked = null;
  if (former) dismiss(turn, former);
}

/** Somebody who is heard from elsewhere now. */
export function dismiss(turn: Turn, leg: Leg): void {
  if (!leg.isEnding) tellEnded(turn, leg, 'replaced');
  askHangUp(turn, leg);
}

export function tellEnded(turn: Turn, { call, headset }: Leg, why: Why): void {
  if (headset) tellHeadset(turn, headset.client, { event: 'headset:ended', data: { headset: call, why } });
}

export function whyEnded(cause: string): Why {
  if (cause === 'rtp_timeout') return 'lost';
  return cause === 'normal' || cause === 'cancelled' ? 'hung_up' : 'failed';
}

export function tellHeadset(turn: Turn, client: ClientId | null, frame: ServerFrame): void {
  if (client === null) return;
  turn.effects.push({ kind: 'broadcast', audience: { to: 'self', client }, frame });
}
