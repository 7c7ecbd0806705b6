// The exchange has accepted or refused a command. Accepted is heard; refused gives the goal up and says why,
// except where a call has just gone: then its end is on its way, and the goal is looked at again after it.
import type { Goal, Leg, Op, OpId } from '../model.ts';
import { channelOfCall, legOfCall, userOfCall } from '../model.ts';
import type { CallId, ExchangeResult } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';
import { failGoal, report } from '../turn.ts';
import { takeDumped } from './delay.ts';
import { endCall } from './ended.ts';
import { takeAnswer } from './headsets.ts';
import { takeUnplayed } from './players.ts';
import { takeUnasked } from './questions.ts';
import { finishRecording } from './records.ts';
import { takeWhispered } from './whisper.ts';

type Refused = Extract<ExchangeResult, { ok: false }>;

export function takeResult(turn: Turn, id: OpId, result: ExchangeResult): void {
  const op = turn.model.ops[id];
  if (!op) return;
  delete turn.model.ops[id];
  const legs = callsOf(op).map((call) => legOfCall(turn.model, call));
  for (const leg of legs) if (leg?.op === id) leg.op = null;
  if (op.kind === 'connect' || op.kind === 'reoffer') return takeAnswer(turn, op, result);
  if (op.kind === 'whisper') return takeWhispered(turn, op, result);
  if (op.kind === 'play') return takeUnplayed(turn, op, result);
  if (op.kind === 'dump') return takeDumped(turn, op, result);
  if (op.kind === 'question') return takeUnasked(turn, op.questionId, result);
  if (result.ok) return takeAccepted(turn, op);
  if (op.kind === 'record') return takeUnrecorded(turn, op, result);
  if (result.code === 'gone') {
    // A call of it that we do not know any more was the one: try again without it. Else wait for the end's fact.
    if (legs.includes(null)) return;
    for (const leg of legs) if (leg) leg.isStuck = true;
    return;
  }
  takeRefused(turn, op, result);
}

function callsOf(op: Op): CallId[] {
  if (op.kind === 'move') return op.moves.map(({ call }) => call);
  return 'call' in op ? [op.call] : [];
}

function takeAccepted(turn: Turn, op: Op): void {
  const moves = op.kind === 'move' ? op.moves : op.kind === 'answer' ? [op] : [];
  for (const { call, place } of moves) {
    const leg = legOfCall(turn.model, call);
    if (leg) leg.place = place;
    // The fact may come later; a second answer would be refused.
    if (leg && op.kind === 'answer') leg.stage = 'answered';
  }
}

function takeRefused(
  turn: Turn,
  op: Exclude<Op, { kind: 'record' | 'whisper' | 'question' | 'dump' | 'play' | 'connect' | 'reoffer' }>,
  result: Refused,
): void {
  if (op.kind === 'dial' || op.kind === 'reach') return takeUndialled(turn, op.call, result);
  for (const call of callsOf(op)) {
    const leg = legOfCall(turn.model, call);
    if (!leg) continue;
    leg.isStuck = true;
    if (op.kind === 'hangUp') leg.isEnding = false;
    giveUp(turn, call, leg, result);
  }
}

function giveUp(turn: Turn, call: CallId, leg: Leg, result: Refused): void {
  const strip: { goal: Goal | null } | null = channelOfCall(turn.model, call) ?? userOfCall(turn.model, call);
  // A hang-up outlives the failure of what was on its way when it was asked for.
  if (!strip || leg.isEnding) return;
  if (result.code === 'down') failGoal(turn, strip, 'exchange_down', {});
  else failGoal(turn, strip, 'exchange_failed', { reason: result.msg });
}

/** It never was a call: no fact will tell of its end. */
function takeUndialled(turn: Turn, call: CallId, result: Refused): void {
  const channel = channelOfCall(turn.model, call);
  if (channel) failGoal(turn, channel, 'exchange_failed', { reason: result.msg });
  endCall(turn, call, result.code === 'unreachable' ? 'unreachable' : 'failed', null);
}

function takeUnrecorded(turn: Turn, op: Extract<Op, { kind: 'record' }>, result: Refused): void {
  const { recordingId, author } = op;
  finishRecording(turn, recordingId, null, result.msg);
  const { master } = turn.model;
  if (master.recordingId === recordingId) master.isRecording = false;
  const channel = Object.values(turn.model.channels).find((each) => each.recordingId === recordingId);
  if (channel) channel.isRecording = false;
  const user = Object.values(turn.model.users).find((each) => each.conversation?.recordingId === recordingId);
  if (user) user.isRecording = false;
  if (result.code === 'gone') return;
  const event = channel ? 'channelRecording' : user ? 'userRecording' : 'masterRecording';
  report(turn, author, event, channel?.id ?? user?.id ?? null, 'exchange_failed', { reason: result.msg });
}
