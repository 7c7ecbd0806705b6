import { describe, expect, it } from 'vitest';
import { firstLanguage, languages } from './texts.ts';

describe('the language of the console', () => {
  it('is what was chosen here, else what the browser prefers, else English', () => {
    expect(firstLanguage('fr', ['en-GB'])).toBe('fr');
    expect(firstLanguage(null, ['fr-SN', 'en'])).toBe('fr');
    expect(firstLanguage('xx', ['wo'])).toBe('en');
  });
});

/** Every text with its path; functions are called with words that can be told apart. */
function textsOf(node: unknown, path: string): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    const said: unknown = node({ sign: '+', dB: 3 }, 'b', 'c');
    return [[path, String(said)]];
  }
  return Object.entries(node as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
}

describe.each(Object.entries(languages))('the texts in %s', (code, texts) => {
  it('have no empty text', () => {
    expect(textsOf(texts, code).filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
