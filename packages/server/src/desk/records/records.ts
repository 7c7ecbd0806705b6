// The events about what is stored (texts, questions, history, buckets, people): one handler a kind, and this picks the
// one that an event is for. Called by the WebSocket layer for every event that the live desk does not decide.
import type { Action, RecordEvent, Refusal } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';

export type RecordAction = Action<RecordEvent>;

/** The actions of one frame, all of the same event, together: what is stored of them is one transaction. When it returns
 * that is committed, and what tells of it has gone to the broadcaster. An answer to the sender alone is a
 * `{to: 'self', client: by.client}` broadcast before the return. */
export interface RecordHandler {
  readonly events: readonly RecordEvent[];
  /** What was not done, by key. */
  act(actions: readonly RecordAction[], by: Author): Refusal[];
  /** What the last `act` goes on with in steps: the ack waits for it. null: all is done. Asked once. */
  unfinished?(): Promise<unknown> | null;
}

export interface Records {
  act(actions: readonly RecordAction[], by: Author): Refusal[];
  unfinished(): Promise<unknown> | null;
}

export function openRecords(handlers: readonly RecordHandler[]): Records {
  const byEvent = new Map<RecordEvent, RecordHandler>();
  for (const handler of handlers) for (const event of handler.events) byEvent.set(event, handler);
  let last: RecordHandler | null = null;
  return {
    act(actions, by) {
      const [first] = actions;
      if (!first) return [];
      const handler = byEvent.get(first.event);
      if (!handler) return actions.map(({ key }) => refusal('not_available', key));
      last = handler;
      return handler.act(actions, by);
    },
    unfinished: () => last?.unfinished?.() ?? null,
  };
}
