// The events about what is stored: texts, questions, call history, buckets, people. The server's record handlers
// answer them. Part of client-events.ts, which says who reads these lists.
import { z } from 'zod';
import { byIds, idListSchema, keyed, tagging, whole } from './event-forms.ts';
import {
  contactPropertiesSchema,
  dialNumberSchema,
  givenChannelIdSchema,
  givenIdSchema,
  promptIdSchema,
  tagsSchema,
} from './values.ts';

// A filter that is absent, null or empty filters nothing.
const timeSchema = z
  .number()
  .min(0)
  .nullish()
  .transform((time) => time ?? null)
  .describe('epoch ms');
const idsFilterSchema = idListSchema
  .nullish()
  .transform((ids) => ids ?? [])
  .describe('[id]');
const tagsFilterSchema = tagsSchema
  .nullish()
  .transform((tags) => tags ?? [])
  .describe('[tag]');
const searchSchema = z
  .string()
  .max(200)
  .nullish()
  .transform((words) => words?.trim() || null)
  .describe('words');

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 500;
const pageFields = {
  /** Words in the content, the name, the number or what a caller wanted to say; null for none. */
  search: searchSchema,
  limit: z
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .nullish()
    .transform((limit) => limit ?? DEFAULT_PAGE)
    .describe(`1-${MAX_PAGE}, default ${DEFAULT_PAGE}`),
  /** As the previous page gave it. */
  cursor: z
    .string()
    .max(400)
    .nullish()
    .transform((cursor) => cursor || null)
    .describe('cursor'),
};
const filterFields = {
  /** All of them. */
  tags: tagsFilterSchema,
  /** Both ends included. */
  from: timeSchema,
  to: timeSchema,
  /** Any of them. */
  ids: idsFilterSchema,
  ...pageFields,
};

/** A filter as a whole may also be left out. */
function filter<Fields extends z.ZodRawShape>(fields: Fields) {
  const schema = z.object(fields);
  return schema.nullish().transform((given) => given ?? schema.parse({}));
}

const messageToSendSchema = z.object({
  type: z.literal('sms_out'),
  endpoint: dialNumberSchema,
  content: z.string().min(1).max(4000),
  channel_id: givenChannelIdSchema.nullable().default(null),
  reply_to: givenIdSchema.nullable().default(null).describe('message id'),
});

const bucketNameSchema = z.string().trim().min(1).max(100).describe('name');

const contactToSaveSchema = z.strictObject({
  name: z.string().max(200).nullable().optional(),
  location: z.string().max(200).nullable().optional(),
  notes: z.string().max(4000).nullable().optional(),
  /** The station's own; null takes one away. */
  properties: contactPropertiesSchema.optional(),
  tags: tagsSchema.optional(),
  /** Hears busy and is only counted. */
  blocked: z.boolean().optional(),
});

const toSelf = (event: string) => `\`${event}\`, to self`;

