import { expect, it } from 'vitest';
import { shortName } from './short-name.ts';

it('is plain, and not one that is taken', () => {
  expect(shortName('Awa Céesay!', [])).toBe('awa-ceesay');
  expect(shortName('Anna', ['anna', 'anna-2'])).toBe('anna-3');
  expect(shortName('…', [])).toBe('');
});
