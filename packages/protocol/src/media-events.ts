// The events about what is played from files: recordings, questions and jingles, to air or into one user's ear. The desk
// decides about them. Part of client-events.ts, which says who reads these lists.
import { z } from 'zod';
import { keyed, byIds, whole } from './event-forms.ts';
import { givenIdSchema, levelSchema, playedUrlSchema, said } from './values.ts';

const LONGEST_MS = 86_400_000;

export const mediaEvents = {
  'media:play': whole(
    z.object({
      audio_url: playedUrlSchema,
      to: givenIdSchema.describe("'air' | user_id"),
      title: said(z.string().max(200).default(''), 'what the strip says; null: the name of the file'),
      level: levelSchema.default(75),
      from_ms: said(z.number().int().min(0).max(LONGEST_MS).default(0), 'where in the file it begins'),
    }),
    "plays a recording, a question or a prompt to air, on a strip of its own, or into one user's ear",
    '`playerUpdate`, when it is heard and when it is over',
  ),
  'media:stop': byIds('player_id', 'stops what is played', '`playerUpdate` with `null`'),
  'media:volume': keyed('player_id', levelSchema, 'how loud it is played', '`playerVolumeChange`, to others'),
} as const;
