// What is stored, as clients see it: texts, recorded questions, the history of calls, people, buckets with what they
// hold. In lists and updates of server-events.ts; the server's record handlers build them.
import { z } from 'zod';
import { bucketSchema, qualitySchema, timestampSchema } from './state.ts';
import { channelIdSchema, contactPropertiesSchema, shownModeSchema } from './values.ts';

const tagged = { tags: z.array(z.string()), favorite: z.boolean() };

/** A text, in or out. */
export const messageSchema = z.object({
  id: z.string(),
  type: z.enum(['sms_in', 'sms_out']),
  timestamp: timestampSchema,
  /** The line it came in on, or goes out by. */
  channel_id: channelIdSchema.nullable(),
  /** The number at the far end. */
  endpoint: z.string(),
  /** Of the address book, when this was sent to you. */
  name: z.string().nullable(),
  content: z.string(),
  bucket_id: z.string().nullable(),
  ...tagged,
  reply_to: z.string().nullable(),
  status: z.enum(['received', 'queued', 'sending', 'sent', 'delivered', 'failed']),
  /** Why it failed, or why the last try did. */
  error: z.string().nullable(),
  /** How many short messages it takes on the network. */
  parts: z.number().int(),
  /** Parts of it have not come. */
  incomplete: z.boolean(),
});
export type Message = z.infer<typeof messageSchema>;

export const questionSchema = z.object({
  id: z.string(),
  timestamp: timestampSchema,
  /** The number of who asks; '' when withheld. */
  endpoint: z.string(),
  name: z.string().nullable(),
  duration_ms: z.number(),
  audio_url: z.string(),
  bucket_id: z.string().nullable(),
  ...tagged,
  /** Nothing is heard on it, or it is shorter than two seconds. */
  mark: z.enum(['silent', 'short']).nullable(),
  /** The call it came with. */
  call_id: z.string().nullable(),
});
export type Question = z.infer<typeof questionSchema>;

/** One entry of the history: a call, or a recording of the program. */
export const callSchema = z.object({
  id: z.string(),
  type: z.enum(['call', 'program']),
  timestamp: timestampSchema,
  channel_id: channelIdSchema.nullable(),
  direction: z.enum(['in', 'out']).nullable(),
  number: z.string(),
  name: z.string().nullable(),
  /** What they wanted to say, by the card. */
  point: z.string().nullable(),
  answered: z.boolean(),
  /** From answer to end; 0 while it is not answered. */
  duration_ms: z.number(),
  on_air_ms: z.number(),
  /** null while the call is up. */
  hangup_cause: z.string().nullable(),
  recordings: z.array(z.object({ audio_url: z.string(), duration_ms: z.number() })),
  ...tagged,
  /** Where it went, in order. */
  modes: z.array(z.object({ mode: shownModeSchema, timestamp: timestampSchema })),
  quality: qualitySchema.nullable(),
});
export type Call = z.infer<typeof callSchema>;

/** One entry of the address book. */
export const personSchema = z.object({
  /** The number in E.164, or a SIP address. */
  contact_id: z.string(),
  number: z.string(),
  name: z.string().nullable(),
  location: z.string().nullable(),
  notes: z.string().nullable(),
  /** The station's own. */
  properties: contactPropertiesSchema,
  tags: z.array(z.string()),
  blocked: z.boolean(),
  first_contact: timestampSchema.nullable(),
  last_contact: timestampSchema.nullable(),
  calls: z.number().int(),
  texts: z.number().int(),
  on_air_ms: z.number(),
});
export type Person = z.infer<typeof personSchema>;

export const suggestionSchema = z.object({
  contact_id: z.string(),
  name: z.string().nullable(),
  number: z.string(),
  location: z.string().nullable(),
  last_call: timestampSchema.nullable(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** Everything about a person; the audio is at the `audio_url`s. */
export const personDocumentSchema = z.object({
  exported: timestampSchema,
  person: personSchema,
  messages: z.array(messageSchema.describe('message')),
  questions: z.array(questionSchema.describe('question')),
  calls: z.array(callSchema.describe('call')),
});
export type PersonDocument = z.infer<typeof personDocumentSchema>;

export const bucketEntrySchema = bucketSchema.extend({
  id: z.string(),
  archived: z.boolean(),
  messages: z.number().int(),
  questions: z.number().int(),
});
export type BucketEntry = z.infer<typeof bucketEntrySchema>;
