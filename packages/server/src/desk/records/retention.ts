// Takes away what is older than the settings say: recordings, call records, texts; favourites stay. Run in small steps
// by the composition root, at the start and once a day, so that a year's worth of it holds up nobody.
import type { ServerFrame } from '@openline/protocol';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { CallHistory } from '../ports/call-history.ts';
import type { Clock } from '../ports/clock.ts';
import { callView } from '../view.ts';

/** 0 keeps for ever. */
export interface RetentionDays {
  recordings: number;
  calls: number;
  messages: number;
}

/** A kind of record that grows old. */
export interface Aging {
  /** One step: the frames that tell of it once it is committed; none when nothing is left to do. */
  expire(now: number, days: RetentionDays, limit: number): ServerFrame[];
}

export interface RetentionPorts {
  kinds: readonly Aging[];
  broadcaster: Broadcaster;
  clock: Clock;
  days: () => RetentionDays;
}

const DAY_MS = 24 * 3_600_000;
const RECORDS_A_STEP = 25;

/** Each call is one step; true: there may be more to do. */
export function createRetention({ kinds, broadcaster, clock, days }: RetentionPorts): () => boolean {
  return () => {
    const frames = kinds.flatMap((kind) => kind.expire(clock.now(), days(), RECORDS_A_STEP));
    for (const frame of frames) broadcaster.send({ to: 'all' }, frame);
    return frames.length > 0;
  };
}

/** The moment before which it is too old; null: it never is. */
export function oldBefore(now: number, days: number): number | null {
  return days === 0 ? null : now - days * DAY_MS;
}

export function agingCalls(history: CallHistory): Aging {
  return {
    expire(now, days, limit) {
      const before = { calls: oldBefore(now, days.calls), recordings: oldBefore(now, days.recordings) };
      const { removed, changed } = history.together(() => history.expire(before, limit));
      if (removed.length + changed.length === 0) return [];
      const left = changed.flatMap((id) => {
        const record = history.find(id);
        return record ? [[id, callView(record, now)] as const] : [];
      });
      const gone = removed.map((id) => [id, null] as const);
      return [{ event: 'calls:update', data: Object.fromEntries([...gone, ...left]) }];
    },
  };
}
