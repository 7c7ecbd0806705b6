// Text as every store and every other program can keep it: JSON can escape half of a surrogate pair (RFC 8259 8.2), UTF-8
// cannot carry it, so what one client was told would differ from what the next one finds. Called by frame.ts.

/** The same value, each lone surrogate in its strings and keys replaced by U+FFFD. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.toWellFormed(), wellFormed(each)]),
  );
}
