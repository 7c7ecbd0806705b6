// A number as somebody typed it. Without a schema, so that a page that only spells numbers stays small.

/** Digits without their punctuation, or a SIP URI as it is; null when it is neither. */
export function normalizeNumber(text: string): string | null {
  const trimmed = text.trim();
  if (/^sips?:[^\s<>"]+$/i.test(trimmed)) return trimmed;
  const digits = trimmed.replace(/[\s().\-/]/g, '');
  return /^\+?[0-9]{1,32}$/.test(digits) ? digits : null;
}
