// What is stored, as clients see it: texts, recorded questions, the history of calls, people, buckets with what they
// hold. In lists and updates of server-events.ts; the server's record handlers build them.
import { z } from 'zod';
import { bucketSchema, qualitySchema, timestampSchema } from './state.ts';
import { channelIdSchema, contactPropertiesSchema, said, shownModeSchema } from './values.ts';

const tagged = { tags: z.array(z.string()), favorite: z.boolean() };

/** A text, in or out. */
export const messageSchema = z.object({
  id: z.string(),
  type: z.enum(['sms_in', 'sms_out']),
  timestamp: timestampSchema,
  channel_id: said(channelIdSchema.nullable(), 'the line it came in on, or goes out by'),
  endpoint: said(z.string(), 'the number at the far end'),
  name: said(z.string().nullable(), 'of the address book, when this was sent to you'),
  content: z.string(),
  bucket_id: z.string().nullable(),
  ...tagged,
  reply_to: z.string().nullable(),
  status: z.enum(['received', 'queued', 'sending', 'sent', 'delivered', 'failed']),
  error: said(z.string().nullable(), 'why it failed, or why the last try did'),
  parts: said(z.number().int(), 'how many short messages it takes on the network'),
  incomplete: said(z.boolean(), 'parts of it have not come'),
});
export type Message = z.infer<typeof messageSchema>;

export const questionSchema = z.object({
  id: z.string(),
  timestamp: timestampSchema,
  endpoint: said(z.string(), "the number of who asks; '' when withheld"),
  name: z.string().nullable(),
  duration_ms: z.number(),
  audio_url: z.string(),
  bucket_id: z.string().nullable(),
  ...tagged,
  mark: said(
    z.enum(['silent', 'short']).nullable(),
    'nothing is heard on it, or it is shorter than two seconds',
  ),
  call_id: said(z.string().nullable(), 'the call it came with'),
});
export type Question = z.infer<typeof questionSchema>;

/** One entry of the history: a call, a recording of the program, or a dump. */
export const callSchema = z.object({
  id: z.string(),
  type: said(z.enum(['call', 'program', 'dump']), '`dump`: what was taken out of the delay, and by whom'),
  timestamp: timestampSchema,
  channel_id: channelIdSchema.nullable(),
  direction: z.enum(['in', 'out']).nullable(),
  number: z.string(),
  name: z.string().nullable(),
  point: said(z.string().nullable(), 'what they wanted to say, by the card'),
  answered: z.boolean(),
  duration_ms: said(z.number(), 'from answer to end; 0 while it is not answered'),
  on_air_ms: z.number(),
  hangup_cause: said(
    z.string().nullable(),
    'null while the call is up; normal, cancelled, busy, rejected, no_answer, not_found, unreachable, rtp_timeout (the ' +
      'sound stopped), session_expired, media_error, protocol_error, exchange_stopped, failed or unknown',
  ),
  recordings: z.array(z.object({ audio_url: z.string(), duration_ms: z.number() })),
  ...tagged,
  modes: said(
    z.array(z.object({ mode: shownModeSchema, timestamp: timestampSchema })),
    'where it went, in order',
  ),
  quality: qualitySchema.nullable(),
});
export type Call = z.infer<typeof callSchema>;

/** One entry of the address book. */
export const personSchema = z.object({
  contact_id: said(z.string(), 'the number in E.164, or a SIP address'),
  number: z.string(),
  name: z.string().nullable(),
  location: z.string().nullable(),
  notes: z.string().nullable(),
  properties: said(contactPropertiesSchema, "the station's own"),
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
