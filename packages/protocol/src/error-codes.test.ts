import { expect, test } from 'vitest';
import { errorMessage, errorSentences } from './error-codes.ts';

test('every code has a sentence that ends as one', () => {
  for (const sentence of Object.values(errorSentences)) expect(sentence).toMatch(/^[A-Z"{'].*\.$/);
});

test('details are filled in, and a missing one does not show its brace', () => {
  expect(errorMessage('channel_free', { channel: 'Studio line 1' })).toBe('Studio line 1 has no call.');
  expect(errorMessage('channel_free')).toBe('? has no call.');
});
