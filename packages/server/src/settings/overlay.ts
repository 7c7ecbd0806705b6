/**
 * The settings file over the stored document: what the file says wins and is locked. Objects are laid over each other
 * key by key; lists are replaced as a whole, but for users, who are told apart by id, so that the administrator made
 * at set-up stays beside those of the file.
 */
type Document = { [key: string]: unknown };

export function overlay(stored: unknown, file: unknown): Document {
  return merge(isDocument(stored) ? stored : {}, isDocument(file) ? file : {}, '');
}

/** Paths that the file decides, as `station.name`, `lines`, `users.anna`. */
export function lockedPaths(file: unknown, prefix = ''): string[] {
  if (!isDocument(file)) return [];
  return Object.entries(file).flatMap(([key, value]) => {
    const path = prefix + key;
    if (path === 'users') return userIds(value).map((id) => `users.${id}`);
    return isDocument(value) ? lockedPaths(value, `${path}.`) : [path];
  });
}

function merge(stored: Document, file: Document, prefix: string): Document {
  const result: Document = { ...stored };
  for (const [key, value] of Object.entries(file)) {
    const path = prefix + key;
    const below = stored[key];
    if (path === 'users') result[key] = mergeUsers(below, value);
    else if (isDocument(value) && isDocument(below)) result[key] = merge(below, value, `${path}.`);
    else result[key] = value;
  }
  return result;
}

function mergeUsers(stored: unknown, file: unknown): unknown {
  if (!Array.isArray(file)) return file;
  const locked = new Set(userIds(file));
  const kept = Array.isArray(stored)
    ? stored.filter((user) => !(isDocument(user) && typeof user['id'] === 'string' && locked.has(user['id'])))
    : [];
  return [...kept, ...file];
}

function userIds(users: unknown): string[] {
  if (!Array.isArray(users)) return [];
  return users.flatMap((user) => (isDocument(user) && typeof user['id'] === 'string' ? [user['id']] : []));
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
