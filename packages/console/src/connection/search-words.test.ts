import { expect, test } from 'vitest';
import { fitsWords } from './search-words.ts';

test.each([
  ['Fatou Jallow +2203011001', 'fat', true],
  ['Fatou Jallow +2203011001', 'jallow fatou', true],
  ['Fatou Jallow +2203011001', '+22030', true],
  ['Fatou Jallow', 'low', false],
  ['Fatou Jallow', 'fatou ceesay', false],
  ['Fatou Jallow', '', true],
])('%s is found by %o: %s', (text, search, isFound) => {
  expect(fitsWords(text, search)).toBe(isFound);
});
