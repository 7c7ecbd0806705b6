// Every event a client may send: the schema of its data, what it does, what answers it. The server validates with
// it, the client package types `emit` with it, the documents in docs/generated are made of it.
import { z } from 'zod';
import { idListSchema } from './event-forms.ts';
import type { IdsEvent, KeyedEvent, TagsEvent, WholeEvent } from './event-forms.ts';
import { headsetEvents } from './headset-events.ts';
import { liveEvents } from './live-events.ts';
import { mediaEvents } from './media-events.ts';
import { recordEvents } from './record-events.ts';

export const clientEvents = { ...liveEvents, ...headsetEvents, ...mediaEvents, ...recordEvents } as const;

export type ClientEvent = keyof typeof clientEvents;
type Definition<E extends ClientEvent> = (typeof clientEvents)[E];
type DataOf<Event> =
  Event extends WholeEvent<infer Value>
    ? z.input<Value>
    : Event extends KeyedEvent<infer Value>
      ? Readonly<Record<string, z.input<Value>>>
      : Event extends IdsEvent
        ? readonly string[] | Readonly<Record<string, null>>
        : Event extends TagsEvent<infer IdsName>
          ? Readonly<Record<IdsName | 'tags', readonly string[]>>
          : never;

/** Data of the event as a client writes it. */
export type ClientEventData<E extends ClientEvent> = DataOf<Definition<E>>;

/** One value as the server has it after validation: of one key, or of the whole event. */
export type ClientEventValue<E extends ClientEvent> = z.output<Definition<E>['value']>;

/** null for events that carry one value. */
export type ClientEventKey<E extends ClientEvent> = Definition<E> extends { keyedBy: null } ? null : string;

export function isClientEvent(name: string): name is ClientEvent {
  return Object.hasOwn(clientEvents, name);
}

/** The schema of the data as a whole, for documents and for programs that check before they send. */
export function clientDataSchema(event: ClientEvent): z.ZodType {
  const definition = clientEvents[event];
  if (definition.form === 'whole') return definition.value;
  const key = z.string().min(1).describe(definition.keyedBy);
  if (definition.form === 'keyed') return z.record(key, definition.value);
  if (definition.form === 'ids') return z.union([idListSchema, z.record(key, z.null())]);
  return z.object({ [definition.idsName]: idListSchema, tags: definition.value });
}
