// What is known of a caller's number, in a few words: "first call", "12th call, on air last week". Pure.
import type { CallerHistory } from '@openline/protocol';

export interface HistoryTexts {
  firstCall: string;
  nthCall: (calls: number) => string;
  onAirBefore: (when: string) => string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Largest first; a unit holds from its own length on. */
const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['week', 7 * DAY_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', HOUR_MS / 60],
];

export function historyText(
  caller: CallerHistory,
  nowMs: number,
  locale: string,
  texts: HistoryTexts,
): string {
  const count = caller.calls <= 1 ? texts.firstCall : texts.nthCall(caller.calls);
  if (caller.last_on_air === null) return count;
  return `${count}, ${texts.onAirBefore(agoText(nowMs - caller.last_on_air, locale))}`;
}

/** "last week", "yesterday", "3 hr. ago", as the language says it: the shorter units with numbers, for a strip is narrow. */
function agoText(agoMs: number, locale: string): string {
  const [unit, lengthMs] = units.find(([, length]) => agoMs >= length) ?? ['minute', HOUR_MS / 60];
  const format = new Intl.RelativeTimeFormat(locale, {
    numeric: 'auto',
    style: lengthMs < DAY_MS ? 'short' : 'long',
  });
  return format.format(-Math.floor(Math.max(0, agoMs) / lengthMs), unit);
}
