// The small values that events and state are made of: levels, ids, modes, numbers to dial.
// Every schema of the protocol is built of these.
import { z } from 'zod';

/** A schema with what the published documents say of it, beside its kind. */
export function said<Schema extends z.ZodType>(schema: Schema, says: string): Schema {
  return schema.meta({ says });
}

/** Words that are modes or commands; no user and no channel may be called so. */
export const reservedWords = ['free', 'defunct', 'dial', 'ring', 'ivr', 'on_hold', 'master'] as const;

const id = z.string().min(1).max(64);

export const channelIdSchema = id.describe('channel id');
export const userIdSchema = id.describe('user id');

/** What a settings file or an administrator may call a user, a line or a channel. */
export const newIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$/, 'letters, digits, dot, dash and underscore, at most 48')
  .refine((value) => !(reservedWords as readonly string[]).includes(value), 'this word is a mode');

/** An id as a client writes it: older ones write theirs as a whole number. */
export const givenIdSchema = z
  .union([z.string().min(1).max(256), z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)])
  .transform(String)
  .describe('id');
export const givenChannelIdSchema = givenIdSchema.describe('channel id');

/** What a screener says of a caller; `talking` comes and goes with a private talk. */
export const screeningSchema = z.enum(['new', 'talking', 'ready', 'next']);
export type Screening = z.infer<typeof screeningSchema>;

/** 0: as everybody; 2: the first of all. */
export const prioritySchema = z.literal([0, 1, 2]);
export type Priority = z.infer<typeof prioritySchema>;

/** What becomes of the callers on air when the next one is taken there. */
export const onNextSchema = z.enum(['keep', 'hold', 'drop']);
export type OnNext = z.infer<typeof onNextSchema>;

/** What a channel does with a caller's loudness. */
export const levellerSchema = z.object({
  on: z.boolean(),
  target_db: said(z.number().min(-30).max(-10), 'what speech is brought to, dBFS'),
  range_db: said(z.number().min(0).max(18), 'by how much at most, up and down'),
  gate_db: said(z.number().min(-80).max(-30), 'what is below, in dBFS, is a pause and turned down'),
  duck: said(z.boolean(), 'lower by 6 dB on air while the host speaks'),
  differs: said(z.boolean(), 'from what the settings say'),
});
export type LevellerState = z.infer<typeof levellerSchema>;

const { on, target_db, range_db, gate_db, duck } = levellerSchema.shape;
export const levellerChangeSchema = z
  .strictObject({
    on: on.exactOptional(),
    target_db: target_db.exactOptional(),
    range_db: range_db.exactOptional(),
    gate_db: gate_db.exactOptional(),
    duck: duck.exactOptional(),
  })
  .describe('part of a leveller');
export type LevellerChange = z.infer<typeof levellerChangeSchema>;

/** What an uploaded prompt may be called. */
export const promptIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'small letters, digits, dash and underscore, at most 40')
  .describe('prompt id');

export const levelSchema = z.number().min(1).max(100).describe('level');

/** What is played: a recording or a question by its `audio_url`, or a prompt of the station's. */
export const playedUrlSchema = z
  .string()
  .regex(
    /^\/(?:audio\/[A-Za-z0-9_-]{1,64}\.wav|api\/prompts\/[a-z0-9][a-z0-9_-]{0,39})$/,
    'the audio_url of a recording, a question or a prompt',
  )
  .describe('audio_url');

export const roleSchema = z.enum(['viewer', 'screener', 'producer', 'administrator']);
export type Role = z.infer<typeof roleSchema>;

/** A mode that a client may ask for: free, master, on_hold, ivr or a user id. */
export const askedModeSchema = givenIdSchema.describe("'master' | 'ivr' | 'on_hold' | 'free' | user_id");
/** Where a call that is answered by itself, or that was dialled, lands. */
export const landingModeSchema = id.describe("'master' | 'ivr' | 'on_hold' | user_id");
/** The same, as a client writes it. */
export const askedLandingModeSchema = givenIdSchema.describe("'master' | 'ivr' | 'on_hold' | user_id");
/** A mode as it is shown; also defunct, dial and ring; on a user's own channel a channel id. */
export const shownModeSchema = id.describe(
  "'defunct' | 'free' | 'dial' | 'ring' | 'ivr' | 'on_hold' | 'master' | user_id | channel_id",
);

export const dialNumberSchema = z
  .union([z.string().min(1).max(256), z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)])
  .transform(String)
  .describe('number to dial');

export const contactPropertySchema = z.union([z.string().max(4000), z.number(), z.boolean(), z.null()]);
export type ContactProperty = z.infer<typeof contactPropertySchema>;

const contactPropertyNameSchema = z
  .string()
  .min(1)
  .max(64)
  .refine((name) => name !== '__proto__', 'this name is not allowed');

export const contactPropertiesSchema = z
  .record(contactPropertyNameSchema, contactPropertySchema)
  .refine((card) => Object.keys(card).length <= 64, 'at most 64 properties');

/** A free word: case is kept, and matched without case. */
export const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .refine((tag) => !/\p{Cc}/u.test(tag), 'no control characters')
  .describe('tag');
export const tagsSchema = z.array(tagSchema).max(50, 'at most 50 tags');
