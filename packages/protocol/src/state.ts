// The state of the desk as a client sees it: what `initialize` carries whole and later events change in part.
// The desk builds it, the client package mirrors it, the console draws it.
import { z } from 'zod';
import {
  channelIdSchema,
  contactPropertySchema,
  landingModeSchema,
  levelSchema,
  levellerSchema,
  onNextSchema,
  prioritySchema,
  promptIdSchema,
  roleSchema,
  said,
  screeningSchema,
  shownModeSchema,
  userIdSchema,
} from './values.ts';

export const timestampSchema = z.number().describe('epoch ms');

/** The card of whoever is at the far end. `number` is '' when withheld; further properties are the station's own. */
export const contactSchema = z
  .object({
    number: z.string(),
    name: z.string().nullable(),
    location: z.string().nullable(),
    notes: z.string().nullable(),
    point: said(
      z.string().nullable(),
      "what they want to say: of this call, where the others are the person's",
    ),
  })
  .catchall(contactPropertySchema);
export type Contact = z.infer<typeof contactSchema>;

/** What is known of a number that calls, or is called. Both times are of calls before this one. */
export const callerHistorySchema = z.object({
  calls: said(z.number().int(), 'its calls, this one included: 1 is the first'),
  last_on_air: said(timestampSchema.nullable(), 'when the last call that was on air began'),
  last_call: timestampSchema.nullable(),
  blocked: z.boolean(),
});
export type CallerHistory = z.infer<typeof callerHistorySchema>;

export const qualitySchema = z.object({
  codec: z.string(),
  loss_percent: z.number(),
  jitter_ms: z.number(),
  concealed_frames: said(z.number().int(), 'frames of 20 ms that had not come in time and were made up'),
  buffer_ms: said(z.number(), 'how long the jitter buffer holds sound back, now and at most in this call'),
  buffer_max_ms: z.number(),
  mos: z.number(),
});
export type Quality = z.infer<typeof qualitySchema>;

export const channelStateSchema = z.object({
  type: z.literal('sip'),
  label: z.string(),
  number: z.string().nullable(),
  line_id: said(z.string().nullable(), "null on a user's own channel"),
  direction: z.enum(['in', 'out', 'operator']).nullable(),
  mode: shownModeSchema,
  timestamp: said(timestampSchema, 'of the last change of mode'),
  level: levelSchema,
  muted: said(z.boolean(), 'the voice of the far end is in nothing'),
  leveller: said(levellerSchema.nullable(), "null on a user's own channel"),
  recording: said(z.boolean(), 'runs, or is armed for the next call'),
  autoanswer: said(landingModeSchema.nullable(), 'where the next incoming call lands by itself'),
  contact: contactSchema.nullable(),
  call_id: said(z.string().nullable(), 'its entry of the history'),
  error: said(z.string().nullable(), 'a sentence: why the line is down'),
  pending: said(z.string().nullable(), 'the mode that was asked for and is not there yet'),
  quality: qualitySchema.nullable(),
  held_by_remote: said(z.boolean(), 'the far end has put us on hold'),
  screening: said(
    screeningSchema.nullable(),
    'how far the screening is; null where nobody waits: no caller, or one who is on air',
  ),
  priority: prioritySchema,
  locked: said(z.boolean(), 'on air, and nobody can drop or move them until it is taken off'),
  caller: said(
    callerHistorySchema.nullable(),
    'null while nobody has called, and when the number is withheld',
  ),
});
export type ChannelState = z.infer<typeof channelStateSchema>;

export const lineStateSchema = z.object({
  type: z.literal('sip'),
  label: z.string(),
  number: z.string().nullable(),
  status: z.enum(['up', 'down', 'registering']),
  capacity: z.number().int(),
  sms: said(z.boolean(), 'texts can go by it'),
  connection: z.object({ provider: z.string().nullable(), rssi: z.number().nullable() }),
});
export type LineState = z.infer<typeof lineStateSchema>;

export const outputStateSchema = z.object({
  type: said(
    z.enum(['stream', 'icecast', 'rtp', 'device', 'sip']),
    '`stream`: the live program at `/program`; `sip`: a call to a transmitter site',
  ),
  label: z.string(),
  delayed: said(z.boolean(), 'behind the broadcast delay'),
  state: said(z.enum(['starting', 'running', 'failed']), 'what has failed is tried again for ever'),
  error: said(z.string().nullable(), 'a sentence: what keeps it from running'),
  listeners: said(z.number().int().nullable(), 'of the live program: how many listen'),
  timestamp: said(timestampSchema, 'of the last change of its state'),
});
export type OutputState = z.infer<typeof outputStateSchema>;

const sideSchema = z.object({ level: levelSchema, muted: z.boolean() });

export const masterStateSchema = z.object({
  level: levelSchema,
  muted: z.boolean(),
  on_air: said(z.boolean(), 'the program reaches the transmitter'),
  recording: z.boolean(),
  delay: said(z.number(), 'what was asked for, in seconds'),
  delay_state: z.object({
    state: z.enum(['bypass', 'building', 'full', 'draining']),
    depth_ms: said(z.number(), 'how much is held back now'),
    safe: said(z.boolean(), 'one dump fits into it'),
  }),
  in: said(sideSchema, 'always at unity: older clients read it; the program has one level, the one above'),
  out: said(sideSchema, 'the same'),
});
export type MasterState = z.infer<typeof masterStateSchema>;

