// The history of calls, as clients ask for it and change it. The entries themselves are made by the live desk
// (decide/records.ts), which is told of the tags that an entry gets while its call is up.
import type { Action, Call, Refusal } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { CallHistory } from '../ports/call-history.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallRecord } from '../ports/store.ts';
import { callView } from '../view.ts';
import { EXPORTED_A_STEP, type PersonalSource } from './personal.ts';
import type { RecordAction, RecordHandler } from './records.ts';
import { tagsAfter, type TagAction, type TagEvent } from './tagging.ts';

export interface CallRecordsPorts {
  history: CallHistory;
  broadcaster: Broadcaster;
  clock: Clock;
  /** The live desk: an entry whose call is up has these tags now. */
  noteTags: (id: string, tags: readonly string[]) => void;
}

/** Most that the export of one person holds, newest first. */
/** Of one person, at one time: more than ever happens. */
const MOST_UP = 50;

const tagEvents: readonly TagEvent<'calls'>[] = [
  'calls:favorite',
  'calls:unfavorite',
  'calls:addTags',
  'calls:removeTags',
];

type Updates = Record<string, Call | null>;

export interface CallRecords extends RecordHandler, PersonalSource {
  /** Tells all clients of an entry that was changed elsewhere: what the sweep of the recordings found out. */
  tellOf(id: string): void;
}

export function createCallRecords(ports: CallRecordsPorts): CallRecords {
  const { history, broadcaster, clock, noteTags } = ports;
  const view = (record: CallRecord): Call => callView(record, clock.now());

  function fetch({ value }: Action<'calls:fetch'>, { client }: Author): void {
    const { calls, cursor } = history.page({ ...value, bucketIds: [] });
    broadcaster.send(
      { to: 'self', client },
      { event: 'calls:list', data: { calls: calls.map(view), cursor } },
    );
  }

  function remove(id: string, updates: Updates): Refusal | null {
    const record = history.find(id);
    if (!record) return refusal('unknown_call', id, { call: id });
    if (isUp(record)) return refusal('call_is_up', id);
    history.remove(id);
    updates[id] = null;
    return null;
  }

  function tag(action: TagAction, updates: Updates): Refusal | null {
    const { key: id } = action;
    const record = history.find(id);
    if (!record) return refusal('unknown_call', id, { call: id });
    const result = tagsAfter(record.tags, action);
    if (!result.ok) return result.refusal;
    if (result.tags === record.tags) return null;
    history.saveTags(id, result.tags);
    updates[id] = view({ ...record, tags: result.tags });
    return null;
  }

  function change(action: RecordAction, updates: Updates): Refusal | null {
    if (action.event === 'calls:delete') return remove(action.key, updates);
    return isTagging(action) ? tag(action, updates) : null;
  }

  return {
    events: ['calls:fetch', 'calls:delete', ...tagEvents],

    act(actions, by) {
      const updates: Updates = {};
      const refusals = history.together(() =>
        actions.flatMap((action) => {
          if (action.event === 'calls:fetch') fetch(action, by);
          return change(action, updates) ?? [];
        }),
      );
      for (const [id, call] of Object.entries(updates)) if (call) noteTags(id, call.tags);
      if (Object.keys(updates).length > 0) {
        broadcaster.send({ to: 'all' }, { event: 'calls:update', data: updates });
      }
      return refusals;
    },

    tellOf(id) {
      const record = history.find(id);
      if (record) broadcaster.send({ to: 'all' }, { event: 'calls:update', data: { [id]: view(record) } });
    },

    *exportOf(contactId) {
      for (const some of history.partsOfPerson(contactId, EXPORTED_A_STEP)) yield { calls: some.map(view) };
    },
    erasureRefusal(contactId) {
      return history.isOpenOf(contactId) ? refusal('call_is_up', contactId) : null;
    },
    erase(contactId, limit) {
      const theirs = history.ofPerson(contactId, limit + MOST_UP);
      const calls = theirs.filter((record) => !isUp(record)).slice(0, limit);
      for (const { id } of calls) history.remove(id);
      const data = Object.fromEntries(calls.map(({ id }) => [id, null]));
      return { erased: calls.length, frames: calls.length === 0 ? [] : [{ event: 'calls:update', data }] };
    },
  };
}

/** The live desk still writes it. */
function isUp({ endedAt, recordings }: CallRecord): boolean {
  return endedAt === null || recordings.some(({ durationMs }) => durationMs === null);
}

function isTagging(action: RecordAction): action is Action<TagEvent<'calls'>> {
  return (tagEvents as readonly string[]).includes(action.event);
}
