// Every event a client may send: the schema of its data, what it does, what answers it. The server validates
// with it, the client package types `emit` with it, docs/generated/protocol.md is made of it.
//
// A keyed event carries a map and each key is applied on its own; `value` is then the schema of one entry.
import { z } from 'zod';
import {
  askedModeSchema,
  channelIdSchema,
  contactPropertiesSchema,
  dialNumberSchema,
  landingModeSchema,
  levelSchema,
} from './values.ts';

type KeyName = 'channel_id' | 'user_id';

interface KeyedEvent<Value extends z.ZodType> {
  keyedBy: KeyName;
  value: Value;
  does: string;
  answers: string;
}
interface WholeEvent<Value extends z.ZodType> {
  keyedBy: null;
  value: Value;
  does: string;
  answers: string;
}

function keyed<Value extends z.ZodType>(keyedBy: KeyName, value: Value, does: string, answers: string) {
  return { keyedBy, value, does, answers } satisfies KeyedEvent<Value> as KeyedEvent<Value>;
}
function whole<Value extends z.ZodType>(value: Value, does: string, answers: string) {
  return { keyedBy: null, value, does, answers } satisfies WholeEvent<Value> as WholeEvent<Value>;
}

const autoAnswerSchema = landingModeSchema.nullable();
const delaySchema = z.number().min(0).max(60).describe('seconds');
const callNumberFields = { number: dialNumberSchema, mode: landingModeSchema };

export const channelPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('mode'), value: askedModeSchema }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('autoanswer'), value: autoAnswerSchema }),
]);

export const masterPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('on_air'), value: z.boolean() }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('delay'), value: delaySchema }),
]);

export const userPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
]);

export const clientEvents = {
  ping: whole(z.unknown(), 'liveness', '`pong` with the same data, to self'),
  noop: whole(z.unknown(), 'nothing', 'nothing'),
  subscribe: whole(
    z.object({ meters: z.boolean() }),
    'asks for `meters` at about 15 Hz, or ends it',
    '`meters`, to self, until it is ended',
  ),

  channelProperty: keyed(
    'channel_id',
    channelPropertySchema,
    'sets the property; the same as the event of that property',
    'as that event',
  ),
  channelMuted: keyed(
    'channel_id',
    z.boolean(),
    "the caller's voice out of everything it feeds, or in again; refused in `ivr`",
    '`channelUpdate`',
  ),
  channelMode: keyed(
    'channel_id',
    askedModeSchema,
    'moves, answers or ends the call; `free` hangs up',
    '`channelUpdate`, with `pending` at once and `mode` when the audio is there',
  ),
  channelAutoAnswer: keyed(
    'channel_id',
    autoAnswerSchema,
    'how the next incoming call on this channel is answered by itself',
    '`channelUpdate`',
  ),
  channelRecording: keyed(
    'channel_id',
    z.boolean(),
    'starts or stops a recording of this call; armed while `free`, it starts with the call',
    '`channelUpdate`; the file comes with `calls:update`',
  ),
  channelVolume: keyed('channel_id', levelSchema, "the caller's level", '`channelVolumeChange`, to others'),
  channelContactInfo: keyed(
    'channel_id',
    contactPropertiesSchema,
    "properties of the caller's card, kept by number",
    '`channelContactInfo`, to others',
  ),
  channelCallNumber: keyed(
    'channel_id',
    z.object(callNumberFields),
    'dials out on that channel, which has to be `free`',
    '`channelUpdate`',
  ),

  masterProperty: whole(
    masterPropertySchema,
    'sets the property; the same as the event of that property',
    'as that event',
  ),
  masterMuted: whole(z.boolean(), 'program and desk return silent, or not', '`masterUpdate`'),
  masterVolume: whole(levelSchema, 'the level of the program', '`masterVolumeChange`, to others'),
  masterRecording: whole(
    z.boolean(),
    'records the program, on air or not',
    '`masterUpdate`; the file comes with `calls:update`, type `program`',
  ),
  masterOnAir: whole(z.boolean(), 'the program reaches the transmitter, or silence does', '`masterUpdate`'),
  masterDelay: whole(delaySchema, 'length of the broadcast delay', 'refused with `not_available` as yet'),

  userProperty: keyed(
    'user_id',
    userPropertySchema,
    'sets the property; the same as the event of that property',
    'as that event',
  ),
  userVolume: keyed('user_id', levelSchema, 'how loud that user hears', '`userVolumeChange`, to others'),
  userMuted: keyed('user_id', z.boolean(), 'silences what that user hears', '`userUpdate`'),
  userRecording: keyed(
    'user_id',
    z.boolean(),
    "records that user's conversations",
    '`userUpdate`; the files come with `calls:update`',
  ),
  userWhisper: keyed(
    'user_id',
    channelIdSchema.nullable(),
    "that user's voice to that channel alone",
    'refused with `not_available` as yet',
  ),

  hostVolume: whole(
    levelSchema,
    "the level of the studio desk's feed into the conference",
    '`hostVolumeChange`, to others',
  ),
  hostMuted: whole(z.boolean(), 'mutes the feed of the studio desk', '`hostUpdate`'),

  callNumber: whole(
    z.object({ ...callNumberFields, channel_id: channelIdSchema.nullable().default(null) }),
    'dials out; without a channel the server chooses one',
    '`channelUpdate`',
  ),

  'calls:fetch': whole(
    z.object({
      limit: z.number().int().min(1).max(500).default(50),
      cursor: z.string().max(200).nullable().default(null),
      /** All of these; `favorite` is one, too. */
      tags: z.array(z.string().max(200)).max(50).nullable().default(null),
      /** Any of these. */
      ids: z.array(z.string().max(200)).max(500).nullable().default(null),
      /** Epoch ms, inclusive. */
      from: z.number().nullable().default(null),
      to: z.number().nullable().default(null),
      /** Words, each of which is in the name or the number. */
      search: z.string().max(200).nullable().default(null),
    }),
    'a page of the history, newest first; a filter that is empty or absent filters nothing',
    '`calls:list`, to self',
  ),
} as const;

export type ClientEvent = keyof typeof clientEvents;
type Definition<E extends ClientEvent> = (typeof clientEvents)[E];

/** Data of the event as a client writes it. */
export type ClientEventData<E extends ClientEvent> =
  Definition<E> extends KeyedEvent<infer Value>
    ? Readonly<Record<string, z.input<Value>>>
    : z.input<Definition<E>['value']>;

/** One value as the server has it after validation: of one key, or of the whole event. */
export type ClientEventValue<E extends ClientEvent> = z.output<Definition<E>['value']>;

/** null for events that are not keyed. */
export type ClientEventKey<E extends ClientEvent> = Definition<E> extends { keyedBy: null } ? null : string;

export function isClientEvent(name: string): name is ClientEvent {
  return Object.hasOwn(clientEvents, name);
}
