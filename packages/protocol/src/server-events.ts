// Every event the server sends: the schema of its data and to whom it goes. The server builds them, the client
// package validates and applies them, docs/generated/protocol.md lists them.
import { z } from 'zod';
import { headsetCandidateSchema, headsetIdSchema, iceServerSchema, sdpSchema } from './headset-events.ts';
import {
  bucketEntrySchema,
  callSchema,
  messageSchema,
  personDocumentSchema,
  personSchema,
  questionSchema,
  suggestionSchema,
} from './records.ts';
import {
  bucketSchema,
  channelStateSchema,
  hostStateSchema,
  playerStateSchema,
  initializeSchema,
  lineStateSchema,
  outputStateSchema,
  masterStateSchema,
  queueStateSchema,
  promptSchema,
  stationStateSchema,
  userStateSchema,
} from './state.ts';
import { channelIdSchema, contactPropertiesSchema, levelSchema, userIdSchema } from './values.ts';

type Audience = 'self' | 'others' | 'all';

function to<Data extends z.ZodType>(audience: Audience, data: Data, says: string) {
  return { audience, data, says };
}

/** Which key was refused is in `key`; it is left out when the event is not keyed. */
export const errorSchema = z.object({ code: z.string(), key: z.string().optional(), msg: z.string() });
export type ProtocolError = z.infer<typeof errorSchema>;

const tempIdSchema = z.string().describe('temp_id');
const cursorSchema = z.string().nullable();
const updates = <Entry extends z.ZodType>(entry: Entry) => z.record(z.string(), entry.nullable());

const meterSchema = z.tuple([z.number(), z.number()]).describe('[peak, RMS] in dBFS');

