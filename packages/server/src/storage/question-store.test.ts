import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { conformsAsQuestionStore, question } from '../desk/testing/question-store-conformance.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { openDatabase } from './database.ts';
import { openStores, type Stores } from './stores.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-questions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): Stores {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  return openStores(opened.database, {
    numbers: createNumberPlan(() => 'GM'),
    audioFolder: folder,
    onProblem: (problem) => {
      throw problem;
    },
  });
}

describe('questions in SQLite', () => {
  conformsAsQuestionStore(() => open().questions);
});

test('a person has what came from their number, however it is written, and is found by it', () => {
  const { questions } = open();
  questions.save({ ...question, endpoint: '7000001' });
  questions.save({ ...question, id: 'q2', endpoint: '+220 700 0001', timestamp: question.timestamp + 1 });
  expect(questions.ofPerson('+2207000001').map(({ id }) => id)).toEqual(['q2', 'q1']);
  const filter = { tags: [], bucketIds: [], ids: [], from: null, to: null, limit: 9, cursor: null };
  expect(questions.fetch({ ...filter, search: '7000001' }).questions).toHaveLength(2);
});

test('its audio goes with a question, once that is committed, and not before', () => {
  const stores = open();
  const path = join(folder, 'q1.wav');
  writeFileSync(path, 'sound');
  stores.questions.save(question);
  expect(() =>
    stores.questions.together(() => {
      stores.questions.remove('q1');
      throw new Error('half way');
    }),
  ).toThrow('half way');
  expect(existsSync(path)).toBe(true);
  stores.questions.together(() => {
    stores.questions.remove('q1');
    expect(existsSync(path)).toBe(true);
  });
  expect(existsSync(path)).toBe(false);
});

test('a bucket knows how many questions it holds', () => {
  const { questions, buckets } = open();
  questions.save(question);
  questions.save({ ...question, tags: ['again'] });
  questions.save({ ...question, id: 'q2' });
  questions.save({ ...question, id: 'q3', bucketId: null });
  questions.save({ ...question, id: 'q4', durationMs: null });
  expect(buckets.contents()).toEqual({ morning: { messages: 0, questions: 2 } });
  questions.remove('q1');
  expect(buckets.contents()).toEqual({ morning: { messages: 0, questions: 1 } });
});
