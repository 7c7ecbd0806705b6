import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../storage/database.ts';
import { createBucketStore } from '../../storage/bucket-store.ts';
import { createGreetings } from '../../storage/greetings.ts';
import { transaction } from '../../storage/transaction.ts';
import { createBucketRecords, type BucketRecords } from './buckets.ts';
import { RecordRoom } from './testing/record-room.ts';

let room: RecordRoom;
let buckets: BucketRecords;
let restart: () => void;

beforeEach(() => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const { database } = opened;
  let idCount = 0;
  restart = () => {
    room = new RecordRoom((broadcaster) => {
      buckets = createBucketRecords({
        store: createBucketStore(database),
        greetings: createGreetings(database),
        hasPrompt: (id) => ['welcome', 'tonight'].includes(id),
        together: (work) => transaction(database, work),
        broadcaster,
        clock: { now: () => 1_000 },
        ids: { next: () => `b${(idCount += 1)}` },
      });
      return [buckets];
    });
  };
  restart();
});

function create(name: string): string {
  expect(room.send('buckets:create', { t1: { name } })).toEqual([]);
  const id = room.only('buckets:created').data['t1'];
  if (id === undefined) throw new Error('no bucket was made');
  return id;
}

test('the first start makes one, and only the first', () => {
  const state = { buckets: { b1: { name: 'Inbox', created: 1_000, greeting: null } }, current_bucket: 'b1' };
  expect(buckets.state()).toEqual(state);
  restart();
  expect(buckets.state()).toEqual(state);
});

test('a new bucket is told to all, its id to whoever made it', () => {
  const id = create('Morning show');
  expect(room.only('buckets:created')).toEqual({ to: 'self', data: { t1: id } });
  expect(room.only('buckets:update')).toEqual({
    to: 'all',
    data: { [id]: { name: 'Morning show', created: 1_000, greeting: null } },
  });
  expect(buckets.state().buckets[id]).toEqual({ name: 'Morning show', created: 1_000, greeting: null });
});

test('the current one is told to all and is still it after a restart', () => {
  const id = create('Morning show');
  expect(room.send('currentBucketUpdate', id)).toEqual([]);
  expect(room.only('currentBucketUpdate')).toEqual({ to: 'all', data: id });
  expect(buckets.current()).toBe(id);
  room.send('currentBucketUpdate', id);
  expect(room.broadcaster.sent).toEqual([]);
  restart();
  expect(buckets.current()).toBe(id);
});

test('a bucket gets another name', () => {
  const id = create('Morning');
  room.send('buckets:rename', { [id]: 'Evening' });
  expect(room.only('buckets:update').data).toEqual({
    [id]: { name: 'Evening', created: 1_000, greeting: null },
  });
  expect(room.send('buckets:rename', { nobody: 'x' })).toMatchObject([
    { key: 'nobody', code: 'unknown_bucket' },
  ]);
});

test('a bucket is put away and comes back; never the current one, and never chosen while it is away', () => {
  const id = create('Election night');
  expect(room.send('buckets:archive', { b1: true })).toMatchObject([
    { key: 'b1', code: 'bucket_is_current' },
  ]);
  room.send('buckets:archive', { [id]: true });
  expect(room.only('buckets:update').data).toEqual({ [id]: null });
  expect(buckets.state().buckets).not.toHaveProperty(id);
  expect(room.send('currentBucketUpdate', id)).toMatchObject([{ code: 'bucket_archived' }]);
  room.send('buckets:fetch', null);
  expect(room.only('buckets:list')).toMatchObject({
    to: 'self',
    data: {
      buckets: [
        { id: 'b1', archived: false, messages: 0 },
        { id, archived: true },
      ],
    },
  });
  room.send('buckets:archive', { [id]: false });
  expect(room.send('currentBucketUpdate', id)).toEqual([]);
});

test('a bucket that is not there is not chosen', () => {
  expect(room.send('currentBucketUpdate', 'nobody')).toMatchObject([{ code: 'unknown_bucket' }]);
  expect(buckets.current()).toBe('b1');
});

test('the greeting of a bucket is told to all, and kept', () => {
  expect(room.send('buckets:greeting', { b1: 'welcome' })).toEqual([]);
  const greeted = { name: 'Inbox', created: 1_000, greeting: 'welcome' };
  expect(room.only('buckets:update')).toEqual({ to: 'all', data: { b1: greeted } });
  expect(buckets.greetingOf('b1')).toBe('welcome');
  room.send('buckets:greeting', { b1: 'welcome' });
  expect(room.broadcaster.sent).toEqual([]);
  restart();
  expect(buckets.state().buckets).toEqual({ b1: greeted });
  room.send('buckets:fetch', null);
  expect(room.only('buckets:list').data.buckets).toMatchObject([{ id: 'b1', greeting: 'welcome' }]);
  room.send('buckets:greeting', { b1: null });
  expect([buckets.greetingOf('b1'), buckets.state().buckets['b1']?.greeting]).toEqual([null, null]);
});

test('a greeting that is not there is refused, as is a bucket; the other keys apply', () => {
  expect(room.send('buckets:greeting', { b1: 'tonight', b2: 'welcome' })).toMatchObject([
    { key: 'b2', code: 'unknown_bucket' },
  ]);
  expect(room.send('buckets:greeting', { b1: 'nothing' })).toMatchObject([
    { key: 'b1', code: 'unknown_prompt' },
  ]);
  expect(buckets.greet('b1', 'nothing')).toMatchObject({ code: 'unknown_prompt' });
  expect(buckets.greetingOf('b1')).toBe('tonight');
});

test('a prompt that is deleted greets in no bucket, those that are put away too; all are told', () => {
  const id = create('Election night');
  room.send('buckets:greeting', { b1: 'welcome', [id]: 'welcome' });
  room.send('buckets:archive', { [id]: true });
  room.broadcaster.clear();
  buckets.forgetPrompt('welcome');
  expect(room.only('buckets:update').data).toMatchObject({ b1: { greeting: null } });
  room.send('buckets:archive', { [id]: false });
  expect(room.only('buckets:update').data).toMatchObject({ [id]: { greeting: null } });
});
