/** What is shown of one event: that it works, which data it refuses, and who may not send it. */
import type { Stage } from './stage.ts';

export interface Row {
  succeeds: (stage: Stage) => Promise<void>;
  /** Each refused with `event_error`, and nothing changes. `too large`: any data will do, so only a frame over the limit is bad. */
  bad: readonly unknown[] | 'too large';
  /** The greatest role that may not; a stranger: whoever has signed in may. */
  mayNot: 'stranger' | 'viewer' | 'screener';
}

export const badLevels = [0, 101, '50', null, Number.NaN, {}];
export const badFlags = ['true', 1, null, {}];

/** Each of the values under that key. */
export function keyed(key: string, values: readonly unknown[]): unknown[] {
  return values.map((value) => ({ [key]: value }));
}
