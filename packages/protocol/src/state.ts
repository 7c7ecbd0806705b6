// The state of the desk as a client sees it: what `initialize` carries whole and later events change in part.
// The desk builds it, the client package mirrors it, the console draws it.
import { z } from 'zod';
import {
  channelIdSchema,
  contactPropertySchema,
  landingModeSchema,
  levelSchema,
  onNextSchema,
  prioritySchema,
  promptIdSchema,
  roleSchema,
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
    /** What they want to say: of this call, where the others are the person's. */
    point: z.string().nullable(),
  })
  .catchall(contactPropertySchema);
export type Contact = z.infer<typeof contactSchema>;

/** What is known of a number that calls, or is called. Both times are of calls before this one. */
export const callerHistorySchema = z.object({
  /** Its calls, this one included: 1 is the first. */
  calls: z.number().int(),
  /** When the last call that was on air began. */
  last_on_air: timestampSchema.nullable(),
  last_call: timestampSchema.nullable(),
  blocked: z.boolean(),
});
export type CallerHistory = z.infer<typeof callerHistorySchema>;

export const qualitySchema = z.object({
  codec: z.string(),
  loss_percent: z.number(),
  jitter_ms: z.number(),
  /** Frames of 20 ms that had not come in time and were made up. */
  concealed_frames: z.number().int(),
  /** How long the jitter buffer holds sound back, now and at most in this call. */
  buffer_ms: z.number(),
  buffer_max_ms: z.number(),
  mos: z.number(),
});
export type Quality = z.infer<typeof qualitySchema>;

export const channelStateSchema = z.object({
  type: z.literal('sip'),
  label: z.string(),
  number: z.string().nullable(),
  /** null on a user's own channel. */
  line_id: z.string().nullable(),
  direction: z.enum(['in', 'out', 'operator']).nullable(),
  mode: shownModeSchema,
  /** Of the last change of mode. */
  timestamp: timestampSchema,
  level: levelSchema,
  muted: z.boolean(),
  recording: z.boolean(),
  autoanswer: landingModeSchema.nullable(),
  contact: contactSchema.nullable(),
  call_id: z.string().nullable(),
  error: z.string().nullable(),
  /** The mode that was asked for and is not there yet. */
  pending: z.string().nullable(),
  quality: qualitySchema.nullable(),
  held_by_remote: z.boolean(),
  /** How far the screening is; null where nobody waits: no caller, or one who is on air. */
  screening: screeningSchema.nullable(),
  priority: prioritySchema,
  /** On air, and nobody can drop or move them until it is taken off. */
  locked: z.boolean(),
  /** null while nobody has called, and when the number is withheld. */
  caller: callerHistorySchema.nullable(),
});
export type ChannelState = z.infer<typeof channelStateSchema>;

export const lineStateSchema = z.object({
  type: z.literal('sip'),
  label: z.string(),
  number: z.string().nullable(),
  status: z.enum(['up', 'down', 'registering']),
  capacity: z.number().int(),
  sms: z.boolean(),
  connection: z.object({ provider: z.string().nullable(), rssi: z.number().nullable() }),
});
export type LineState = z.infer<typeof lineStateSchema>;

const sideSchema = z.object({ level: levelSchema, muted: z.boolean() });

export const masterStateSchema = z.object({
  level: levelSchema,
  muted: z.boolean(),
  on_air: z.boolean(),
  recording: z.boolean(),
  /** What was asked for, in seconds. */
  delay: z.number(),
  /** What is there: how much is held back, and whether one dump fits into it. */
  delay_state: z.object({
    state: z.enum(['bypass', 'building', 'full', 'draining']),
    depth_ms: z.number(),
    safe: z.boolean(),
  }),
  /** Always at unity: older clients read them; the program has one level, the one above. */
  in: sideSchema,
  out: sideSchema,
});
export type MasterState = z.infer<typeof masterStateSchema>;

export const hostStateSchema = z.object({
  level: levelSchema,
  muted: z.boolean(),
  /** The studio desk is connected and has its place in the conference. */
  connected: z.boolean(),
});
export type HostState = z.infer<typeof hostStateSchema>;

export const userStateSchema = z.object({
  name: z.string(),
  level: levelSchema,
  muted: z.boolean(),
  recording: z.boolean(),
  whisper: channelIdSchema.nullable(),
});
export type UserState = z.infer<typeof userStateSchema>;

export const bucketSchema = z.object({
  name: z.string(),
  created: timestampSchema,
  /** The prompt that callers in ivr hear while this is the current bucket; null: that of their line. */
  greeting: promptIdSchema.nullable(),
});
export type Bucket = z.infer<typeof bucketSchema>;

export const queueStateSchema = z.object({
  /** The callers who are `ready` or `next`: who goes to air first is first. */
  order: z.array(channelIdSchema),
  /** The order was made by hand; else it goes by priority, then by who has waited longest. */
  by_hand: z.boolean(),
  on_next: onNextSchema,
  /** New callers hear busy. */
  lines_busy: z.boolean(),
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

export const deskStateSchema = z.object({
  lines: z.record(z.string(), lineStateSchema),
  mixer: z.object({
    channels: z.record(channelIdSchema, channelStateSchema),
    master: masterStateSchema,
    host: hostStateSchema,
  }),
  queue: queueStateSchema,
  users: z.record(userIdSchema, userStateSchema),
  /** The same objects as `users`: older clients read this name. */
  operators: z.record(userIdSchema, userStateSchema),
  /** Without those that are put away. */
  buckets: z.record(z.string(), bucketSchema),
  current_bucket: z.string().nullable(),
  prompts: z.record(promptIdSchema, promptSchema),
  /** Alarms that are raised now, by code. */
  alarms: z.record(z.string(), z.string()),
});
export type DeskState = z.infer<typeof deskStateSchema>;

export const stationStateSchema = z.object({
  name: z.string(),
  /** When the settings were changed last, while this server has been running; what is set is asked for over HTTP. */
  settings_changed: timestampSchema.nullable(),
});
export type StationState = z.infer<typeof stationStateSchema>;

export const initializeSchema = deskStateSchema.extend({
  station: stationStateSchema,
  server_version: z.string(),
  server_time: timestampSchema,
  you: z.object({ user_id: userIdSchema, name: z.string(), role: roleSchema }),
});
export type Initialize = z.infer<typeof initializeSchema>;
