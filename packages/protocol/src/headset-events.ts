// The events of a headset: sound of a browser over WebRTC, for a user or for the studio desk. The offer and the answer
// travel here, the sound does not. Part of client-events.ts, which says who reads these lists.
import { z } from 'zod';
import { whole } from './event-forms.ts';

/** As `RTCIceServer` has it, with both words null where the server asks for none. */
export const iceServerSchema = z.object({
  urls: z.string(),
  username: z.string().nullable(),
  credential: z.string().nullable(),
});
export type IceServer = z.infer<typeof iceServerSchema>;

export const headsetIdSchema = z.string().min(1).max(64).describe('headset id');
export const sdpSchema = z.string().min(1).max(32_000).describe('SDP');
const candidateSchema = z
  .object({ candidate: z.string().max(1_000), mid: z.string().max(64) })
  .describe('ICE candidate');

/** One candidate, of either side; an empty one says that there are no more. */
export const headsetCandidateSchema = candidateSchema.extend({ headset: headsetIdSchema });

export const headsetEvents = {
  'headset:servers': whole(
    z.null(),
    'asks for the STUN and TURN servers that a headset is to use; may be none',
    '`headset:servers`, to self',
  ),
  'headset:connect': whole(
    z.object({ sdp: sdpSchema, as: z.enum(['user', 'host']), replace: z.boolean().default(false) }),
    "connects this browser's sound as the user's own headset, or as the studio desk where the settings say that it comes from a browser; of a user's phone and headset the newest is used; `replace` takes the studio desk over from somebody else",
    '`headset:answer`, to self; `userUpdate` or `hostUpdate`',
  ),
  'headset:candidate': whole(
    headsetCandidateSchema,
    'one ICE candidate of this browser',
    'nothing; the candidates of the other side come as `headset:candidate`, to self',
  ),
  'headset:reconnect': whole(
    z.object({ headset: headsetIdSchema, sdp: sdpSchema }),
    'a further offer for a headset that is connected: an ICE restart after the network was away, another device; also from a new connection of the same user',
    '`headset:answer`, to self',
  ),
  'headset:disconnect': whole(
    z.object({ headset: headsetIdSchema }),
    'hangs up',
    '`headset:ended`, to self; `userUpdate` or `hostUpdate`',
  ),
} as const;
