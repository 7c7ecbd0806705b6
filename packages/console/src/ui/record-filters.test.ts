import { expect, test } from 'vitest';
import { fitsFilter } from './record-filters.tsx';

const entry = { timestamp: 1000, tags: ['Rice'], favorite: true };
const open = { search: '', tags: [], from: null, to: null };

test.each([
  ['everything', open, true],
  ['its tag in another case', { ...open, tags: ['RICE'] }, true],
  ['the star', { ...open, tags: ['favorite', 'rice'] }, true],
  ['a tag that it lacks', { ...open, tags: ['rice', 'road'] }, false],
  ['its own moment', { ...open, from: 1000, to: 1000 }, true],
  ['later', { ...open, from: 1001 }, false],
  ['earlier', { ...open, to: 999 }, false],
])('a filter for %s', (_, filter, isFitting) => {
  expect(fitsFilter(entry, filter)).toBe(isFitting);
});

test('the star is not its tag of that name', () => {
  expect(fitsFilter({ ...entry, favorite: false }, { ...open, tags: ['favorite'] })).toBe(false);
});
