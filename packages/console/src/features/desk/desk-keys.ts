// The keyboard of the desk, as a pure map from a key to what it does with the chosen strip. A letter only works when
// the strip shows that button: the keyboard can do what the hand can, no more.
import type { Act } from './strip-view.ts';

export type KeyDeed =
  | { do: 'choose'; index: number }
  | { do: 'leave' }
  | { do: 'act'; act: Act }
  | { do: 'mute' }
  | { do: 'record' }
  | { do: 'next' }
  | { do: 'map' };

export interface KeyPress {
  key: string;
  hasModifier: boolean;
  /** The focus is where text is typed, or on a control that takes letters itself. */
  isTyping: boolean;
}

const letters: Readonly<Record<string, readonly Act[]>> = {
  a: ['air'],
  b: ['airBoth'],
  h: ['hold'],
  s: ['screen'],
  i: ['ivr'],
  d: ['drop', 'reject', 'cancel'],
};

/** null: the key is not ours. `acts` are those the chosen strip offers; null when none is chosen. */
export function deedOfKey(press: KeyPress, acts: readonly Act[] | null): KeyDeed | null {
  if (press.hasModifier) return null;
  if (press.key === 'Escape') return { do: 'leave' };
  if (press.isTyping) return null;
  if (/^[1-9]$/.test(press.key)) return { do: 'choose', index: Number(press.key) - 1 };
  const key = press.key.toLowerCase();
  if (key === '?') return { do: 'map' };
  if (key === 'n') return { do: 'next' };
  if (acts === null) return null;
  if (key === 'm') return { do: 'mute' };
  if (key === 'r') return { do: 'record' };
  const act = letters[key]?.find((one) => acts.includes(one));
  return act ? { do: 'act', act } : null;
}

/** The caller on hold for longest: who goes to air next, as long as the desk has no order of its own. */
export function longestOnHold(
  channels: Readonly<Record<string, { mode: string; timestamp: number }>>,
): string | null {
  const waiting = Object.entries(channels).filter(([, channel]) => channel.mode === 'on_hold');
  waiting.sort(([, one], [, other]) => one.timestamp - other.timestamp);
  return waiting[0]?.[0] ?? null;
}
