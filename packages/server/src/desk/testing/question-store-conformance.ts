/** What every store of questions does; run against SQLite and against the one in memory. */
import { beforeEach, expect, test } from 'vitest';
import type { QuestionRecord, QuestionStore } from '../ports/question-store.ts';
import { NO_FILTER, type RecordFilter } from '../ports/record-filter.ts';

const START = 1_700_000_000_000;

export const question: QuestionRecord = {
  id: 'q1',
  timestamp: START,
  channelId: 'studio-1',
  callId: 'c1',
  endpoint: '+220111',
  name: 'Fatou Jallow',
  bucketId: 'morning',
  durationMs: 8_000,
  mark: null,
  tags: ['song'],
};

export function conformsAsQuestionStore(open: () => QuestionStore): void {
  let store: QuestionStore;
  beforeEach(() => {
    store = open();
  });

  const find = (filter: Partial<RecordFilter>) => store.fetch({ ...NO_FILTER, limit: 50, ...filter });
  const ids = (query: Partial<RecordFilter> = {}) => find(query).questions.map(({ id }) => id);

  test('what is saved is found whole, and replaced by id', () => {
    store.save(question);
    expect(store.find('q1')).toEqual(question);
    const marked = { ...question, mark: 'short', tags: [], name: null } as const;
    store.save(marked);
    expect(store.find('q1')).toEqual(marked);
    expect(ids()).toEqual(['q1']);
    expect(store.find('q2')).toBeNull();
  });

  test('one that is being recorded is in no list until it is complete', () => {
    store.save({ ...question, durationMs: null });
    expect(ids()).toEqual([]);
    expect(store.open()).toMatchObject([{ id: 'q1', durationMs: null }]);
    store.save({ ...question, durationMs: null, timestamp: START + 5 });
    expect(store.find('q1')?.timestamp).toBe(START + 5);
    store.save({ ...question, timestamp: START + 5 });
    expect(store.open()).toEqual([]);
    expect(ids({ from: START + 5, to: START + 5 })).toEqual(['q1']);
  });

  test('what is removed is gone, recorded or not', () => {
    store.save(question);
    store.save({ ...question, id: 'q2', durationMs: null });
    expect([store.remove('q1'), store.remove('q2'), store.remove('q1')]).toEqual([true, true, false]);
    expect(ids()).toEqual([]);
    expect(store.open()).toEqual([]);
    expect(ids({ search: 'fatou' })).toEqual([]);
  });

  test('filters are joined: all the tags, any of the buckets, any of the ids, the time, the words', () => {
    store.save(question);
    store.save({
      ...question,
      id: 'q2',
      timestamp: START + 10,
      bucketId: 'evening',
      tags: ['Song', 'favorite'],
    });
    store.save({
      ...question,
      id: 'q3',
      timestamp: START + 20,
      bucketId: null,
      tags: [],
      name: null,
      endpoint: '+44',
    });
    expect(ids()).toEqual(['q3', 'q2', 'q1']);
    expect(ids({ tags: ['SONG'] })).toEqual(['q2', 'q1']);
    expect(ids({ tags: ['song', 'favorite'] })).toEqual(['q2']);
    expect(ids({ bucketIds: ['evening', 'morning'] })).toEqual(['q2', 'q1']);
    expect(ids({ ids: ['q1', 'q3', 'q9'] })).toEqual(['q3', 'q1']);
    expect(ids({ from: START + 10, to: START + 20 })).toEqual(['q3', 'q2']);
    expect(ids({ search: 'jal' })).toEqual(['q2', 'q1']);
    expect(ids({ search: '44' })).toEqual(['q3']);
    expect(ids({ search: 'nobody' })).toEqual([]);
  });

  test('pages follow each other without a gap', () => {
    for (let index = 0; index < 5; index += 1)
      store.save({ ...question, id: `q${index}`, timestamp: START + index });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = find({ limit: 2, cursor });
      seen.push(...page.questions.map(({ id }) => id));
      ({ cursor } = page);
    } while (cursor !== null);
    expect(seen).toEqual(['q4', 'q3', 'q2', 'q1', 'q0']);
  });

  test('what is done together is done as a whole or not at all', () => {
    store.save(question);
    expect(() =>
      store.together(() => {
        store.remove('q1');
        store.save({ ...question, id: 'q2' });
        throw new Error('half way');
      }),
    ).toThrow('half way');
    expect(ids()).toEqual(['q1']);
  });

  test('a person has what came from their number, what is being recorded too; nobody has what was withheld', () => {
    store.save(question);
    store.save({ ...question, id: 'q2', timestamp: START + 1 });
    store.save({ ...question, id: 'q3', endpoint: '' });
    store.save({ ...question, id: 'q4', timestamp: START + 2, durationMs: null });
    expect(store.ofPerson('+220111').map(({ id }) => id)).toEqual(['q4', 'q2', 'q1']);
    expect(store.ofPerson('')).toEqual([]);
    expect(store.ofPerson('+220999')).toEqual([]);
  });

  test('the oldest come first, without favourites, and none that is being recorded', () => {
    store.save({ ...question, tags: ['Favorite'] });
    store.save({ ...question, id: 'q2', timestamp: START + 2 });
    store.save({ ...question, id: 'q3', timestamp: START + 1 });
    store.save({ ...question, id: 'q4', timestamp: START + 3 });
    store.save({ ...question, id: 'q5', durationMs: null });
    expect(store.older(START + 3, 50).map(({ id }) => id)).toEqual(['q3', 'q2']);
    expect(store.older(START + 10, 1).map(({ id }) => id)).toEqual(['q3']);
    store.save({ ...question, tags: [] });
    expect(store.older(START + 1, 50).map(({ id }) => id)).toEqual(['q1']);
  });
}