export const connectionSchema = z.object({
  by: said(z.enum(['phone', 'headset', 'feed']), '`feed`: the studio desk by a sound device or RTP'),
  away: said(
    z.boolean(),
    'of a headset or feed: nothing comes from there at the moment; it may come back by itself',
  ),
});
export type Connection = z.infer<typeof connectionSchema>;

export const feedConditionSchema = z.object({
  state: said(z.enum(['starting', 'running', 'failed']), 'what has failed is tried again for ever'),
  error: said(z.string().nullable(), 'a sentence: what keeps it from running'),
});

export const hostStateSchema = z.object({
  level: levelSchema,
  muted: z.boolean(),
  connected: said(z.boolean(), 'the studio desk is connected and has its place in the conference'),
  feed: said(
    z.enum(['phone', 'webrtc', 'device', 'rtp']).nullable(),
    'where the feed comes from, by the settings; `webrtc`: from the console of whoever connects it; null: there is none',
  ),
  connection: said(connectionSchema.nullable(), 'null: not connected'),
  input: said(feedConditionSchema.nullable(), 'of a feed by `device` or `rtp`; null: another one, or none'),
  return: said(
    feedConditionSchema.nullable(),
    'the same of what the studio desk hears; null: no return is set',
  ),
  user: said(userIdSchema.nullable(), 'whose headset it is; null: of nobody'),
});
export type HostState = z.infer<typeof hostStateSchema>;

export const userStateSchema = z.object({
  name: z.string(),
  level: said(levelSchema, 'what that user hears'),
  muted: said(z.boolean(), 'that user hears nothing'),
  recording: z.boolean(),
  whisper: said(channelIdSchema.nullable(), 'who alone hears that user'),
  connection: said(connectionSchema.nullable(), 'how that user is heard and hears; null: not at all'),
});
export type UserState = z.infer<typeof userStateSchema>;

export const bucketSchema = z.object({
  name: z.string(),
  created: timestampSchema,
  greeting: said(
    promptIdSchema.nullable(),
    'the prompt that callers in ivr hear while this is the current bucket; null: that of their line',
  ),
});
export type Bucket = z.infer<typeof bucketSchema>;

export const queueStateSchema = z.object({
  order: said(
    z.array(channelIdSchema),
    'the callers who are `ready` or `next`: who goes to air first is first',
  ),
  by_hand: said(
    z.boolean(),
    'the order was made by hand; else it goes by priority, then by who has waited longest',
  ),
  on_next: onNextSchema,
  lines_busy: said(z.boolean(), 'new callers hear busy'),
});
export type QueueState = z.infer<typeof queueStateSchema>;

/** A sound of the station's own that callers in ivr hear. */
export const promptSchema = z.object({
  audio_url: z.string(),
  duration_ms: z.number(),
  bytes: z.number().int(),
  changed: timestampSchema,
});
export type Prompt = z.infer<typeof promptSchema>;

/** A sound that is played from a file. */
export const playerStateSchema = z.object({
  audio_url: z.string(),
  title: z.string(),
  to: said(z.string(), "'air', or the user who alone hears it"),
  level: levelSchema,
  started: said(timestampSchema, 'when it was heard first'),
  from_ms: said(z.number().int(), 'where in the file it began'),
  duration_ms: said(z.number().int(), 'of the whole file'),
});
export type PlayerState = z.infer<typeof playerStateSchema>;

export const deskStateSchema = z.object({
  lines: z.record(z.string(), lineStateSchema),
  mixer: z.object({
    channels: z.record(channelIdSchema, channelStateSchema),
    master: masterStateSchema,
    host: hostStateSchema,
    players: said(z.record(z.string(), playerStateSchema), 'what is played now, by player_id'),
  }),
  queue: queueStateSchema,
  users: z.record(userIdSchema, userStateSchema),
  operators: said(
    z.record(userIdSchema, userStateSchema),
    'the same objects as `users`: older clients read this name',
  ),
  buckets: said(z.record(z.string(), bucketSchema), 'without those that are put away'),
  current_bucket: z.string().nullable(),
  prompts: z.record(promptIdSchema, promptSchema),
  outputs: said(z.record(z.string(), outputStateSchema), 'where the program goes besides the desk'),
  alarms: said(z.record(z.string(), z.string()), 'alarms that are raised now, by code'),
});
export type DeskState = z.infer<typeof deskStateSchema>;

export const stationStateSchema = z.object({
  name: z.string(),
  settings_changed: said(
    timestampSchema.nullable(),
    'when the settings were changed last, while this server has been running; what is set is asked for over HTTP',
  ),
});
export type StationState = z.infer<typeof stationStateSchema>;

export const initializeSchema = deskStateSchema.extend({
  station: stationStateSchema,
  server_version: z.string(),
  server_time: timestampSchema,
  you: z.object({ user_id: userIdSchema, name: z.string(), role: roleSchema }),
});
export type Initialize = z.infer<typeof initializeSchema>;
