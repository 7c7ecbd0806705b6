// When something was, as a list says it: the time today, the day and the time before that. By the reader's locale.
import { dateFormat } from '../i18n/formats.ts';

export function whenText(at: number, now: number, locale: string): string {
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  if (isToday) return dateFormat(locale, time).format(at);
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
  if (!isThisYear) day.year = 'numeric';
  return dateFormat(locale, { ...day, ...time }).format(at);
}

/** Whether an entry of a list, newest or oldest first, begins another day than the one before it. Today, at the top of
 * a list, needs no heading. */
export function isOtherDay(at: number, before: number | undefined, today: number): boolean {
  return new Date(at).toDateString() !== new Date(before ?? today).toDateString();
}

/** The day alone, for headings between the entries of different days. */
export function dayText(at: number, locale: string): string {
  return dateFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
}
