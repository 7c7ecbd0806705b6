/** What every store of questions does; run against SQLite and against the one in memory. */
import { beforeEach, expect, test } from 'vitest';
import type { QuestionQuery, QuestionRecord, QuestionStore } from '../ports/question-store.ts';

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

  const find = (query: Partial<QuestionQuery>) => {
    const all = {
      tags: [],
      bucketIds: [],
      ids: [],
      from: null,
      to: null,
      search: null,
      limit: 50,
      cursor: null,
    };
    return store.fetch({ ...all, ...query });
  };
  const ids = (query: Partial<QuestionQuery> = {}) => find(query).questions.map(({ id }) => id);

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
}
