import { expect, test } from 'vitest';
import { alphabetOf, countText, splitText } from './text-parts.ts';

test.each([
  ['nothing at all', '', { alphabet: 'gsm7', characters: 0, parts: 1, left: 160 }],
  ['plain words', 'a'.repeat(160), { alphabet: 'gsm7', characters: 160, parts: 1, left: 0 }],
  ['one too many', 'a'.repeat(161), { alphabet: 'gsm7', characters: 161, parts: 2, left: 145 }],
  ['accents of the alphabet', 'Ñandù è così £5', { alphabet: 'gsm7', characters: 15, parts: 1, left: 145 }],
  ['extension table', '{€}', { alphabet: 'gsm7', characters: 6, parts: 1, left: 154 }],
  ['eighty euro signs', '€'.repeat(80), { alphabet: 'gsm7', characters: 160, parts: 1, left: 0 }],
  ['eighty-one euro signs', '€'.repeat(81), { alphabet: 'gsm7', characters: 162, parts: 2, left: 143 }],
  ['a letter outside', 'ŋ'.repeat(70), { alphabet: 'ucs2', characters: 70, parts: 1, left: 0 }],
  ['one more of them', 'ŋ'.repeat(71), { alphabet: 'ucs2', characters: 71, parts: 2, left: 63 }],
  ['Cyrillic', 'Здраво', { alphabet: 'ucs2', characters: 6, parts: 1, left: 64 }],
  ['emoji', '🎉'.repeat(35), { alphabet: 'ucs2', characters: 70, parts: 1, left: 0 }],
] as const)('%s', (_, text, expected) => {
  expect(countText(text)).toEqual(expected);
});

test('an emoji is never cut in two: the part before it stays one place short', () => {
  const parts = splitText(`${'x'.repeat(66)}🎉${'y'.repeat(66)}`);
  expect(parts.map((part) => part.length)).toEqual([66, 67, 1]);
  expect(parts[1]?.startsWith('🎉')).toBe(true);
});

test('an escaped character is never cut in two', () => {
  const parts = splitText(`${'x'.repeat(152)}€${'y'.repeat(60)}`);
  expect(parts.map((part) => part.length)).toEqual([152, 61]);
});

test('600 characters with emoji go in nine parts of at most 67 units, and joined they are the text', () => {
  const text = '🎵'.repeat(10) + 'la '.repeat(197);
  expect(Array.from(text).length).toBe(601);
  const parts = splitText(text);
  expect(parts.length).toBe(countText(text).parts);
  expect(parts.length).toBe(10);
  expect(parts.join('')).toBe(text);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(67);
});

test('the whole default alphabet is one septet each', () => {
  expect(alphabetOf('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ')).toBe('gsm7');
  expect(alphabetOf('ç')).toBe('ucs2');
  expect(alphabetOf('`')).toBe('ucs2');
});
