/**
 * SIP secrets have to be kept in clear (digest needs them), but no page needs to read them: they leave as a mark, and
 * the mark coming back means "as it was".
 */
const KEPT = '(kept)';

/** A copy with every `password` replaced by the mark. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'password' && typeof inner === 'string' ? KEPT : maskSecrets(inner),
    ]),
  );
}

/** A copy with every mark replaced by the secret of the same thing in `known`. */
export function restoreSecrets(value: unknown, known: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => restoreSecrets(item, counterpart(item, index, known)));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const former = isObject(known) ? known[key] : undefined;
      return [key, key === 'password' && inner === KEPT ? former : restoreSecrets(inner, former)];
    }),
  );
}

/** The item of the former list with the same id, else the same user name. */
function counterpart(item: unknown, index: number, known: unknown): unknown {
  if (!Array.isArray(known)) return undefined;
  if (!isObject(item)) return known[index];
  return known.find(
    (former) =>
      isObject(former) &&
      (item['id'] === undefined ? former['username'] === item['username'] : former['id'] === item['id']),
  );
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
