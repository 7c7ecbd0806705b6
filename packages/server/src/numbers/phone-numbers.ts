/**
 * The desk's Numbers by the numbering plans of libphonenumber. `country` is asked at every number: it is a setting
 * that can change. Part of number-plan.ts.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Numbers } from '../desk/ports/numbers.ts';

/** Longer is no telephone number (E.164: 15 digits) in any spelling, and not worth the reading. */
const MAX_LENGTH = 40;

export function createPhoneNumbers(country: () => string | null): Numbers {
  return {
    toE164(text) {
      if (text.length > MAX_LENGTH || !/^[+\d\s().\-/]+$/.test(text)) return null;
      const known = country();
      const parsed = parsePhoneNumberFromString(
        text,
        known !== null && isSupportedCountry(known) ? known : undefined,
      );
      // An extension is no part of a number that can be dialled.
      return parsed?.isValid() && parsed.ext === undefined ? parsed.number : null;
    },
  };
}
