/** A leg as the control channel tells of it. Called by call-table.ts. Main thread. */
import type { LegSnapshot } from '../control/contract.ts';
import type { Leg } from './leg.ts';

/** Null: nobody has been told of it yet. */
export function legSnapshot(leg: Leg, recordings: string[]): LegSnapshot | null {
  if (leg.state === 'opening') return null;
  return {
    leg: leg.id,
    direction: leg.direction,
    origin: leg.origin,
    remote: leg.remote,
    called: leg.called,
    state: leg.state,
    hasMedia: leg.hasMedia,
    ...(leg.ice === null ? {} : { ice: leg.ice }),
    isHeldByRemote: leg.isHeldByRemote,
    place: leg.place,
    whisper: leg.whisper,
    levels: leg.levels,
    codec: leg.codec,
    offeredAt: leg.offeredAt,
    answeredAt: leg.answeredAt,
    recordings,
    tag: leg.tag,
  };
}
