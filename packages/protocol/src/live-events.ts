// The events about what is live: channels, master, users, host, dialling. The desk decides about them.
// Part of client-events.ts, which says who reads these lists.
import { z } from 'zod';
import { MAX_KEYS, keyed, whole } from './event-forms.ts';
import {
  askedModeSchema,
  contactPropertiesSchema,
  dialNumberSchema,
  givenChannelIdSchema,
  askedLandingModeSchema,
  levelSchema,
  levellerChangeSchema,
  onNextSchema,
  prioritySchema,
  screeningSchema,
} from './values.ts';

const autoAnswerSchema = askedLandingModeSchema.nullable();
const delaySchema = z.number().min(0).max(60).describe('seconds');
const countdownNote = '`masterUpdate`, also while the delay builds and drains';
const orderSchema = z.array(givenChannelIdSchema).max(MAX_KEYS, `at most ${MAX_KEYS} channels`);
const callNumberFields = { number: dialNumberSchema, mode: askedLandingModeSchema };

const channelPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('mode'), value: askedModeSchema }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('autoanswer'), value: autoAnswerSchema }),
]);

const masterPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('on_air'), value: z.boolean() }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('delay'), value: delaySchema }),
]);

const userPropertySchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('muted'), value: z.boolean() }),
  z.object({ name: z.literal('level'), value: levelSchema }),
  z.object({ name: z.literal('recording'), value: z.boolean() }),
]);

export const liveEvents = {
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
  channelLeveller: keyed(
    'channel_id',
    levellerChangeSchema.nullable(),
    "evens out the caller's loudness, for this channel otherwise than the settings say; `null` as they say",
    '`channelUpdate`',
  ),
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
  channelLock: keyed(
    'channel_id',
    z.boolean(),
    'keeps a caller on air: nobody drops or moves them until it is taken off',
    '`channelUpdate`',
  ),

  'queue:screening': keyed(
    'channel_id',
    screeningSchema,
    'how far the screening of a caller is; `ready` and `next` are in the queue, `next` at its head',
    '`channelUpdate` and `queueUpdate`',
  ),
  'queue:priority': keyed(
    'channel_id',
    prioritySchema,
    'who goes before others in the queue',
    '`channelUpdate` and `queueUpdate`',
  ),
  'queue:order': whole(
    orderSchema,
    'orders the queue by hand; callers it does not name follow, an empty list goes back to priority and waiting time',
    '`queueUpdate`',
  ),
  'queue:next': whole(
    z.object({ channel_id: givenChannelIdSchema }),
    'takes the head of the queue, as this client sees it, to air',
    '`channelUpdate`, and `queueUpdate` when they are on air',
  ),
  'queue:onNext': whole(
    onNextSchema,
    'what becomes of the callers on air when the next one is there',
    '`queueUpdate`',
  ),
  linesBusy: whole(z.boolean(), 'new callers hear busy, or ring again', '`queueUpdate`'),

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
  masterDelay: whole(delaySchema, 'length of the broadcast delay', countdownNote),
  masterDump: whole(
    z.null(),
    'throws away the newest of what the delay holds back, before it is on air; the settings say how much',
    '`masterUpdate`; what was taken out comes with `calls:update`, type `dump`',
  ),

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
    givenChannelIdSchema.nullable(),
    "that user's voice to that channel alone; only while both are in `master`",
    '`userUpdate`; also when it ends because either leaves',
  ),

  hostVolume: whole(
    levelSchema,
    "the level of the studio desk's feed into the conference",
    '`hostVolumeChange`, to others',
  ),
  hostMuted: whole(z.boolean(), 'mutes the feed of the studio desk', '`hostUpdate`'),

  callNumber: whole(
    z.object({ ...callNumberFields, channel_id: givenChannelIdSchema.nullable().default(null) }),
    'dials out; without a channel the server chooses one',
    '`channelUpdate`',
  ),
} as const;
