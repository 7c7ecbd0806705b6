/** Causes that a reader of the call's record is not to be misled by. */
import { expect, it } from 'vitest';
import { legEndOf } from './end-cause.ts';

it.each([
  [302, 'rejected'],
  [404, 'not_found'],
  [486, 'busy'],
  [480, 'no_answer'],
  [503, 'unreachable'],
  [603, 'rejected'],
])('a far end that answers %i ends the call as %s', (status, cause) => {
  const end = legEndOf({ by: 'remote', how: 'refused', status, reason: null }, 'dialling');
  expect(end).toEqual({ cause, by: 'remote', sipStatus: status });
});
