// The four forms that the data of a client event has: one value, a map by key, a list of ids, ids with tags. Both
// lists of events (live-events.ts, record-events.ts) are written with these; actions.ts takes the forms apart.
import { z } from 'zod';
import { givenIdSchema, tagsSchema } from './values.ts';

type KeyName =
  | 'channel_id'
  | 'user_id'
  | 'temp_id'
  | 'message_id'
  | 'question_id'
  | 'call_id'
  | 'bucket_id'
  | 'contact_id'
  | 'player_id';

interface Told {
  does: string;
  answers: string;
}

/** One value. */
export interface WholeEvent<Value extends z.ZodType> extends Told {
  form: 'whole';
  keyedBy: null;
  value: Value;
}
/** A map; each key is applied on its own, `value` is the schema of one entry. */
export interface KeyedEvent<Value extends z.ZodType> extends Told {
  form: 'keyed';
  keyedBy: KeyName;
  value: Value;
}
/** `[id]`, or `{id: null}`: each id is applied on its own. */
export interface IdsEvent extends Told {
  form: 'ids';
  keyedBy: KeyName;
  value: z.ZodNull;
}
/** `{message_ids, tags}`: the tags are applied to each id on its own. */
export interface TagsEvent<IdsName extends 'message_ids' | 'ids'> extends Told {
  form: 'tags';
  keyedBy: KeyName;
  idsName: IdsName;
  value: typeof tagsSchema;
}

export function whole<Value extends z.ZodType>(
  value: Value,
  does: string,
  answers: string,
): WholeEvent<Value> {
  return { form: 'whole', keyedBy: null, value, does, answers };
}
export function keyed<Value extends z.ZodType>(
  keyedBy: KeyName,
  value: Value,
  does: string,
  answers: string,
): KeyedEvent<Value> {
  return { form: 'keyed', keyedBy, value, does, answers };
}
export function byIds(keyedBy: KeyName, does: string, answers: string): IdsEvent {
  return { form: 'ids', keyedBy, value: z.null(), does, answers };
}
export function tagging<IdsName extends 'message_ids' | 'ids'>(
  keyedBy: KeyName,
  idsName: IdsName,
  does: string,
  answers: string,
): TagsEvent<IdsName> {
  return { form: 'tags', keyedBy, idsName, value: tagsSchema, does, answers };
}

/** How many ids one event may name, and how many keys it may have. */
export const MAX_KEYS = 500;

export const idListSchema = z.array(givenIdSchema).max(MAX_KEYS, `at most ${MAX_KEYS} ids`);
