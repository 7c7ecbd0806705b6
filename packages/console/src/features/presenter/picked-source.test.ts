import { expect, test } from 'vitest';
import { isPicked } from './picked-source.ts';

test.each([
  ['a text with a star', { type: 'sms_in', favorite: true, tags: ['favorite'] }, true],
  ['a text with a tag', { type: 'sms_in', favorite: false, tags: ['rice'] }, true],
  ['any other text', { type: 'sms_in', favorite: false, tags: [] }, false],
  ['what the station sent itself', { type: 'sms_out', favorite: true, tags: ['favorite'] }, false],
] as const)('%s: on the prompter %s', (_what, { type, favorite, tags }, isThere) => {
  expect(isPicked({ type, favorite, tags: [...tags] })).toBe(isThere);
});
