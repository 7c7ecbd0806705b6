/** Record handlers on a database in memory, for their tests: what clients send, what all of them receive. */
import {
  parseEvent,
  type ClientEvent,
  type Refusal,
  type ServerEvent,
  type ServerEventData,
} from '@openline/protocol';
import { FakeBroadcaster } from '../../testing/fake-broadcaster.ts';
import type { Author } from '../../model.ts';
import { openRecords, type RecordAction, type RecordHandler, type Records } from '../records.ts';

export class RecordRoom {
  readonly broadcaster = new FakeBroadcaster();
  readonly #records: Records;

  constructor(handlers: (broadcaster: FakeBroadcaster) => readonly RecordHandler[]) {
    this.#records = openRecords(handlers(this.broadcaster));
  }

  /** As a client sends it; what was refused of it. What was broadcast before is forgotten. */
  send(event: ClientEvent, data: unknown, client = 'c1'): Refusal[] {
    this.broadcaster.clear();
    const { actions, refusals } = parseEvent(event, data);
    const by: Author = { client, userId: 'anna', role: 'producer', eventId: 'e1' };
    return [...refusals, ...this.#records.act(actions as RecordAction[], by)];
  }

  /** What the last event goes on with; null: it is done. */
  unfinished(): Promise<unknown> | null {
    return this.#records.unfinished();
  }

  /** The only frame of that event, and to whom it went. */
  only<E extends ServerEvent>(event: E): { to: string; data: ServerEventData<E> } {
    const frames = this.broadcaster.sent.filter(({ frame }) => frame.event === event);
    const [first] = frames;
    if (!first || frames.length > 1) throw new Error(`${frames.length} frames of ${event}`);
    return { to: first.audience.to, data: first.frame.data as ServerEventData<E> };
  }
}
