// The desk's one function: (state, input) -> state and effects, or a refusal that leaves everything as it was.
// Pure: time and new names come in, effects come out; desk.ts runs it and performs them.
//
//   input -> entered in a copy -> modes settled -> next commands -> recordings, records -> what changed is sent
import type { Question } from '@openline/protocol';
import { broadcastsBetween } from '../changes.ts';
import { copyModel } from '../model.ts';
import type { Author, DeskModel } from '../model.ts';
import { storedStrips } from '../strips.ts';
import type { Decision, DeskInput, Effect, Moment, Outcome, Turn } from '../turn.ts';
import { startTurn } from '../turn.ts';
import { callView, questionView, viewOf } from '../view.ts';
import { act } from './act.ts';
import { configure } from './configure.ts';
import { noteCard } from './contacts.ts';
import { takeFact } from './facts.ts';
import { unmuteInIvr } from './levels.ts';
import { progress } from './progress.ts';
import { followQuestions } from './questions.ts';
import { followRecordings } from './recording.ts';
import { followRecords, isFinished, noteTags } from './records.ts';
import { takeResult } from './results.ts';
import { followScreening, makeRoom } from './screening.ts';
import { settleModes } from './settle.ts';
import { endWhispers } from './whisper.ts';

/** Passes of settling and progress: one may free a user for whom a channel waits. */
const PASSES = 2;

export function decide(before: DeskModel, input: DeskInput, moment: Moment): Decision {
  const author = input.kind === 'action' ? input.by : null;
  const turn = startTurn(copyModel(before), moment, author);
  const refusal = enter(turn, input);
  if (refusal) return { ok: false, refusal };
  for (let pass = 0; pass < PASSES; pass += 1) {
    settleModes(turn);
    makeRoom(turn);
    progress(turn);
  }
  settleModes(turn);
  followScreening(turn);
  endWhispers(turn);
  unmuteInIvr(turn);
  followQuestions(turn);
  followRecordings(turn);
  followRecords(turn);
  const effects = effectsOf(turn, before, author);
  forgetFinished(turn);
  return { ok: true, model: turn.model, effects };
}

function enter(turn: Turn, input: DeskInput): Outcome {
  switch (input.kind) {
    case 'action':
      return act(turn, input.action, input.toDial);
    case 'fact':
      takeFact(turn, input.fact, input);
      return null;
    case 'tags':
      noteTags(turn, input.recordId, input.tags);
      return null;
    case 'card':
      noteCard(turn, input);
      return null;
    case 'result':
      takeResult(turn, input.op, input.result);
      return null;
    case 'configure':
      configure(turn, input.config, input.strips);
      return null;
  }
}

/**
 * What is kept comes first, then what is done, then what is told. Last of all where the faders and switches stand: the next start
 * wants to know, but nobody should wait for the disk until a caller is mute. Whoever asked is answered after that.
 */
function effectsOf(turn: Turn, before: DeskModel, author: Author | null): Effect[] {
  const kept = turn.effects.filter(({ kind }) =>
    ['saveContact', 'countBlocked', 'keepPoint', 'keepQuestion', 'dropQuestion'].includes(kind),
  );
  const done = turn.effects.filter(({ kind }) => kind === 'exchange');
  const told = turn.effects.filter(({ kind }) => kind === 'broadcast');
  const records = changedRecords(turn);
  return [
    ...kept,
    ...records.map(({ record }): Effect => ({ kind: 'saveCall', record })),
    ...done,
    ...broadcastsBetween(viewOf(before), viewOf(turn.model), author),
    ...callsUpdate(turn, records),
    ...questionsUpdate(turn),
    ...told,
    ...changedStrips(before, turn.model),
  ];
}

function changedRecords(turn: Turn) {
  return [...turn.changedRecords].flatMap(([id, how]) => {
    const record = turn.model.records[id];
    if (!record) return [];
    record.seenAt = turn.at;
    return [{ record, how }];
  });
}

function callsUpdate(turn: Turn, changed: ReturnType<typeof changedRecords>): Effect[] {
  const published = changed.filter(({ how }) => how === 'publish');
  if (published.length === 0) return [];
  const data = Object.fromEntries(published.map(({ record }) => [record.id, callView(record, turn.at)]));
  return [{ kind: 'broadcast', audience: { to: 'all' }, frame: { event: 'calls:update', data } }];
}

/** What is being recorded is nobody's yet. */
function questionsUpdate(turn: Turn): Effect[] {
  const data: Record<string, Question> = {};
  for (const effect of turn.effects) {
    if (effect.kind !== 'keepQuestion' || effect.question.durationMs === null) continue;
    data[effect.question.id] = questionView(effect.question);
  }
  if (Object.keys(data).length === 0) return [];
  return [{ kind: 'broadcast', audience: { to: 'all' }, frame: { event: 'questions:update', data } }];
}

function changedStrips(before: DeskModel, after: DeskModel): Effect[] {
  const was = storedStrips(before);
  return Object.entries(storedStrips(after)).flatMap(([key, strip]): Effect[] => {
    const isSame = JSON.stringify(was[key]) === JSON.stringify(strip);
    return isSame ? [] : [{ kind: 'saveStrip', key, strip }];
  });
}

function forgetFinished({ model }: Turn): void {
  for (const [id, record] of Object.entries(model.records)) if (isFinished(record)) delete model.records[id];
}
