// The events about recorded questions: what they change, what they refuse, who is told.
import type { ClientEvent } from '@openline/protocol';
import { parseEvent } from '@openline/protocol';
import { beforeEach, expect, test } from 'vitest';
import { FakeBroadcaster } from '../testing/fake-broadcaster.ts';
import { MemoryQuestionStore } from '../testing/memory-question-store.ts';
import { question } from '../testing/question-store-conformance.ts';
import { createQuestionRecords } from './questions.ts';
import { openRecords, type RecordAction, type Records } from './records.ts';

let store: MemoryQuestionStore;
let broadcaster: FakeBroadcaster;
let questions: ReturnType<typeof createQuestionRecords>;
let records: Records;

beforeEach(() => {
  store = new MemoryQuestionStore();
  broadcaster = new FakeBroadcaster();
  questions = createQuestionRecords({ store, broadcaster });
  records = openRecords([questions]);
  store.save(question);
  store.save({ ...question, id: 'q2', timestamp: question.timestamp + 1, tags: [] });
});

function send(event: ClientEvent, data: unknown): (string | null)[] {
  const { actions, refusals } = parseEvent(event, data);
  const by = { client: 'c1', userId: 'anna', role: 'producer', eventId: null } as const;
  const refused = records.act(actions as RecordAction[], by);
  return [...refusals, ...refused].map(({ key, code }) => `${key} ${code}`);
}
const updates = () => broadcaster.dataOf('questions:update');

test('a list goes to who asked for it, newest first', () => {
  expect(send('questions:fetch', { tags: ['SONG'] })).toEqual([]);
  expect(broadcaster.sent).toMatchObject([
    {
      audience: { to: 'self', client: 'c1' },
      frame: { event: 'questions:list', data: { questions: [{ id: 'q1', favorite: false }], cursor: null } },
    },
  ]);
  send('questions:fetch', null);
  expect(broadcaster.dataOf('questions:list')[1]).toMatchObject({ questions: [{ id: 'q2' }, { id: 'q1' }] });
});

test('deleting removes the audio too, one by one', () => {
  expect(send('questions:delete', { q1: null, q9: null })).toEqual(['q9 unknown_question']);
  expect(store.find('q1')).toBeNull();
  expect(store.removed).toEqual(['q1']);
  expect(updates()).toEqual([{ q1: null }]);
  expect(send('questions:delete', ['q2'])).toEqual([]);
  expect(updates()[1]).toEqual({ q2: null });
});

test('a favourite is a tag; setting what holds already says nothing', () => {
  expect(send('questions:favorite', ['q1', 'q2'])).toEqual([]);
  expect(updates()).toMatchObject([
    { q1: { favorite: true, tags: ['song', 'favorite'] }, q2: { favorite: true, tags: ['favorite'] } },
  ]);
  expect(send('questions:favorite', ['q1'])).toEqual([]);
  expect(updates()).toHaveLength(1);
  send('questions:unfavorite', ['q1']);
  expect(updates()[1]).toMatchObject({ q1: { favorite: false, tags: ['song'] } });
});

test('tags are added and removed, whatever their case', () => {
  send('questions:addTags', { ids: ['q1', 'q2'], tags: ['Song', 'Politics'] });
  expect(updates()).toMatchObject([
    { q1: { tags: ['song', 'Politics'] }, q2: { tags: ['Song', 'Politics'] } },
  ]);
  send('questions:removeTags', { ids: ['q1', 'q9'], tags: ['SONG'] });
  expect(updates()[1]).toMatchObject({ q1: { tags: ['Politics'] } });
});

test('more tags than an entry may have are refused', () => {
  const tags = Array.from({ length: 50 }, (_, index) => `t${index}`);
  expect(send('questions:addTags', { ids: ['q1', 'q2'], tags })).toEqual(['q1 too_many_tags']);
  expect(store.find('q1')?.tags).toEqual(['song']);
  expect(store.find('q2')?.tags).toHaveLength(50);
});

test('a question that is being recorded is nobody’s yet', () => {
  store.save({ ...question, id: 'q3', durationMs: null });
  expect(send('questions:delete', ['q3'])).toEqual(['q3 unknown_question']);
  expect(send('questions:favorite', ['q3'])).toEqual(['q3 unknown_question']);
});

test('everything of a person is in the export and goes with the erasure, unless they are being recorded', () => {
  store.save({ ...question, id: 'q3', endpoint: '+44' });
  expect([...questions.exportOf('+220111')]).toMatchObject([{ questions: [{ id: 'q2' }, { id: 'q1' }] }]);
  expect(questions.erasureRefusal('+220111')).toBeNull();
  const told = (id: string) => ({ erased: 1, frames: [{ event: 'questions:update', data: { [id]: null } }] });
  expect(questions.erase('+220111', 1)).toEqual(told('q2'));
  expect(questions.erase('+220111', 5)).toEqual(told('q1'));
  expect(questions.erase('+220111', 5)).toEqual({ erased: 0, frames: [] });
  expect(store.find('q3')).not.toBeNull();
  store.save({ ...question, id: 'q4', durationMs: null });
  expect(questions.erasureRefusal('+220111')).toMatchObject({ code: 'call_is_up' });
  expect([...questions.exportOf('+220111')]).toEqual([]);
});

test('what is older than recordings may be goes, step by step, favourites excepted', () => {
  const day = 24 * 3_600_000;
  const now = question.timestamp + 10 * day;
  const days = (recordings: number) => ({ recordings, calls: 0, messages: 0 });
  store.save({ ...question, id: 'kept', tags: ['favorite'] });
  expect(questions.expire(now, days(0), 5)).toEqual([]);
  expect(questions.expire(now, days(11), 5)).toEqual([]);
  expect(questions.expire(now, days(9), 1)).toEqual([{ event: 'questions:update', data: { q1: null } }]);
  expect(questions.expire(now, days(9), 1)).toEqual([{ event: 'questions:update', data: { q2: null } }]);
  expect(questions.expire(now, days(9), 1)).toEqual([]);
  expect(store.find('kept')).not.toBeNull();
});
