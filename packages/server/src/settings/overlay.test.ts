import { expect, test } from 'vitest';
import { lockedPaths, overlay } from './overlay.ts';

const stored = {
  station: { name: 'Stored', country: 'GM' },
  users: [
    { id: 'root', name: 'Root' },
    { id: 'anna', name: 'Old Anna' },
  ],
  lines: [{ id: 'one' }, { id: 'two' }],
};
const file = { station: { name: 'File' }, users: [{ id: 'anna', name: 'Anna' }], lines: [{ id: 'three' }] };

test('the file wins key by key, lists as a whole, users one by one', () => {
  expect(overlay(stored, file)).toEqual({
    station: { name: 'File', country: 'GM' },
    users: [
      { id: 'root', name: 'Root' },
      { id: 'anna', name: 'Anna' },
    ],
    lines: [{ id: 'three' }],
  });
});

test('what the file says is locked, the rest is not', () => {
  expect(lockedPaths(file)).toEqual(['station.name', 'users.anna', 'lines']);
  expect(lockedPaths(null)).toEqual([]);
});
