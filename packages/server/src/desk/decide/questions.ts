// A caller in ivr is asked for a question: greeting and beep by the exchange, then it records until the caller hangs up,
// presses #, or the time is up; after key and time the last words are played and the call is ended.
//
//   ivr ─► record ─► (prompt heard) ─► # ──► last words ─► hang up
//                                   └► time is up ─► recording stopped ─┘
//   hang-up, or moved elsewhere ─► recording stopped
import type { Channel, Leg } from '../model.ts';
import { channelOfCall, isPlaceable } from '../model.ts';
import type { Recorded } from '../ports/audio-files.ts';
import type { CallId, ExchangePlace, ExchangeResult, ExchangeSnapshot } from '../ports/exchange.ts';
import type { QuestionRecord } from '../ports/question-store.ts';
import type { Turn } from '../turn.ts';
import { ask, askHangUp, askMove } from '../turn.ts';

/** Shorter ones are kept, but marked. */
const SHORT_MS = 2_000;
/** Somebody who says a word is heard longer. */
const SILENT_MS = 200;
const END_KEY = '#';

export function placeOfQuestion(turn: Turn, lineId: string): ExchangePlace {
  const line = turn.model.config.lines.find(({ id }) => id === lineId);
  return { kind: 'ivr', step: 'question', prompt: turn.bucket?.greeting ?? line?.greeting ?? null };
}

/** Once a turn, after the modes are settled. */
export function followQuestions(turn: Turn): void {
  if (!turn.model.isUp) return;
  for (const channel of Object.values(turn.model.channels)) followChannel(turn, channel);
}

export function takePrompted(turn: Turn, call: CallId): void {
  const channel = channelOfCall(turn.model, call);
  if (channel?.mode !== 'ivr' || !channel.leg) return;
  if (isSayingThanks(channel.leg)) {
    if (!channel.goal) askHangUp(turn, channel.leg);
    return;
  }
  if (!channel.question) return;
  channel.question.hasBegun = true;
  const question = turn.model.questions[channel.question.id];
  if (question) save(turn, { ...question, timestamp: turn.at });
}

export function takeDigit(turn: Turn, call: CallId, digit: string): void {
  const question = channelOfCall(turn.model, call)?.question;
  if (digit === END_KEY && question?.hasBegun) question.isOver = true;
}

/** Its recording has ended, for whatever reason. */
export function takeQuestion(turn: Turn, id: string, recorded: Recorded): void {
  const question = turn.model.questions[id];
  if (!question) return;
  for (const { question: asked } of Object.values(turn.model.channels))
    if (asked?.id === id) asked.isOver = true;
  // Gone before the beep: there is no question.
  if (recorded.durationMs === 0) return drop(turn, id);
  delete turn.model.questions[id];
  turn.effects.push({ kind: 'keepQuestion', question: finished(turn, question, recorded) });
}

/** Nothing can be recorded: somebody has to speak to the caller. */
export function takeUnasked(turn: Turn, id: string, result: ExchangeResult): void {
  if (result.ok) return;
  drop(turn, id);
  const channel = Object.values(turn.model.channels).find(({ question }) => question?.id === id);
  if (!channel || result.code === 'gone') return;
  channel.question = null;
  channel.goal ??= { mode: 'on_hold', author: null, event: 'channelMode', key: channel.id };
}

/** After a restart of the server or the exchange: questions that are still being recorded go on, the others are as long as their file. */
export function adoptQuestions(
  turn: Turn,
  open: readonly QuestionRecord[],
  files: Readonly<Record<string, Recorded | null>>,
  snapshot: ExchangeSnapshot,
): void {
  const running = new Set(snapshot.calls.flatMap(({ recordings }) => recordings));
  turn.model.questions = Object.fromEntries(open.map((question) => [question.id, { ...question }]));
  for (const channel of Object.values(turn.model.channels)) {
    if (channel.leg?.place.kind !== 'ivr') continue;
    // Nobody was there to hear that the last words were over.
    if (isSayingThanks(channel.leg)) askHangUp(turn, channel.leg);
    const id = open.findLast(({ callId }) => callId === channel.recordId)?.id;
    // One that was never recorded is asked for anew.
    if (id !== undefined && (running.has(id) || files[id])) {
      channel.question = { id, hasBegun: true, isOver: !running.has(id) };
    }
  }
  for (const id of Object.keys(turn.model.questions)) {
    if (!running.has(id)) takeQuestion(turn, id, files[id] ?? { durationMs: 0, loudMs: 0 });
  }
}

function followChannel(turn: Turn, channel: Channel): void {
  const { leg, mode } = channel;
  if (mode !== 'ivr') channel.question = null;
  if (mode !== 'ivr' || !leg || leg.isEnding || !leg.hasMedia || isSayingThanks(leg)) return;
  // A test call has no record, and its question would have no caller.
  if (channel.goal || channel.recordId === null) return;
  if (!channel.question) return begin(turn, channel, leg);
  if (!channel.question.isOver || leg.isStuck || !isPlaceable(leg)) return;
  const prompt = turn.model.config.thanks;
  askMove(turn, [{ call: leg.call, place: { kind: 'ivr', step: 'thanks', prompt } }]);
}

function begin(turn: Turn, channel: Channel, leg: Leg): void {
  const id = turn.newId();
  channel.question = { id, hasBegun: false, isOver: false };
  save(turn, {
    id,
    timestamp: turn.at,
    channelId: channel.id,
    callId: channel.recordId,
    endpoint: channel.contact?.number ?? '',
    name: channel.contact?.name ?? null,
    bucketId: turn.bucket?.id ?? null,
    durationMs: null,
    mark: null,
    tags: [],
  });
  const maxMs = turn.model.config.questionMaxMs;
  ask(
    turn,
    { type: 'recordQuestion', recording: id, call: leg.call, maxMs },
    { kind: 'question', questionId: id },
  );
}

function finished(turn: Turn, question: QuestionRecord, { durationMs, loudMs }: Recorded): QuestionRecord {
  const mark = loudMs < SILENT_MS ? 'silent' : durationMs < SHORT_MS ? 'short' : null;
  const channel = Object.values(turn.model.channels).find(({ recordId }) => recordId === question.callId);
  // The screener may have learned the name meanwhile.
  const name = (question.callId === null ? null : channel?.contact?.name) ?? question.name;
  return { ...question, durationMs, mark, name };
}

function save(turn: Turn, question: QuestionRecord): void {
  turn.model.questions[question.id] = question;
  turn.effects.push({ kind: 'keepQuestion', question });
}

function drop(turn: Turn, id: string): void {
  delete turn.model.questions[id];
  turn.effects.push({ kind: 'dropQuestion', id });
}

function isSayingThanks(leg: Leg): boolean {
  return leg.place.kind === 'ivr' && leg.place.step === 'thanks';
}
