/**
 * Numbers by libphonenumber's rules: what is written in the national way is read as one of the station's country.
 * Constructed by main.ts and the command line; a change of the country is seen at once.
 */
import { parsePhoneNumberFromString, isSupportedCountry } from 'libphonenumber-js';
import { normalizeNumber } from '@openline/protocol';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import { RecentlyUsed } from '../recently-used.ts';
import { createPhoneNumbers } from './phone-numbers.ts';

/** What was made of numbers of late: the same ones call again, and to read one takes long. */
const MAX_KEPT = 20_000;

interface Reading {
  id: string;
  spellings: readonly string[];
}

/** Two letters (ISO 3166), or null where the settings name none. */
export function createNumberPlan(country: () => string | null): NumberPlan {
  const kept = new RecentlyUsed<string, Reading>(MAX_KEPT);
  const readAt = (normal: string, code: string | null): Reading => {
    const home = code !== null && isSupportedCountry(code) ? code : undefined;
    const parsed = parsePhoneNumberFromString(normal.replace(/^00/, '+'), home);
    if (!parsed?.isPossible()) return { id: normal, spellings: [normal.replace('+', '')] };
    const international = parsed.number.replace('+', '');
    const national = parsed.formatNational().replace(/\D/g, '');
    const spellings = [...new Set([international, String(parsed.nationalNumber), national])];
    return { id: parsed.number, spellings };
  };
  const read = (normal: string): Reading => {
    const code = country();
    const key = `${code ?? ''} ${normal}`;
    const known = kept.get(key);
    if (known) return known;
    const reading = readAt(normal, code);
    kept.set(key, reading);
    return reading;
  };
  const isSip = (number: string): boolean => /^sips?:/i.test(number);
  return {
    ...createPhoneNumbers(country),
    idOf(number) {
      const normal = normalizeNumber(number);
      if (normal === null) return number.trim();
      if (isSip(normal)) return normal.replace(/^sips?:/i, (scheme) => scheme.toLowerCase());
      return read(normal).id;
    },
    spellings(number) {
      const normal = normalizeNumber(number);
      if (normal === null || isSip(normal)) return number === '' ? [] : [number];
      return [...read(normal).spellings];
    },
  };
}
