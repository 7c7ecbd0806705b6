/**
 * Turns what the schema objects to into one line each: where, what is wrong, what is allowed. Values of secrets are
 * never repeated.
 */
import type { z } from 'zod';

const SECRETS = new Set(['password', 'password_hash', 'url']);

export function problemLines(error: z.ZodError, input: unknown): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${where([...issue.path, key])} is not a setting: ${issue.message}`);
    }
    return [`${where(issue.path)} ${whatIsWrong(issue.path, input)}: allowed is ${issue.message}`];
  });
}

/** `lines[0].capacity` */
function where(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part).slice(0, 60)}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? 'the settings' : text;
}

function whatIsWrong(path: readonly PropertyKey[], input: unknown): string {
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    input,
  );
  if (value === undefined) return 'is missing';
  if (path.some((part) => typeof part === 'string' && SECRETS.has(part))) return 'is not right';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'is an object';
  return `is ${JSON.stringify(value)?.slice(0, 80)}`;
}
