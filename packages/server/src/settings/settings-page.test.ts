import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { readSettings } from './settings.ts';

const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8');
/** `### title`, some words, a JSON document. */
const examples = page
  .slice(page.indexOf('## Examples'))
  .split('\n### ')
  .slice(1)
  .map((part) => ({
    title: part.split('\n')[0],
    text: part.slice(part.indexOf('```json') + 7, part.lastIndexOf('```')),
  }));

test('the page has its examples', () => {
  expect(examples).toHaveLength(5);
});

test.each(examples)('the example "$title" can be used as it is', ({ text }) => {
  expect(readSettings(JSON.parse(text))).toMatchObject({ ok: true });
});

test('every setting and every environment variable is on the page', () => {
  const missing = [...settingNames(z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }))]
    .filter((name) => !page.includes(name))
    .toSorted();
  expect(missing).toEqual([]);
  expect(environmentNames().filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

/** Every key at every depth. */
function settingNames(schema: unknown, names = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return names;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value)) names.add(name);
    settingNames(value, names);
  }
  return names;
}

/** Those that the server's and the engine's readers name. */
function environmentNames(): string[] {
  const sources = ['../config.ts', '../../../engine/src/config.ts'].map((path) =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  );
  return sources.flatMap((source) => source.match(/OPENLINE_[A-Z_]+/g) ?? []);
}
