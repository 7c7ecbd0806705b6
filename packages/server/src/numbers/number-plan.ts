/**
 * Numbers by libphonenumber's rules: what is written in the national way is read as one of the station's country.
 * Constructed by main.ts and the command line; a change of the country is seen at once.
 */
import { parsePhoneNumberFromString, isSupportedCountry } from 'libphonenumber-js';
import { normalizeNumber } from '@openline/protocol';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import { createPhoneNumbers } from './phone-numbers.ts';

/** Two letters (ISO 3166), or null where the settings name none. */
export function createNumberPlan(country: () => string | null): NumberPlan {
  const read = (normal: string) => {
    const code = country();
    const home = code !== null && isSupportedCountry(code) ? code : undefined;
    const parsed = parsePhoneNumberFromString(normal.replace(/^00/, '+'), home);
    return parsed?.isPossible() ? parsed : null;
  };
  const isSip = (number: string): boolean => /^sips?:/i.test(number);
  return {
    ...createPhoneNumbers(country),
    idOf(number) {
      const normal = normalizeNumber(number);
      if (normal === null) return number.trim();
      if (isSip(normal)) return normal.replace(/^sips?:/i, (scheme) => scheme.toLowerCase());
      return read(normal)?.number ?? normal;
    },
    spellings(number) {
      const normal = normalizeNumber(number);
      if (normal === null || isSip(normal)) return number === '' ? [] : [number];
      const parsed = read(normal);
      if (!parsed) return [normal.replace('+', '')];
      const international = parsed.number.replace('+', '');
      const national = parsed.formatNational().replace(/\D/g, '');
      return [...new Set([international, String(parsed.nationalNumber), national])];
    },
  };
}
