/**
 * SIP secrets have to be kept in clear (digest needs them), but no page needs to read them: they leave as a mark, and
 * the mark coming back means "as it was".
 */
const KEPT = '(kept)';

/** `icecast://source:` and what is behind the password. */
const WITH_PASSWORD = /^([a-z]+:\/\/[^/@:]*:)([^/@]+)(@.*)$/i;

/** A copy with every `password`, also that in a `url`, replaced by the mark. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(key, inner)]));
}

function masked(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return maskSecrets(value);
  if (key === 'password') return KEPT;
  return key === 'url' ? value.replace(WITH_PASSWORD, `$1${KEPT}$3`) : value;
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
      return [key, restored(key, inner, former)];
    }),
  );
}

function restored(key: string, value: unknown, former: unknown): unknown {
  if (key === 'password' && value === KEPT) return former;
  if (key !== 'url' || typeof value !== 'string' || typeof former !== 'string') {
    return restoreSecrets(value, former);
  }
  const [, , password] = WITH_PASSWORD.exec(former) ?? [];
  return password === undefined
    ? value
    : value.replace(WITH_PASSWORD, (whole, before: string, now: string, after: string) =>
        now === KEPT ? before + password + after : whole,
      );
}

/** The item of the former list with the same id, else the same user name. */
function counterpart(item: unknown, index: number, known: unknown): unknown {
  if (!Array.isArray(known)) return undefined;
  if (!isObject(item)) return known[index];
  const name = ['id', 'username'].find((each) => item[each] !== undefined);
  if (name === undefined) return known[index];
  return known.find((former) => isObject(former) && former[name] === item[name]);
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