export const recordEvents = {
  addrBookSuggestions: whole(
    z.string().max(200),
    'people by the beginning of the name, a word of it, or digits of the number',
    '`addrBookSuggestions`, to self: at most 10, best first',
  ),
  currentBucketUpdate: whole(
    givenIdSchema.describe('bucket id'),
    'what comes in is filed there from now on',
    '`currentBucketUpdate`',
  ),

  'messages:send': keyed(
    'temp_id',
    messageToSendSchema,
    'stores the text as `queued`, then sends it; `channel_id` forces the line, `reply_to` answers a text',
    '`messages:sent`, to self, once it is stored; `messages:update` on every change of its `status`',
  ),
  'messages:delete': byIds('message_id', 'deletes texts', '`messages:update` with `null`'),
  'messages:favorite': byIds('message_id', 'keeps them; the same as the tag `favorite`', '`messages:update`'),
  'messages:unfavorite': byIds('message_id', 'the reverse', '`messages:update`'),
  'messages:addTags': tagging(
    'message_id',
    'message_ids',
    'adds each of the tags that is not there',
    '`messages:update`',
  ),
  'messages:removeTags': tagging(
    'message_id',
    'message_ids',
    'removes each of the tags, whatever its case',
    '`messages:update`',
  ),
  'message:removeTags': tagging(
    'message_id',
    'message_ids',
    'the same as `messages:removeTags`',
    '`messages:update`',
  ),
  'messages:fetch': whole(
    filter({ ...filterFields, bucket_ids: idsFilterSchema }),
    'texts with all the tags, in any of the buckets, by time; newest first',
    toSelf('messages:list'),
  ),

  'questions:delete': byIds(
    'question_id',
    'deletes recorded questions and their audio',
    '`questions:update` with `null`',
  ),
  'questions:favorite': byIds(
    'question_id',
    'keeps them; the same as the tag `favorite`',
    '`questions:update`',
  ),
  'questions:unfavorite': byIds('question_id', 'the reverse', '`questions:update`'),
  'questions:addTags': tagging(
    'question_id',
    'ids',
    'adds each of the tags that is not there',
    '`questions:update`',
  ),
  'questions:removeTags': tagging(
    'question_id',
    'ids',
    'removes each of the tags, whatever its case',
    '`questions:update`',
  ),
  'questions:fetch': whole(
    filter({ ...filterFields, bucket_ids: idsFilterSchema }),
    'questions with all the tags, any of the ids, by time; newest first',
    toSelf('questions:list'),
  ),

  'calls:delete': byIds(
    'call_id',
    'deletes entries of the history and their recordings',
    '`calls:update` with `null`',
  ),
  'calls:favorite': byIds('call_id', 'keeps them; the same as the tag `favorite`', '`calls:update`'),
  'calls:unfavorite': byIds('call_id', 'the reverse', '`calls:update`'),
  'calls:addTags': tagging('call_id', 'ids', 'adds each of the tags that is not there', '`calls:update`'),
  'calls:removeTags': tagging(
    'call_id',
    'ids',
    'removes each of the tags, whatever its case',
    '`calls:update`',
  ),
  'calls:fetch': whole(
    filter(filterFields),
    'a page of the history: all the tags, any of the ids, by time; newest first',
    toSelf('calls:list'),
  ),

  'buckets:create': keyed(
    'temp_id',
    z.object({ name: bucketNameSchema }),
    'a new bucket',
    '`buckets:created`, to self; `buckets:update`',
  ),
  'buckets:rename': keyed('bucket_id', bucketNameSchema, 'another name', '`buckets:update`'),
  'buckets:archive': keyed(
    'bucket_id',
    z.boolean(),
    'puts a bucket away (`true`; not the current one) or brings it back',
    '`buckets:update`, with `null` for one that is put away',
  ),
  'buckets:greeting': keyed(
    'bucket_id',
    promptIdSchema.nullable(),
    'which prompt callers in `ivr` hear while that bucket is the current one; `null`: that of their line',
    '`buckets:update`',
  ),
  'buckets:fetch': whole(
    z.null().or(z.undefined()).or(z.object({})),
    'every bucket, those put away too, with what they hold',
    toSelf('buckets:list'),
  ),

  'contacts:save': keyed(
    'contact_id',
    contactToSaveSchema,
    "what is given of a person's card; the contact_id is the number, and a new one makes a new card",
    '`contacts:update`',
  ),
  'contacts:delete': byIds(
    'contact_id',
    'deletes the card; calls, texts and questions stay',
    '`contacts:update` with `null`',
  ),
  'contacts:fetch': whole(
    filter({
      tags: tagsFilterSchema,
      ids: idsFilterSchema,
      blocked: z
        .boolean()
        .nullish()
        .transform((isBlocked) => isBlocked ?? null),
      ...pageFields,
    }),
    'people with all the tags, any of the ids; the last contact first',
    toSelf('contacts:list'),
  ),
  'contacts:export': byIds(
    'contact_id',
    'everything about a person in one document',
    toSelf('contacts:exported'),
  ),
  'contacts:erase': byIds(
    'contact_id',
    'erases a person: card, texts, questions and calls with their recordings; favourites too',
    '`contacts:update`, `messages:update`, `questions:update`, `calls:update`, each with `null`',
  ),
} as const;
