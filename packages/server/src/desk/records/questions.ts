// Recorded questions, as clients list, tag and delete them. The live desk makes them (decide/questions.ts); one that is
// being recorded is nobody's yet.
import type { Question, Refusal, ServerFrame } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { AudioFiles } from '../ports/audio-files.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { QuestionRecord, QuestionStore } from '../ports/question-store.ts';
import { questionView } from '../view.ts';
import type { RecordAction, RecordHandler } from './records.ts';
import { FAVORITE, MAX_TAGS, withTags, withoutTags } from './tags.ts';

export interface QuestionRecordsPorts {
  store: QuestionStore;
  audio: AudioFiles;
  broadcaster: Broadcaster;
}

type QuestionAction = Extract<RecordAction, { event: `questions:${string}` }>;
type Change = Exclude<QuestionAction, { event: 'questions:fetch' }>;
type Fetch = Extract<QuestionAction, { event: 'questions:fetch' }>;
type Changed = Record<string, Question | null>;

export function createQuestionRecords(ports: QuestionRecordsPorts): RecordHandler {
  const { store, broadcaster } = ports;
  return {
    events: [
      'questions:fetch',
      'questions:delete',
      'questions:favorite',
      'questions:unfavorite',
      'questions:addTags',
      'questions:removeTags',
    ],
    act(actions: readonly RecordAction[], { client }: Author): Refusal[] {
      const ours = actions.filter(isOurs);
      for (const action of ours) {
        if (action.event === 'questions:fetch')
          broadcaster.send({ to: 'self', client }, list(store, action.value));
      }
      const changes = ours.filter((action) => action.event !== 'questions:fetch');
      const changed: Changed = {};
      const refusals = store.together(() => changes.flatMap((action) => change(ports, action, changed)));
      if (Object.keys(changed).length > 0) {
        broadcaster.send({ to: 'all' }, { event: 'questions:update', data: changed });
      }
      return refusals;
    },
  };
}

function isOurs(action: RecordAction): action is QuestionAction {
  return action.event.startsWith('questions:');
}

function list(store: QuestionStore, value: Fetch['value']): ServerFrame {
  const { bucket_ids: bucketIds, ...query } = value;
  const { questions, cursor } = store.fetch({ ...query, bucketIds });
  return { event: 'questions:list', data: { questions: questions.map(questionView), cursor } };
}

function change({ store, audio }: QuestionRecordsPorts, action: Change, changed: Changed): Refusal[] {
  const { key } = action;
  const question = store.find(key);
  if (!question || question.durationMs === null) {
    return [refusal('unknown_question', key, { question: key })];
  }
  if (action.event === 'questions:delete') {
    // The audio first: what is left of an interrupted deletion is an entry that can be deleted again.
    audio.remove(key);
    store.remove(key);
    changed[key] = null;
    return [];
  }
  const tags = tagsAfter(question, action);
  if (tags.length > MAX_TAGS) return [refusal('too_many_tags', key, { limit: String(MAX_TAGS) })];
  if (tags === question.tags) return [];
  const tagged = { ...question, tags };
  store.save(tagged);
  changed[key] = questionView(tagged);
  return [];
}

function tagsAfter(
  { tags }: QuestionRecord,
  action: Exclude<Change, { event: 'questions:delete' }>,
): readonly string[] {
  switch (action.event) {
    case 'questions:favorite':
      return withTags(tags, [FAVORITE]);
    case 'questions:unfavorite':
      return withoutTags(tags, [FAVORITE]);
    case 'questions:addTags':
      return withTags(tags, action.value);
    case 'questions:removeTags':
      return withoutTags(tags, action.value);
  }
}