export const serverEvents = {
  initialize: to('self', initializeSchema, 'the whole state; first of all and after every reconnect'),
  ack: to(
    'self',
    z.union([z.looseObject({ ok: z.literal(true) }), z.object({ ok: z.literal(false), error: errorSchema })]),
    'exactly one for an event that was sent with an `id`; carries the same `id`',
  ),
  pong: to('self', z.unknown(), 'the data of the `ping`'),
  event_error: to(
    'self',
    errorSchema.extend({ event: z.string() }),
    'an event, or one key of it, was refused, or could not be carried out after all; with the `id` of the event',
  ),
  'client:error': to(
    'self',
    z.object({ event: z.string().optional(), code: z.string(), msg: z.string() }),
    'a frame could not be understood; the connection stays open',
  ),

  channelUpdate: to(
    'all',
    z.record(channelIdSchema, channelStateSchema.partial().describe('part of a channel').nullable()),
    'the properties that changed, per channel; `null` for a channel that is gone',
  ),
  channelVolumeChange: to('others', z.record(channelIdSchema, levelSchema), 'a fader was moved'),
  channelContactInfo: to(
    'others',
    z.record(channelIdSchema, contactPropertiesSchema),
    "the properties of a caller's card that changed",
  ),
  masterUpdate: to(
    'all',
    masterStateSchema.partial().describe('part of the master'),
    'the properties that changed',
  ),
  masterVolumeChange: to('others', levelSchema, 'the program fader was moved'),
  hostUpdate: to(
    'all',
    hostStateSchema.partial().describe('part of the host'),
    'the properties that changed',
  ),
  hostVolumeChange: to('others', levelSchema, 'the host fader was moved'),
  userUpdate: to(
    'all',
    z.record(userIdSchema, userStateSchema.partial().describe('part of a user').nullable()),
    'the properties that changed, per user; `null` for a user who is gone',
  ),
  userVolumeChange: to('others', z.record(userIdSchema, levelSchema), "a user's fader was moved"),
  lineUpdate: to(
    'all',
    z.record(z.string(), lineStateSchema.partial().describe('part of a line').nullable()),
    'the properties that changed, per line; `null` for a line that is gone',
  ),

  playerUpdate: to(
    'all',
    z.record(z.string(), playerStateSchema.partial().describe('part of a player').nullable()),
    'the properties that changed, per player; `null` for one that is over',
  ),
  playerVolumeChange: to('others', z.record(z.string(), levelSchema), 'the fader of a player was moved'),
  outputUpdate: to(
    'all',
    z.record(z.string(), outputStateSchema.partial().describe('part of an output').nullable()),
    'the properties that changed, per output; `null` for an output that is gone',
  ),
  queueUpdate: to(
    'all',
    queueStateSchema.partial().describe('part of the queue'),
    'the properties that changed; `order` whole',
  ),
  stationUpdate: to(
    'all',
    stationStateSchema.partial().describe('part of the station'),
    'the settings were changed, the station has another name perhaps',
  ),

  'headset:servers': to(
    'self',
    z.object({ servers: z.array(iceServerSchema.describe('ICE server')) }),
    'the STUN and TURN servers that a headset is to use',
  ),
  'headset:answer': to(
    'self',
    z.object({ headset: headsetIdSchema, sdp: sdpSchema }),
    'the answer to the offer; `headset` names it from now on',
  ),
  'headset:candidate': to('self', headsetCandidateSchema, "one ICE candidate of the station's side"),
  'headset:ended': to(
    'self',
    z.object({
      headset: headsetIdSchema,
      why: z.enum(['hung_up', 'replaced', 'lost', 'failed']),
    }),
    'the headset is connected no more; `replaced`: the user, or another host, is heard from elsewhere now',
  ),

  addrBookSuggestions: to('self', z.array(suggestionSchema), 'people who fit, best first'),
  currentBucketUpdate: to('all', z.string().describe('bucket id'), 'what comes in is filed there'),
  'buckets:created': to('self', z.record(tempIdSchema, z.string()), 'the id of each new bucket'),
  'buckets:update': to(
    'all',
    updates(bucketSchema.describe('bucket')),
    'buckets that are new or changed, whole; `null` for one that is put away',
  ),
  'buckets:list': to(
    'self',
    z.object({ buckets: z.array(bucketEntrySchema.describe('bucket')) }),
    'every bucket',
  ),

  'prompts:update': to(
    'all',
    updates(promptSchema.describe('prompt')),
    'prompts that were uploaded, over HTTP; `null` for one that was deleted',
  ),

  'messages:sent': to('self', z.record(tempIdSchema, z.string()), 'the id of each text that was stored'),
  'messages:update': to(
    'all',
    updates(messageSchema.describe('message')),
    'texts that are new or changed, whole; `null` for one that is gone',
  ),
  'messages:list': to(
    'self',
    z.object({ messages: z.array(messageSchema.describe('message')), cursor: cursorSchema }),
    'a page of texts; `cursor` fetches the next, `null` at the end',
  ),
  'questions:update': to(
    'all',
    updates(questionSchema.describe('question')),
    'questions that are new or changed, whole; `null` for one that is gone',
  ),
  'questions:list': to(
    'self',
    z.object({ questions: z.array(questionSchema.describe('question')), cursor: cursorSchema }),
    'a page of questions; `cursor` fetches the next, `null` at the end',
  ),
  'calls:update': to(
    'all',
    updates(callSchema.describe('call')),
    'entries of the history that are new or changed, whole; `null` for one that is gone',
  ),
  'calls:list': to(
    'self',
    z.object({ calls: z.array(callSchema.describe('call')), cursor: cursorSchema }),
    'a page of the history; `cursor` fetches the next, `null` at the end',
  ),
  'contacts:update': to(
    'all',
    updates(personSchema.describe('person')),
    'cards that are new or changed, whole; `null` for one that is gone',
  ),
  'contacts:list': to(
    'self',
    z.object({ contacts: z.array(personSchema.describe('person')), cursor: cursorSchema }),
    'a page of people; `cursor` fetches the next, `null` at the end',
  ),
  'contacts:exported': to(
    'self',
    z.record(z.string(), personDocumentSchema),
    'everything about a person, by contact_id',
  ),

  meters: to(
    'self',
    z.object({
      channels: z.record(channelIdSchema, z.object({ in: meterSchema, out: meterSchema })),
      host: z.object({ in: meterSchema, out: meterSchema }).nullable(),
      players: z.record(z.string(), meterSchema),
      program: meterSchema,
      air: meterSchema,
    }),
    'levels, at about 15 Hz, to who subscribed',
  ),
  alarm: to(
    'all',
    z.object({ code: z.string(), raised: z.boolean(), msg: z.string() }),
    'something needs attention, or is well again',
  ),
} as const;

export type ServerEvent = keyof typeof serverEvents;
export type ServerEventData<E extends ServerEvent> = z.output<(typeof serverEvents)[E]['data']>;

/** A frame from the server; `id` on acks, and on what answers an event that had one. */
export type ServerFrame<E extends ServerEvent = ServerEvent> = {
  [Name in E]: { event: Name; data: ServerEventData<Name>; id?: string };
}[E];

export function isServerEvent(name: string): name is ServerEvent {
  return Object.hasOwn(serverEvents, name);
}
