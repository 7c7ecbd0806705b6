// A call has ended: its strip is free, its record closed, and whoever was waiting for it is told.
import type { Channel, Host, User } from '../model.ts';
import { channelOfCall, channelWaitingFor, noScreening, userOfCall } from '../model.ts';
import type { CallId, CallQuality } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';
import { failGoal } from '../turn.ts';
import { closeRecord } from './records.ts';
import { tellEnded, whyEnded } from './taking-over.ts';

/** Causes that a strip goes on showing, because nobody saw them happen. */
const worthShowing = new Set([
  'busy',
  'no_answer',
  'not_found',
  'unreachable',
  'rejected',
  'media_error',
  'protocol_error',
]);

export function endCall(turn: Turn, call: CallId, cause: string, quality: CallQuality | null): void {
  unstick(turn);
  const channel = channelOfCall(turn.model, call);
  if (channel) return endChannel(turn, channel, cause, quality);
  const user = userOfCall(turn.model, call);
  if (user) return endUser(turn, user, cause);
  const { host } = turn.model;
  if (host.leg?.call !== call) return;
  tellEnded(turn, host.leg, whyEnded(cause));
  host.leg = null;
}

/** The contact stays until the next call, so that the card can still be finished. */
export function endChannel(turn: Turn, channel: Channel, cause: string, quality: CallQuality | null): void {
  if (channel.goal && channel.goal.mode !== 'free') failGoal(turn, channel, 'call_gone', {});
  closeRecord(turn, channel.recordId, cause, quality);
  channel.error = channel.direction === 'out' && worthShowing.has(cause) ? cause : null;
  // Only a test call has no record: nobody's card is to be finished.
  if (channel.recordId === null) channel.contact = null;
  channel.leg = null;
  channel.goal = null;
  channel.direction = null;
  channel.recordId = null;
  channel.quality = null;
  channel.isRecording = false;
  channel.recordingId = null;
  channel.question = null;
  channel.screening = noScreening();
  if (channel.isLeaving) delete turn.model.channels[channel.id];
}

export function endUser(turn: Turn, user: User, cause: string): void {
  if (user.leg) tellEnded(turn, user.leg, whyEnded(cause));
  const waiting = channelWaitingFor(turn.model, user);
  if (waiting) failGoal(turn, waiting, 'user_did_not_answer', { user: user.label });
  // Both were to go to air, or apart: without the user, the caller alone does not.
  for (const channel of Object.values(turn.model.channels)) {
    if (user.goal && channel.goal?.key === user.id) channel.goal = null;
  }
  if (user.goal) failGoal(turn, user, 'user_did_not_answer', { user: user.label });
  user.leg = null;
  user.takesOver = null;
  user.quality = null;
  if (user.isLeaving) delete turn.model.users[user.id];
}

/** Something has changed: what failed before is worth another try. */
function unstick(turn: Turn): void {
  const strips: (Channel | User | Host)[] = [
    ...Object.values(turn.model.channels),
    ...Object.values(turn.model.users),
    turn.model.host,
  ];
  for (const { leg } of strips) if (leg) leg.isStuck = false;
}
