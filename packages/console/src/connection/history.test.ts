import type { Call } from '@openline/protocol';
import { describe, expect, it } from 'vitest';
import { addPage, updateHistory } from './history.ts';

function call(id: string, timestamp: number, name: string | null = null): Call {
  return {
    id,
    type: 'call',
    timestamp,
    channel_id: 'studio-1',
    direction: 'in',
    number: '+2207',
    name,
    answered: true,
    duration_ms: 1000,
    on_air_ms: 0,
    hangup_cause: 'normal',
    recordings: [],
    tags: [],
    favorite: false,
    modes: [],
    quality: null,
  };
}
const empty = { calls: [], cursor: null, isRead: false };
const first = addPage(empty, { calls: [call('c', 30), call('b', 20)], cursor: 'older' }, true);
const ids = (history: { calls: readonly Call[] }) => history.calls.map((one) => one.id);

describe('the call history', () => {
  it('goes on with older pages at its end', () => {
    const both = addPage(first, { calls: [call('a', 10)], cursor: null }, false);
    expect([ids(both), both.cursor]).toEqual([['c', 'b', 'a'], null]);
  });

  it('starts anew with a first page, as after a reconnect', () => {
    const again = addPage(first, { calls: [call('d', 40)], cursor: null }, true);
    expect(ids(again)).toEqual(['d']);
  });

  it('puts a new call in front, a changed one in its place, and takes a deleted one out', () => {
    const changed = updateHistory(first, { d: call('d', 40), b: call('b', 20, 'Awa'), c: null });
    expect(ids(changed)).toEqual(['d', 'b']);
    expect(changed.calls[1]?.name).toBe('Awa');
    expect(changed.cursor).toBe('older');
  });
});
