// The broadcast delay: what is asked for, what the exchange makes of it, and what is taken out of it. A delay is never lost
// in silence: an exchange that was started again has none, and says so until somebody sets one, or none.
import { BYPASS } from '../model.ts';
import type { Op } from '../model.ts';
import type { DelayReport, ExchangeResult } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { ask, refuse, report, tell } from '../turn.ts';
import { addRecording, closeRecord, finishRecording, openRecord } from './records.ts';

const LOST = 'delay_lost';
/** Where the settings say 0: all of it. */
const ALL_MS = 60_000;

export function setDelay(turn: Turn, delayS: number): Outcome {
  const { master, isUp } = turn.model;
  if (!isUp && delayS > 0) return refuse('exchange_down', null);
  master.delayS = delayS;
  forgetLost(turn);
  if (isUp) tell(turn, { type: 'delay', targetMs: delayS * 1_000 });
  return null;
}

/** What was taken out is an entry of the history, with who did it. */
export function dump(turn: Turn): Outcome {
  const { master, isUp, config } = turn.model;
  if (!isUp) return refuse('exchange_down', null);
  if (master.delay.depthMs === 0) return refuse('nothing_delayed', null);
  const { author } = turn;
  const name = config.users.find(({ id }) => id === author?.userId)?.name ?? null;
  const opening = { channelId: null, lineId: null, direction: null, number: '', name } as const;
  const { id: recordId } = openRecord(turn, { type: 'dump', ...opening });
  const recordingId = turn.newId();
  addRecording(turn, recordId, recordingId, 'program');
  closeRecord(turn, recordId, 'normal', null);
  const command = { type: 'dump', recording: recordingId, dumpMs: config.dumpMs || ALL_MS } as const;
  ask(turn, command, { kind: 'dump', recordId, recordingId, author });
  return null;
}

/** It may have run out in the same moment: then there is no file, and the entry says that it was tried. */
export function takeDumped(turn: Turn, op: Extract<Op, { kind: 'dump' }>, result: ExchangeResult): void {
  if (result.ok) return;
  finishRecording(turn, op.recordingId, null, result.msg);
  if (result.code === 'wrong_state') report(turn, op.author, 'masterDump', null, 'nothing_delayed', {});
  else report(turn, op.author, 'masterDump', null, 'exchange_failed', { reason: result.msg });
}

/** The exchange is back. A delay that it does not have is lost: it comes back only when somebody wants it. */
export function adoptDelay(turn: Turn, delay: DelayReport): void {
  const { master } = turn.model;
  master.delay = delay;
  const targetMs = master.delayS * 1_000;
  if (targetMs > 0 && delay.targetMs === 0) {
    master.lostDelayS = master.delayS;
    master.delayS = 0;
  } else if (targetMs !== delay.targetMs) {
    tell(turn, { type: 'delay', targetMs });
  }
  if (master.lostDelayS === null) return;
  turn.model.alarms[LOST] = `the delay of ${master.lostDelayS} s was lost, the program goes out without one`;
}

/** With the exchange goes what it held back. */
export function forgetDelay(turn: Turn): void {
  turn.model.master.delay = { ...BYPASS };
}

function forgetLost({ model }: Turn): void {
  model.master.lostDelayS = null;
  delete model.alarms[LOST];
}
