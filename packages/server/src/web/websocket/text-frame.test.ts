import { expect, test } from 'vitest';
import { textFrame } from './text-frame.ts';

test.each([
  ['nothing', '', [0x81, 0]],
  ['a word', 'Hi', [0x81, 2]],
  ['the most that fits into the second byte', 'x'.repeat(125), [0x81, 125]],
  ['one more', 'x'.repeat(126), [0x81, 126, 0, 126]],
  ['the most that fits into two bytes', 'x'.repeat(65_535), [0x81, 126, 0xff, 0xff]],
  ['one more than that', 'x'.repeat(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ['characters of several bytes', 'é€😀'.repeat(14), [0x81, 126, 0, 126]],
])('%s is headed by its length in bytes, as the standard writes it', (_what, text, head) => {
  const frame = textFrame(text);
  expect([...frame.subarray(0, head.length)]).toEqual(head);
  expect(frame.subarray(head.length).toString()).toBe(text);
});
