// Recorded questions, as clients list, tag and delete them. The live desk makes them (decide/questions.ts); one that is
// being recorded is nobody's yet.
import type { Action, Question, Refusal, ServerFrame } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { QuestionRecord, QuestionStore } from '../ports/question-store.ts';
import { questionView } from '../view.ts';
import { EXPORTED_A_STEP, type PersonalSource } from './personal.ts';
import type { RecordAction, RecordHandler } from './records.ts';
import { type Aging, oldBefore } from './retention.ts';
import { tagsAfter, type TagAction, type TagEvent } from './tagging.ts';

export interface QuestionRecordsPorts {
  store: QuestionStore;
  broadcaster: Broadcaster;
}

const tagEvents: readonly TagEvent<'questions'>[] = [
  'questions:favorite',
  'questions:unfavorite',
  'questions:addTags',
  'questions:removeTags',
];

type Updates = Record<string, Question | null>;

export function createQuestionRecords(ports: QuestionRecordsPorts): RecordHandler & PersonalSource & Aging {
  const { store, broadcaster } = ports;

  function fetch({ value }: Action<'questions:fetch'>, { client }: Author): void {
    const { bucket_ids: bucketIds, ...filter } = value;
    const { questions, cursor } = store.fetch({ ...filter, bucketIds });
    const data = { questions: questions.map(questionView), cursor };
    broadcaster.send({ to: 'self', client }, { event: 'questions:list', data });
  }

  function change(action: RecordAction, updates: Updates): Refusal | null {
    if (action.event !== 'questions:delete' && !isTagging(action)) return null;
    const { key: id } = action;
    const question = store.find(id);
    if (!question || isOpen(question)) return refusal('unknown_question', id, { question: id });
    if (isTagging(action)) return tag(question, action, updates);
    store.remove(id);
    updates[id] = null;
    return null;
  }

  function tag(question: QuestionRecord, action: TagAction, updates: Updates): Refusal | null {
    const result = tagsAfter(question.tags, action);
    if (!result.ok) return result.refusal;
    if (result.tags === question.tags) return null;
    const tagged = { ...question, tags: result.tags };
    store.save(tagged);
    updates[question.id] = questionView(tagged);
    return null;
  }

  return {
    events: ['questions:fetch', 'questions:delete', ...tagEvents],

    act(actions, by) {
      const updates: Updates = {};
      const refusals = store.together(() =>
        actions.flatMap((action) => {
          if (action.event === 'questions:fetch') fetch(action, by);
          return change(action, updates) ?? [];
        }),
      );
      if (Object.keys(updates).length > 0) {
        broadcaster.send({ to: 'all' }, { event: 'questions:update', data: updates });
      }
      return refusals;
    },

    *exportOf(contactId) {
      const recorded = store.ofPerson(contactId).filter((question) => !isOpen(question));
      for (let at = 0; at < recorded.length; at += EXPORTED_A_STEP) {
        yield { questions: recorded.slice(at, at + EXPORTED_A_STEP).map(questionView) };
      }
    },
    erasureRefusal(contactId) {
      return store.ofPerson(contactId).some(isOpen) ? refusal('call_is_up', contactId) : null;
    },
    erase(contactId, limit) {
      const recorded = store.ofPerson(contactId).filter((question) => !isOpen(question));
      const questions = recorded.slice(0, limit);
      for (const { id } of questions) store.remove(id);
      return { erased: questions.length, frames: removed(questions) };
    },

    expire(now, { recordings }, limit) {
      const before = oldBefore(now, recordings);
      if (before === null) return [];
      return store.together(() => {
        const questions = store.older(before, limit);
        for (const { id } of questions) store.remove(id);
        return removed(questions);
      });
    },
  };
}

function removed(questions: readonly QuestionRecord[]): ServerFrame[] {
  if (questions.length === 0) return [];
  return [{ event: 'questions:update', data: Object.fromEntries(questions.map(({ id }) => [id, null])) }];
}

/** The live desk still writes it. */
function isOpen({ durationMs }: QuestionRecord): boolean {
  return durationMs === null;
}

function isTagging(action: RecordAction): action is Action<TagEvent<'questions'>> {
  return (tagEvents as readonly string[]).includes(action.event);
}
