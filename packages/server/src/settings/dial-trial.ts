/**
 * What the settings would make of a number: how it is spelt, whether it may be dialled, over which line. Asked by the
 * settings page before they hold; the desk decides by the same rules, and also by which lines are up and free.
 */
import { normalizeNumber } from '@openline/protocol';
import { createPhoneNumbers } from '../numbers/phone-numbers.ts';
import type { Settings } from './schema.ts';
import { canDialNumbers } from './way-out.ts';

export interface DialTrial {
  /** In its one spelling; null: it is no number. */
  number: string | null;
  is_allowed: boolean;
  /** The pattern of `dial.allow` that lets it through. */
  pattern: string | null;
  /** The line that it would go over; null: none can dial it. */
  line: string | null;
}

export function tryDialling(settings: Settings, typed: string): DialTrial {
  const digits = normalizeNumber(typed);
  if (digits === null) return { number: null, is_allowed: false, pattern: null, line: null };
  const number = createPhoneNumbers(() => settings.station.country).toE164(digits) ?? digits;
  const fits = (pattern: string) => new RegExp(pattern).test(number);
  const pattern = settings.dial.allow.find(fits) ?? null;
  const able = settings.lines.filter((line) => canDialNumbers(line) || /^sips?:/i.test(number));
  const meant = able.find(({ patterns }) => patterns.some(fits)) ?? able[0];
  return { number, is_allowed: pattern !== null, pattern, line: meant?.id ?? null };
}
