// The keyboard of the desk, as one table: the map that the key ? shows, and a pure map from a key to what it does. A
// letter only works when the chosen strip shows that button: the keyboard can do what the hand can, no more.
import type { Act } from './strip-view.ts';

export type KeyDeed =
  | { do: 'digit'; digit: number }
  | { do: 'step'; by: 1 | -1 }
  | { do: 'leave' }
  | { do: 'act'; act: Act }
  | { do: 'card' }
  | { do: 'mute' }
  | { do: 'record' }
  | { do: 'leveller' }
  | { do: 'next' }
  /** By holding its key, as its button. */
  | { do: 'dump' }
  | { do: 'map' };

/** What a line of the map says; the texts have a sentence for each. */
export type KeyName =
  | 'strip'
  | 'farStrip'
  | 'neighbour'
  | 'unchoose'
  | 'air'
  | 'both'
  | 'hold'
  | 'screen'
  | 'ivr'
  | 'drop'
  | 'ready'
  | 'priority'
  | 'lock'
  | 'whisper'
  | 'card'
  | 'mute'
  | 'record'
  | 'leveller'
  | 'dial'
  | 'next'
  | 'dump'
  | 'search'
  | 'fader'
  | 'unity'
  | 'map';

interface KeyLine {
  name: KeyName;
  /** As on the keyboard; … is no key. */
  keys: readonly string[];
  /** Of the chosen strip: the first of these that it offers. */
  acts?: readonly Act[];
  /** Of the chosen strip, or of the desk. */
  deed?: KeyDeed;
  /** Works without a chosen strip. */
  isOfDesk?: boolean;
}

export const keyLines: readonly KeyLine[] = [
  { name: 'strip', keys: ['1', '…', '9'] },
  { name: 'farStrip', keys: ['1', '2'] },
  { name: 'neighbour', keys: ['←', '→'] },
  { name: 'unchoose', keys: ['Esc'], deed: { do: 'leave' }, isOfDesk: true },
  { name: 'air', keys: ['A'], acts: ['air'] },
  { name: 'both', keys: ['B'], acts: ['airBoth'] },
  { name: 'hold', keys: ['H'], acts: ['hold'] },
  { name: 'screen', keys: ['S'], acts: ['screen'] },
  { name: 'ready', keys: ['Q'], acts: ['ready', 'waiting'] },
  { name: 'priority', keys: ['P'], acts: ['priority'] },
  { name: 'ivr', keys: ['I'], acts: ['ivr'] },
  { name: 'drop', keys: ['D'], acts: ['drop', 'reject', 'cancel'] },
  { name: 'lock', keys: ['L'], acts: ['lock'] },
  { name: 'whisper', keys: ['W'], acts: ['whisper'] },
  { name: 'mute', keys: ['M'], deed: { do: 'mute' } },
  { name: 'record', keys: ['R'], deed: { do: 'record' } },
  { name: 'leveller', keys: ['G'], deed: { do: 'leveller' } },
  { name: 'card', keys: ['E'], deed: { do: 'card' } },
  { name: 'dial', keys: ['C'], acts: ['dial'] },
  { name: 'next', keys: ['N'], deed: { do: 'next' }, isOfDesk: true },
  { name: 'dump', keys: ['X'], deed: { do: 'dump' }, isOfDesk: true },
  { name: 'search', keys: ['/'] },
  { name: 'fader', keys: ['↑', '↓'] },
  { name: 'unity', keys: ['0'] },
  { name: 'map', keys: ['?'], deed: { do: 'map' }, isOfDesk: true },
];

export interface KeyPress {
  key: string;
  /** Where on the keyboard: French ones have digits only with Shift. */
  code: string;
  hasModifier: boolean;
  /** The focus is where text is typed, or on a control that takes letters and arrows itself. */
  isTyping: boolean;
}

const arrows: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowLeft: -1 };

/** null: the key is not ours. `acts` are those the chosen strip offers; null when none is chosen. */
export function deedOfKey(press: KeyPress, acts: readonly Act[] | null): KeyDeed | null {
  if (press.hasModifier) return null;
  if (press.key === 'Escape') return { do: 'leave' };
  if (press.isTyping) return null;
  const digit = digitOf(press);
  if (digit !== null) return { do: 'digit', digit };
  const by = arrows[press.key];
  if (by !== undefined) return { do: 'step', by };
  const line = keyLines.find(({ keys }) => keys.length === 1 && keys[0] === press.key.toUpperCase());
  if (!line || (acts === null && !line.isOfDesk)) return null;
  if (line.deed) return line.deed;
  const act = line.acts?.find((one) => acts?.includes(one));
  return act ? { do: 'act', act } : null;
}

function digitOf({ key, code }: KeyPress): number | null {
  const shown = /^[0-9]$/.test(key) ? key : null;
  const below = /^[A-Za-z/?]$/.test(key) ? null : /^Digit([0-9])$/.exec(code)?.[1];
  const digit = shown ?? below;
  return digit === undefined || digit === null ? null : Number(digit);
}

/** Two digits are one number when they come this fast. */
const SECOND_DIGIT_WITHIN_MS = 900;

export interface DigitPress {
  digit: number;
  atMs: number;
}

/** The strip, from 0, that a digit chooses after the one before it; null: there is none. */
export function stripOfDigits(before: DigitPress | null, now: DigitPress, strips: number): number | null {
  const isSecond = before !== null && before.digit > 0 && now.atMs - before.atMs < SECOND_DIGIT_WITHIN_MS;
  const both = isSecond ? before.digit * 10 + now.digit : 0;
  const number = both > 0 && both <= strips ? both : now.digit;
  return number > 0 && number <= strips ? number - 1 : null;
}
