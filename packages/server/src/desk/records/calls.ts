// The history of calls, as clients ask for it. The entries themselves are made by the live desk (decide/records.ts).
import type { Refusal, ServerEventData } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { RecordAction, RecordHandler } from './records.ts';

export interface CallRecordsPorts {
  broadcaster: Broadcaster;
  list: (query: { limit: number; cursor: string | null }) => ServerEventData<'calls:list'>;
}

export function createCallRecords({ broadcaster, list }: CallRecordsPorts): RecordHandler {
  return {
    events: ['calls:fetch'],
    act(actions: readonly RecordAction[], { client }: Author): Refusal[] {
      for (const action of actions) {
        if (action.event !== 'calls:fetch') continue;
        broadcaster.send({ to: 'self', client }, { event: 'calls:list', data: list(action.value) });
      }
      return [];
    },
  };
}
