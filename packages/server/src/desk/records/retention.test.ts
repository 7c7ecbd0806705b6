import { expect, test } from 'vitest';
import { createNumberPlan } from '../../numbers/number-plan.ts';
import { openDatabase } from '../../storage/database.ts';
import { openStores } from '../../storage/stores.ts';
import { FakeBroadcaster } from '../testing/fake-broadcaster.ts';
import { agingCalls, createRetention, type RetentionDays } from './retention.ts';

const DAY = 24 * 3_600_000;
const NOW = 1_700_000_000_000;

function open(days: RetentionDays) {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const { calls, removals } = openStores(opened.database, {
    numbers: createNumberPlan(() => null),
    audioFolder: '/nowhere',
    onProblem: () => undefined,
  });
  const broadcaster = new FakeBroadcaster();
  const step = createRetention({
    kinds: [agingCalls(calls)],
    broadcaster,
    clock: { now: () => NOW },
    days: () => days,
  });
  const save = (id: string, ageDays: number, change: { tags?: string[]; isUp?: boolean } = {}) => {
    const at = NOW - ageDays * DAY;
    const endedAt = change.isUp ? null : at + 1_000;
    const recording = {
      id: `${id}-audio`,
      kind: 'channel',
      startedAt: at,
      durationMs: 5,
      error: null,
    } as const;
    calls.save({
      id,
      type: 'call',
      openedAt: at,
      channelId: null,
      lineId: null,
      direction: 'in',
      number: '',
      name: null,
      answeredAt: null,
      endedAt,
      point: null,
      screening: null,
      seenAt: at,
      cause: null,
      modes: [],
      onAirMs: 0,
      onAirSince: null,
      recordings: [recording],
      quality: null,
      tags: change.tags ?? [],
    });
  };
  const left = (id: string): string => {
    const record = calls.find(id);
    return record === null ? 'gone' : record.recordings.length === 0 ? 'without audio' : 'whole';
  };
  return { step, save, left, broadcaster, removals };
}

test('recordings and entries go when they are older than the settings say, favourites excepted', () => {
  const { step, save, left, broadcaster } = open({ recordings: 90, calls: 365, messages: 1 });
  save('new', 89);
  save('old', 91);
  save('older', 366);
  save('kept', 1_000, { tags: ['Favorite'] });
  save('up', 1_000, { isUp: true });
  while (step());
  expect(['new', 'old', 'older', 'kept', 'up'].map(left)).toEqual([
    'whole',
    'without audio',
    'gone',
    'whole',
    'whole',
  ]);
  expect(broadcaster.dataOf('calls:update')).toMatchObject([{ older: null, old: { recordings: [] } }]);
});

test('zero days keep everything for ever', () => {
  const { step, save, left } = open({ recordings: 0, calls: 0, messages: 0 });
  save('ancient', 10_000);
  expect(step()).toBe(false);
  expect(left('ancient')).toBe('whole');
});

test('many go in steps, each of them small', () => {
  const { step, save, left, broadcaster } = open({ recordings: 1, calls: 1, messages: 1 });
  for (let index = 0; index < 60; index += 1) save(`c${index}`, 2 + index);
  let steps = 0;
  while (step()) steps += 1;
  expect(steps).toBe(3);
  expect(left('c0')).toBe('gone');
  expect(Object.keys(Object.assign({}, ...broadcaster.dataOf('calls:update')))).toHaveLength(60);
});
